// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

/** A value's place on an axis. */
export type Scale = (value: number) => number;

/** A linear scale that keeps values inside its domain. */
export function linear([from, to]: [number, number], [low, high]: [number, number]): Scale {
  return (value) => {
    const inside = Math.min(Math.max(value, Math.min(from, to)), Math.max(from, to));
    return round(low + ((inside - from) / (to - from)) * (high - low));
  };
}

/** A logarithmic scale; what is below its domain lies at its lower end. */
export function logarithmic([from, to]: [number, number], range: [number, number]): Scale {
  const inner = linear([Math.log10(from), Math.log10(to)], range);
  return (value) => inner(value > from ? Math.log10(value) : Math.log10(from));
}

/** Two digits behind the point are enough for a drawing. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Round numbers between two ends. */
export function ticks(from: number, to: number, most = 5): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10, 20].map((m) => m * power).find((s) => span / s <= most) ?? span;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Powers of ten between two ends, thinned out where there are many. */
export function decades(from: number, to: number, most = 6): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const found = [];
  for (let power = first; power <= last; power += every) found.push(10 ** power);
  return found;
}
