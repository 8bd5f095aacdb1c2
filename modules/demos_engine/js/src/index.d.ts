// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

/** One channel of a model. */
export interface Channel {
  name: string;
  samples: string[];
  observed: number[];
}

/** An asymptotic test; `CLs_exp` is expected at -2 ... 2 standard deviations. */
export interface CLs {
  mu: number;
  CLs_obs: number;
  CLs_exp: number[];
  q: number;
  q_asimov: number;
  mu_hat: number;
  status: string;
}

/** Upper limits; `null` where CLs never falls to the level. */
export interface Limit {
  observed: number | null;
  expected: (number | null)[];
  tests: CLs[];
}

/** A minimum; parameters are in the order of `Model.parameter_names`. */
export interface Minimum {
  twice_nll: number | null;
  status: string;
  parameters: number[];
  iterations: number;
}

/** A fit, with another minimum if one was found. */
export interface Fit extends Minimum {
  uncertainties: number[] | null;
  second_minimum: Minimum | null;
}

/** Yields of one channel per bin. */
export interface ChannelYields {
  name: string;
  samples: Record<string, number[]>;
  total: number[];
}

/** An input that is no model, or a question without an answer. */
export class EngineError extends Error {
  /** Named reason, such as `length_mismatch` or `poi_undefined`. */
  readonly code: string;
  /** JSON pointer of the place, if it is about an input. */
  readonly pointer: string;
}

/** A loaded model. Call `dispose` when it is no longer needed. */
export class Model {
  readonly parameter_names: readonly string[];
  readonly init: readonly number[];
  readonly bounds: readonly (readonly [number, number])[];
  readonly poi: string | null;
  readonly channels: readonly Channel[];
  /** Asymptotic CLs. */
  cls(options?: { mu?: number; test_stat?: "qtilde" | "q" | "q0" }): CLs;
  /** Upper limits on the signal strength. */
  upperLimit(options?: { confidence_level?: number; rtol?: number }): Limit;
  /** The best fit, after `restarts` other starts in search of a lower minimum. */
  fit(options?: { restarts?: number }): Fit;
  /** Expected yields at a parameter point. */
  expected(parameters: ArrayLike<number>): ChannelYields[];
  /** This model with a signal, in events per bin of some channels. */
  withSignal(yields: Record<string, number[]>, name?: string): Model;
  dispose(): void;
}

/** The compiled module. */
export class Engine {
  /** Bytes that the module holds; models that were disposed make room for others. */
  readonly memory: number;
  /** Load a pyhf workspace (text or bytes), with an optional JSON Patch. */
  load(workspace: string | Uint8Array, patch?: string | Uint8Array | object[]): Model;
}

/** Compile the module from its bytes, a compiled module, or a response. */
export function createEngine(
  source: BufferSource | WebAssembly.Module | Response | Promise<Response>,
): Promise<Engine>;
