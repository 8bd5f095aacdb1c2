// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

// Names and meanings are those of the Python face, the command and the REST API. Numbers that are not
// finite are null. Lists of parameters are in pyhf's order.

/** What is known of a parameter before the data. */
export interface Parameter {
  name: string;
  /** Modifier types, such as `normsys`. */
  kinds: string[];
  init: number;
  bounds: [number, number];
  fixed: boolean;
  constraint: { type: "gauss" | "poisson"; value: number; width: number } | null;
}

/** One channel of a model. */
export interface Channel {
  name: string;
  bins: number;
  samples: string[];
  observed: number[];
}

/** Options of every question. */
export interface Options {
  /** Parameters to hold, with their values (a list for a parameter of several components). */
  fixed?: Record<string, number | number[]>;
  /** Bounds instead of the model's. */
  bounds?: Record<string, [number, number]>;
  /** Instead of the observed data, what the start values expect: at strength 0, or at this one. */
  expected?: boolean | number;
}

/** Pseudo-experiments instead of the asymptotic formulae. */
export interface Calculator {
  calculator?: "asymptotic" | "toys";
  /** Pseudo-experiments per hypothesis (1000). */
  toys?: number;
  /** Same seed, same result (0). */
  seed?: number;
  /** Whether the answer keeps every pseudo-experiment's statistic. */
  distributions?: boolean;
}

/** What every result says of the fit that it rests on. */
export interface Standing {
  at_bounds: string[];
  lowest_bin: { channel: string; bin: number; rate: number | null };
  convention: string;
  /** Conventions that matter for this value, and what was done about bounds. */
  notes: string[];
}

export type TestStat = "qtilde" | "q" | "q0";

/** A hypothesis test; `CLs_exp` is expected at -2 ... 2 standard deviations. */
export interface CLs {
  mu: number;
  CLs_obs: number;
  CLs_exp: number[];
  CLsb_obs: number;
  CLb_obs: number;
  q: number;
  test_stat: TestStat;
  calculator: "asymptotic" | "toys";
  status: string;
  /** Asymptotic only. */
  q_asimov?: number;
  mu_hat?: number;
  evaluations?: number;
  /** `q0` only: p-value of the background hypothesis, and its significance. */
  p0?: number;
  Z?: number;
  /** Pseudo-experiments only; `error` is the standard deviation of `CLs_obs`. */
  error?: number;
  CLsb_error?: number;
  CLb_error?: number;
  n_toys?: number;
  seed?: number;
  failed?: number;
  q_signal?: number[];
  q_background?: number[];
}

/** Upper limits; `null` where CLs never falls to 1 - confidence_level. */
export interface Limit extends Standing {
  observed: number | null;
  expected: (number | null)[];
  confidence_level: number;
  rtol: number;
  test_stat: TestStat;
  status: string;
  /** Every test on the way by rising strength: the points of the band. */
  tests: CLs[];
}

export interface Significance extends Standing {
  p0: number;
  Z: number;
  p0_exp: number;
  Z_exp: number;
  q0: number;
  mu_hat: number;
  calculator: "asymptotic" | "toys";
  error?: number;
  n_toys?: number;
  seed?: number;
  failed?: number;
}

export interface Goodness extends Standing {
  statistic: number;
  p_value: number | null;
  dof: number;
  calculator: "asymptotic" | "toys";
  error?: number;
  n_toys?: number;
  seed?: number;
  failed?: number;
  statistics?: number[];
}

/** A minimum. */
export interface Minimum extends Standing {
  converged: boolean;
  status: string;
  twice_nll: number | null;
  parameters: number[];
  iterations: number;
  evaluations: number;
  decrement: number | null;
}

/** A profile interval: shifts from the best value, `null` where a bound comes first. */
export interface Interval {
  value: number;
  minus: number | null;
  plus: number | null;
  method: "profile";
  error: string | null;
}

/** Why a fit is at a minimum. */
export interface Certificate {
  /** Largest derivative of -ln L in a free parameter, times its uncertainty. */
  projected_gradient: number;
  decrement: number;
  /** Smallest pivot of the Hessian relative to its diagonal. */
  curvature: number;
  /** Derivatives in the parameters at a bound. */
  multipliers: Record<string, number>;
  /** Other starts: how many were tried, ended at a minimum, ended at this one. */
  restarts: number;
  converged: number;
  agreed: number;
}

/** A fit, with another minimum if one was found. */
export interface Fit extends Minimum {
  parameter_names: string[];
  uncertainties: (number | null)[] | null;
  covariance?: number[] | null;
  correlations?: number[][] | null;
  intervals: Record<string, Interval>;
  second_minimum: Minimum | null;
  certificate: Certificate | null;
}

/** Yields of one channel per bin; uncertainties by linear propagation. */
export interface ChannelYields {
  name: string;
  samples: Record<string, { yields: number[]; uncertainties: number[] | null }>;
  total: number[];
  total_uncertainties: number[] | null;
  sum_uncertainty: number | null;
  observed: number[];
}

export interface Expected {
  stage: "prefit" | "postfit" | "point";
  parameters: number[];
  channels: ChannelYields[];
}

/** Rise of twice -ln L above the best fit: a list, or one list per value of the first axis. */
export interface Scan extends Standing {
  axes: { parameter: string; values: number[] }[];
  delta_twice_nll: (number | null)[] | (number | null)[][];
  best: number[];
  failed: number;
}

export interface Contour extends Standing {
  parameters: [string, string];
  levels: number[];
  points: Record<string, [number, number][]>;
  best_fit: [number, number];
}

export interface Pull {
  name: string;
  best_fit: number;
  uncertainty: number | null;
  pull: number;
  constraint: number | null;
}

export interface Impact {
  name: string;
  best_fit: number;
  uncertainty: number | null;
  up: number | null;
  down: number | null;
  up_prefit: number | null;
  down_prefit: number | null;
}

/** An input that is no model, or a question without an answer. */
export class EngineError extends Error {
  /** Named reason, such as `length_mismatch` or `poi_undefined`. */
  readonly code: string;
  /** JSON pointer of the place in the document or the request, if one is to blame. */
  readonly pointer: string;
}

/** A loaded model. Call `dispose` when it is no longer needed. */
export class Model {
  readonly measurement: string;
  readonly measurements: readonly string[];
  readonly poi: string | null;
  readonly parameters: readonly Parameter[];
  readonly channels: readonly Channel[];
  /**
   * Ask an operation by its name: `model`, `expected`, `fit`, `cls`, `curve`, `upper_limit`,
   * `significance`, `gof`, `scan`, `contour`, `pulls`, `impacts`, `simplify`. Request and answer are
   * plain objects: what a worker passes on as it is. The methods below are these.
   */
  call(operation: string, request?: object): any;
  /** Yields before or after the fit, or at a point (a list, or values by name over the stage's). */
  expected(
    options?: Options & {
      stage?: "prefit" | "postfit";
      parameters?: ArrayLike<number> | Record<string, number>;
      uncertainties?: boolean;
    },
  ): Expected;
  /** The best fit, after `restarts` (8) other starts in search of a lower minimum. */
  fit(
    options?: Options & {
      start?: number[] | Record<string, number>;
      restarts?: number;
      uncertainties?: boolean;
      covariance?: boolean;
      correlations?: boolean;
      intervals?: string[];
    },
  ): Fit;
  cls(options?: Options & Calculator & { mu?: number; test_stat?: TestStat }): CLs & Standing;
  /** Asymptotic tests at several strengths; what does not depend on them is fitted once. */
  curve(options: Options & { mu: number[]; test_stat?: TestStat }): Standing & { tests: CLs[] };
  upperLimit(
    options?: Options & { confidence_level?: number; rtol?: number; test_stat?: "qtilde" | "q" },
  ): Limit;
  significance(options?: Options & Calculator): Significance;
  gof(options?: Options & Calculator): Goodness;
  /** In one or two parameters: names with `points` values each, or names with their values. */
  scan(
    options?: Options & {
      parameters?: string[] | Record<string, number[]>;
      points?: number;
      sigmas?: number;
    },
  ): Scan;
  contour(options: Options & { parameters: [string, string]; levels?: number[]; points?: number }): Contour;
  pulls(options?: Options): Standing & { pulls: Pull[] };
  /** On the parameter of interest, largest first. */
  impacts(options?: Options): Standing & { parameter_of_interest: string; impacts: Impact[] };
  simplify(options?: Options): { workspace: object };
  /** This model with a signal, in events per bin of some channels. */
  withSignal(yields: Record<string, number[]>, name?: string): Model;
  /** This model's workspace with a JSON Patch; what the patch leaves alone is not compiled again. */
  withPatch(patch: object[]): Model;
  /** This model with other data: counts, channel by channel, then auxiliary data. */
  withData(data: ArrayLike<number>): Model;
  dispose(): void;
}

/** The compiled module. */
export class Engine {
  /** Bytes that the module holds; models that were disposed make room for others. */
  readonly memory: number;
  /** Load a workspace (text, bytes or parsed). */
  load(
    workspace: string | Uint8Array | object,
    options?: {
      patch?: object[];
      measurement?: string;
      poi?: string;
      interpolation?: { normsys?: "code1" | "code4"; histosys?: "code0" | "code2" | "code4p" };
    },
  ): Model;
}

/** Compile the module from its bytes, a compiled module, or a response. */
export function createEngine(
  source: BufferSource | WebAssembly.Module | Response | Promise<Response>,
): Promise<Engine>;
