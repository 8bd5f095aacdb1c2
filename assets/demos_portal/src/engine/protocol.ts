// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

/** What a signal is given by. */
export type Signal =
  | { kind: "none" }
  | { kind: "point"; name: string }
  | { kind: "yields"; yields: Record<string, number[]>; sample: string }
  | { kind: "patch"; patch: object[] };

/** A channel of a model as its document has it. */
export interface Region {
  name: string;
  bins: number;
  samples: string[];
  observed: number[];
}

/** A model that is open. */
export interface Description {
  names: string[];
  init: number[];
  bounds: [number, number][];
  poi: string | null;
  regions: Region[];
  /** Whether a modifier of the document has the name of the parameter of interest. */
  poiDefined: boolean;
  /** The sample that the parameter of interest scales, else a name that is free. */
  signalSample: string;
  /** Its events per channel; empty where the model has no signal of its own. */
  signal: Record<string, number[]>;
}

/** Expected events of a channel by sample. */
export interface Yields {
  name: string;
  samples: Record<string, number[]>;
  total: number[];
}

/** A fit of all parameters to the data. */
export interface FitResult {
  parameters: number[];
  uncertainties: (number | null)[] | null;
  twiceNll: number | null;
  status: string;
}

/** An asymptotic test of a signal. */
export interface Test {
  mu: number;
  observed: number;
  expected: number[];
  muHat: number | null;
}

/** Upper limits on the signal strength, and the tests they were found by. */
export interface Limits {
  observed: number | null;
  expected: (number | null)[];
  tests: Test[];
}

/** How far a fit moved a parameter, and what the parameter does to the one of interest. */
export interface Ranked {
  name: string;
  /** Best value less the nominal one, in units of the uncertainty before the fit. */
  pull: number;
  /** Uncertainty after the fit in the same units. */
  uncertainty: number | null;
  /** Shifts of the parameter of interest at ± one standard deviation, after and before the fit. */
  up: number | null;
  down: number | null;
  upPrefit: number | null;
  downPrefit: number | null;
}

/** Parameters by their expected impact; impacts themselves are asked row by row. */
export interface Ranking {
  rows: Ranked[];
  poi: string | null;
}

/** Correlations of the parameters that have the strongest ones. */
export interface Correlated {
  names: string[];
  matrix: number[][];
  total: number;
}

/** Rise of twice the negative log-likelihood above the best fit. */
export interface Profile {
  parameter: string;
  values: number[];
  rise: (number | null)[];
  best: number;
}

/** How strongly the data speak against the background alone. */
export interface Excess {
  p0: number;
  z: number;
  expectedZ: number;
}

/** What the worker can be asked. */
export interface Calls {
  open: (files: { wasm: ArrayBuffer; workspace: ArrayBuffer }) => Description;
  expected: (point: number[]) => Yields[];
  fit: () => FitResult;
  cls: (signal: Signal, mu: number) => Test;
  limits: (signal: Signal) => Limits;
  excess: (signal: Signal) => Excess;
  shown: (signal: Signal) => Yields[];
  ranking: () => Ranking;
  impacts: (names: string[]) => Ranked[];
  correlated: (most: number) => Correlated;
  profile: (parameter: string, points: number) => Profile;
  check: (signal: Signal) => null;
  patchset: (bytes: ArrayBuffer) => string[];
}

/** A failure that is said to the user. */
export interface Failure {
  code: string;
  pointer: string;
  message: string;
}
