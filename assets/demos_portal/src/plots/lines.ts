// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { escaped } from "../dom.ts";
import type { Test } from "../engine/protocol.ts";
import { short } from "../numbers.ts";
import { linear, logarithmic, round, ticks } from "./axis.ts";

const WIDTH = 480;
const HEIGHT = 300;
const LEFT = 54;
const RIGHT = 466;
const TOP = 28;
const BOTTOM = 244;

/** CLs over the signal strength: observed, expected with its bands, and the line of exclusion. */
export function brazilSvg(tests: Test[], size = 0.05): string {
  const sorted = [...tests].sort((a, b) => a.mu - b.mu);
  const highest = sorted.at(-1)?.mu || 1;
  const x = linear([0, highest], [LEFT, RIGHT]);
  const y = linear([0, 1], [BOTTOM, TOP]);
  const line = (value: (t: Test) => number) =>
    sorted.map((t, i) => `${i ? "L" : "M"}${x(t.mu)} ${y(value(t))}`).join("");
  const band = (low: number, high: number) => {
    const back = [...sorted].reverse();
    return `${line((t) => t.expected[high]!)}${back
      .map((t) => `L${x(t.mu)} ${y(t.expected[low]!)}`)
      .join("")}Z`;
  };
  let svg = `<text class="figure-title" x="${LEFT}" y="18">CLs by signal strength</text>`;
  for (const tick of ticks(0, 1))
    svg +=
      `<path class="grid" d="M${LEFT} ${y(tick)}H${RIGHT}"/>` +
      `<text class="tick" x="${LEFT - 6}" y="${y(tick)}" dy="4" text-anchor="end">${short(tick)}</text>`;
  for (const tick of ticks(0, highest))
    svg += `<text class="tick" x="${x(tick)}" y="${BOTTOM + 17}" text-anchor="middle">${short(tick)}</text>`;
  svg += `<path class="sigma2" d="${band(0, 4)}"/><path class="sigma1" d="${band(1, 3)}"/>`;
  svg += `<path class="curve expected" d="${line((t) => t.expected[2]!)}"/>`;
  svg += `<path class="curve" d="${line((t) => t.observed)}"/>`;
  svg += `<path class="curve limit" d="M${LEFT} ${y(size)}H${RIGHT}"/>`;
  svg += `<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`;
  svg += `<text class="tick" x="${RIGHT}" y="${BOTTOM + 36}" text-anchor="end">signal strength μ</text>`;
  svg += `<text class="tick" transform="translate(12 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">CLs</text>`;
  const last = sorted.at(-1);
  const words = `CLs by signal strength from 0 to ${short(highest)}, observed and expected with 1 and 2 standard deviations${last ? `; ${short(last.observed)} observed at the end` : ""}`;
  return `<svg class="figure" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(words)}">${svg}</svg>`;
}

/** One test on an axis of CLs: observed beside the expected bands and the line of exclusion. */
export function clsSvg(test: Test, size = 0.05): string {
  const low = Math.min(...test.expected, test.observed, size / 10);
  const floor = Math.max(low / 2, 1e-8);
  const x = logarithmic([floor, 1], [20, 460]);
  const [m2, m1, median, p1, p2] = test.expected as [number, number, number, number, number];
  const words = `CLs ${short(test.observed)} observed, ${short(median)} expected, ${short(m1)} to ${short(p1)} within one standard deviation; excluded below ${size}`;
  let svg = `<path class="sigma2" d="M${x(m2)} 34H${x(p2)}V82H${x(m2)}Z"/>`;
  svg += `<path class="sigma1" d="M${x(m1)} 34H${x(p1)}V82H${x(m1)}Z"/>`;
  svg += `<path class="curve expected" d="M${x(median)} 28V88"/>`;
  svg += `<path class="curve limit" d="M${x(size)} 22V94"/><text class="tick" x="${x(size)}" y="16" text-anchor="middle">excluded ← ${size}</text>`;
  svg += `<circle class="point" cx="${x(test.observed)}" cy="58" r="6"/>`;
  svg += `<path class="axis" d="M20 94H460"/>`;
  for (let power = Math.ceil(Math.log10(floor)); power <= 0; power++) {
    const tick = 10 ** power;
    svg += `<path class="axis" d="M${x(tick)} 94V99"/><text class="tick" x="${round(x(tick))}" y="113" text-anchor="middle">${short(tick)}</text>`;
  }
  svg += `<text class="tick" x="460" y="132" text-anchor="end">CLs</text>`;
  return `<svg class="figure" viewBox="0 0 480 140" role="img" aria-label="${escaped(words)}">${svg}</svg>`;
}
