// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

/** One process in one channel: expected events per bin. */
export interface Sample {
  name: string;
  events: number[];
  is_signal: boolean;
}

/** One channel to draw; lists have one number per bin. */
export interface Channel {
  name: string;
  samples: Sample[];
  total: number[];
  uncertainty: number[] | null;
  observed: number[] | null;
}

/** One fit parameter; `width` is its constraint's, null where it is free or unknown. */
export interface Parameter {
  name: string;
  init: number;
  lower: number;
  upper: number;
  width: number | null;
}

/** A point of a signal grid. */
export interface Point {
  name: string;
  values: (number | string)[];
}

/** What the server knows of a model before the engine is there. */
export interface ModelData {
  id: string;
  version: string | null;
  workspace: string;
  patchsets: string[];
  points: Point[];
  labels: string[];
  poi: string | null;
  parameters: Parameter[];
  channels: Channel[];
  names: string[];
  /** Channels that take yields of a signal, those of signal regions first. */
  regions: { name: string; bins: number }[];
  /** The sample that a signal replaces or gets, and its own events by channel. */
  signal: { sample: string; yields: Record<string, number[]> };
}
