// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// What a fit says of its parameters: pulls, impacts, correlations, profiles.

import type { Fit, Model, Parameter } from "demos-engine";

import type { Correlated, Profile, Ranked, Ranking } from "./protocol.ts";

/** A fit of a model to the data, with what is asked of it often. */
export interface Study {
  model: Model;
  fit: Fit;
  /** Where the parameters stand in the lists, by name. */
  index: Map<string, number>;
}

let last: Study | null = null;

/** Fit a model to its data, once. */
export function study(model: Model): Study {
  if (last?.model !== model) {
    const fit = model.fit({ restarts: 0, correlations: true });
    last = { model, fit, index: new Map(model.parameters.map((p, i) => [p.name, i])) };
  }
  return last;
}

const isFree = (p: Parameter) => p.constraint === null;

function pullOf({ fit, index, model }: Study, parameter: Parameter): Ranked {
  const at = index.get(parameter.name) as number;
  const { value, width } = parameter.constraint as { value: number; width: number };
  const sigma = fit.uncertainties?.[at] ?? null;
  const none = { up: null, down: null, upPrefit: null, downPrefit: null };
  const pull = ((fit.parameters[at] as number) - value) / width;
  const uncertainty = sigma === null ? null : sigma / width;
  return { name: (model.parameters[at] as Parameter).name, pull, uncertainty, ...none };
}

/** Where the parameter of interest stands, if it floats. */
function interestOf({ index, model }: Study): number | null {
  const at = model.poi === null ? undefined : index.get(model.poi);
  return at === undefined || model.parameters[at]?.fixed ? null : at;
}

/**
 * Order the constrained parameters by what they do to the parameter of interest.
 *
 * In the Gaussian approximation the impact of a parameter is its correlation with the parameter of
 * interest times the latter's uncertainty, so that the order is known before any impact is.
 */
export function ranking(found: Study): Ranking {
  const { fit, index, model } = found;
  const poi = interestOf(found);
  const size = (row: Ranked) => {
    const line = poi === null ? null : fit.correlations?.[poi];
    return line ? Math.abs(line[index.get(row.name) as number] ?? 0) : Math.abs(row.pull);
  };
  const rows = model.parameters
    .filter((p) => !p.fixed && !isFree(p) && (p.constraint?.width ?? 0) > 0)
    .map((p) => pullOf(found, p))
    .map((row) => [row, size(row)] as const)
    .sort((a, b) => b[1] - a[1])
    .map(([row]) => row);
  return { rows, poi: poi === null ? null : model.poi };
}

/** Fit again with each parameter held at ± one standard deviation, after and before the fit. */
export function impacts(found: Study, names: string[]): Ranked[] {
  const { fit, index, model } = found;
  const poi = interestOf(found);
  const best = fit.parameters;
  return names.map((name) => {
    const at = index.get(name) as number;
    const parameter = model.parameters[at] as Parameter;
    const row = pullOf(found, parameter);
    const sigma = fit.uncertainties?.[at] ?? null;
    if (poi === null || sigma === null) return row;
    const shift = (by: number) => {
      const [low, high] = parameter.bounds;
      const value = Math.min(Math.max((best[at] as number) + by, low), high);
      const start = [...best];
      start[at] = value;
      const held = { fixed: { [name]: value }, start, restarts: 0, uncertainties: false };
      const again = model.fit(held);
      return again.converged ? (again.parameters[poi] as number) - (best[poi] as number) : null;
    };
    const { width } = parameter.constraint as { width: number };
    return {
      ...row,
      up: shift(sigma),
      down: shift(-sigma),
      upPrefit: shift(width),
      downPrefit: shift(-width),
    };
  });
}

/** The correlations of the parameters with the strongest ones, in the model's order. */
export function correlated({ fit, model }: Study, most: number): Correlated {
  const all = fit.correlations ?? [];
  const floating = model.parameters.flatMap((p, i) => (p.fixed ? [] : [i]));
  const strongest = (i: number) =>
    floating.reduce((max, j) => (i === j ? max : Math.max(max, Math.abs(all[i]?.[j] ?? 0))), 0);
  const kept = floating
    .map((i) => [i, strongest(i)] as const)
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([i]) => i)
    .sort((a, b) => a - b);
  return {
    names: kept.map((i) => (model.parameters[i] as Parameter).name),
    matrix: kept.map((i) => kept.map((j) => all[i]?.[j] ?? 0)),
    total: floating.length,
  };
}

const SIGMAS = 3;

/** The profile likelihood of one parameter, walked from the best fit to both sides. */
export function profile(found: Study, name: string, points: number): Profile {
  const { fit, index, model } = found;
  const at = index.get(name) as number;
  const best = fit.parameters[at] as number;
  const [low, high] = (model.parameters[at] as Parameter).bounds;
  const reach = SIGMAS * (fit.uncertainties?.[at] || (high - low) / 10);
  const sides = [Math.max(low, best - reach), Math.min(high, best + reach)].map((end) => {
    const steps = Math.floor(points / 2);
    let start = fit.parameters;
    return Array.from({ length: steps }, (_, i): [number, number | null] => {
      const value = best + ((end - best) * (i + 1)) / steps;
      start = start.map((x, j) => (j === at ? value : x));
      const held = { fixed: { [name]: value }, start, restarts: 0, uncertainties: false };
      const again = model.fit(held);
      if (!again.converged || again.twice_nll === null) return [value, null];
      start = again.parameters;
      return [value, again.twice_nll - (fit.twice_nll as number)];
    }).filter(([value]) => value !== best);
  });
  const [below = [], above = []] = sides;
  const all: [number, number | null][] = [...below.reverse(), [best, 0], ...above];
  return { parameter: name, values: all.map(([v]) => v), rise: all.map(([, r]) => r), best };
}
