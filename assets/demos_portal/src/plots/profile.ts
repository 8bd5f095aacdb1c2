// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { escaped } from "../dom.ts";
import type { Profile } from "../engine/protocol.ts";
import { short } from "../numbers.ts";
import { linear, ticks } from "./axis.ts";

const WIDTH = 560;
const HEIGHT = 330;
const LEFT = 58;
const RIGHT = 546;
const TOP = 30;
const BOTTOM = 272;

/** The profile likelihood of a parameter, with the lines of one and two standard deviations. */
export function profileSvg({ parameter, values, rise, best }: Profile): string {
  const known = values.flatMap((v, i): [number, number][] =>
    rise[i] === null || rise[i] === undefined ? [] : [[v, rise[i] as number]],
  );
  const ends = [Math.min(...values), Math.max(...values)] as [number, number];
  const top = Math.max(4.5, Math.min(25, Math.max(...known.map(([, r]) => r))));
  const x = linear(ends, [LEFT, RIGHT]);
  const y = linear([0, top], [BOTTOM, TOP]);
  let svg = `<text class="figure-title" x="${LEFT}" y="18">Profile likelihood of ${escaped(parameter)}</text>`;
  for (const tick of ticks(0, top))
    svg += `<text class="tick" x="${LEFT - 6}" y="${y(tick)}" dy="4" text-anchor="end">${short(tick)}</text>`;
  for (const tick of ticks(...ends, 7))
    svg +=
      `<path class="grid" d="M${x(tick)} ${TOP}V${BOTTOM}"/>` +
      `<text class="tick" x="${x(tick)}" y="${BOTTOM + 17}" text-anchor="middle">${short(tick)}</text>`;
  for (const [level, name] of [
    [1, "1 σ"],
    [4, "2 σ"],
  ] as const)
    svg +=
      `<path class="curve expected" d="M${LEFT} ${y(level)}H${RIGHT}"/>` +
      `<text class="tick" x="${RIGHT}" y="${y(level) - 5}" text-anchor="end">${name}</text>`;
  svg += `<path class="curve accent" d="${known.map(([v, r], i) => `${i ? "L" : "M"}${x(v)} ${y(r)}`).join("")}"/>`;
  svg += `<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`;
  svg += `<text class="tick" x="${RIGHT}" y="${BOTTOM + 38}" text-anchor="end">${escaped(parameter)}</text>`;
  svg += `<text class="tick" transform="translate(14 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">−2 Δ ln L</text>`;
  const words = `Profile likelihood of ${parameter}: lowest at ${short(best, 3)}, from ${short(ends[0], 3)} to ${short(ends[1], 3)}`;
  return `<svg class="figure" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(words)}">${svg}</svg>`;
}

/** Where the profile crosses a level on each side of the best value; null where it does not. */
export function crossings(
  { values, rise, best }: Profile,
  level = 1,
): [number | null, number | null] {
  const found: [number | null, number | null] = [null, null];
  for (let i = 1; i < values.length; i++) {
    const [a, b] = [rise[i - 1], rise[i]];
    if (a == null || b == null || a < level === b < level) continue;
    const [from, to] = [values[i - 1] as number, values[i] as number];
    // The square root is close to a straight line beside the minimum.
    const root = Math.sqrt(level);
    const [ra, rb] = [Math.sqrt(Math.max(a, 0)), Math.sqrt(Math.max(b, 0))];
    const at = from + ((root - ra) / (rb - ra)) * (to - from);
    if (at < best) found[0] = at;
    else found[1] ??= at;
  }
  return found;
}
