// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// One channel: samples stacked, data, uncertainty band, ratio. The server draws the same figure
// before the engine is there (modules/demos_models/demos_models/drawing/stack.py).

import { escaped } from "../dom.ts";
import type { Channel, Sample } from "../model.ts";
import { short } from "../numbers.ts";
import { decades, linear, logarithmic, round, type Scale, ticks } from "./axis.ts";

const WIDTH = 480;
const HEIGHT = 330;
const LEFT = 54;
const RIGHT = 470;
const TOP = 28;
const BOTTOM = 220;
const RATIO_TOP = 234;
const RATIO_BOTTOM = 288;
const MAX_SAMPLES = 7;
const MAX_LABELS = 12;

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** The samples to draw: the largest at the bottom, signal on top, small ones as one. */
export function shownSamples(samples: Sample[]): Sample[] {
  const signal = samples.filter((s) => s.is_signal);
  let background = samples.filter((s) => !s.is_signal);
  background.sort((a, b) => sum(b.events) - sum(a.events));
  const room = Math.max(MAX_SAMPLES - signal.length, 1);
  if (background.length > room) {
    const rest = background.slice(room - 1);
    const events = rest[0]!.events.map((_, i) => sum(rest.map((s) => s.events[i]!)));
    background = [...background.slice(0, room - 1), { name: "other", events, is_signal: false }];
  }
  return [...background, ...signal];
}

/** The class of a drawn sample, which gives its colour. */
export function styleOf(sample: Sample, position: number): string {
  return sample.is_signal ? "signal" : `s${position}`;
}

/** A sentence that says what the figure of a channel shows. */
export function describe(channel: Channel): string {
  const bins = channel.total.length;
  const names = [...channel.samples]
    .sort((a, b) => sum(b.events) - sum(a.events))
    .map((s) => s.name);
  const listed =
    names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
  let words = `${channel.name}: ${bins} ${bins === 1 ? "bin" : "bins"}; expected ${short(sum(channel.total))}`;
  if (bins === 1 && channel.uncertainty) words += ` ± ${short(channel.uncertainty[0]!)}`;
  words += ` events from ${listed}`;
  if (channel.observed) words += `; observed ${short(sum(channel.observed))}`;
  return words;
}

function area(edges: number[], low: number[], high: number[], y: Scale): string {
  let path = `M${edges[0]}`;
  high.forEach((value, i) => {
    path += `${i === 0 ? " " : "V"}${y(value)}H${edges[i + 1]}`;
  });
  for (let i = low.length - 1; i >= 0; i--) path += `V${y(low[i]!)}H${edges[i]}`;
  return `${path}Z`;
}

function points(edges: number[], counts: number[], y: Scale, r: number, unit?: number[]): string {
  return counts
    .map((count, i) => {
      const scale = unit ? unit[i]! : 1;
      if (!(scale > 0)) return "";
      const x = round((edges[i]! + edges[i + 1]!) / 2);
      const error = Math.sqrt(Math.max(count, 0));
      return (
        `<path class="error" d="M${x} ${y((count - error) / scale)}V${y((count + error) / scale)}"/>` +
        `<circle class="point" cx="${x}" cy="${y(count / scale)}" r="${r}"/>`
      );
    })
    .join("");
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The figure of a channel as SVG. */
export function stackSvg(channel: Channel, log = false): string {
  const { total, uncertainty, observed } = channel;
  const bins = total.length;
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    round(LEFT + ((RIGHT - LEFT) * i) / bins),
  );
  const spread = uncertainty ?? total.map(() => 0);
  const counts = observed ?? [];
  const top = Math.max(
    ...total.map((t, i) => t + spread[i]!),
    ...counts.map((n) => n + Math.sqrt(Math.max(n, 0))),
    1e-9,
  );
  const positive = [...total, ...counts].filter((v) => v > 0);
  const floor = Math.min(...positive.map((v) => v / 5), top / 100);
  const y: Scale = log
    ? logarithmic([floor, top * 2], [BOTTOM, TOP])
    : linear([0, top * 1.08], [BOTTOM, TOP]);
  let svg = `<text class="figure-title" x="${LEFT}" y="18">${escaped(cut(channel.name, 52))}</text>`;
  for (const tick of log ? decades(floor, top * 2) : ticks(0, top * 1.08))
    svg +=
      `<path class="grid" d="M${LEFT} ${y(tick)}H${RIGHT}"/>` +
      `<text class="tick" x="${LEFT - 6}" y="${y(tick)}" dy="4" text-anchor="end">${short(tick)}</text>`;
  let base = total.map(() => 0);
  shownSamples(channel.samples).forEach((sample, position) => {
    const upper = base.map((b, i) => b + Math.max(sample.events[i]!, 0));
    svg += `<path class="sample ${styleOf(sample, position)}" d="${area(edges, base, upper, y)}"/>`;
    base = upper;
  });
  if (uncertainty) {
    const low = total.map((t, i) => t - spread[i]!);
    const high = total.map((t, i) => t + spread[i]!);
    svg += `<path class="band" d="${area(edges, low, high, y)}"/>`;
  }
  svg += points(edges, counts, y, 3.5);
  svg += ratio(edges, channel, counts);
  svg += `<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`;
  const every = Math.ceil(bins / MAX_LABELS);
  for (let i = 0; i < bins; i += every)
    svg += `<text class="tick" x="${round((edges[i]! + edges[i + 1]!) / 2)}" y="${RATIO_BOTTOM + 16}" text-anchor="middle">${i + 1}</text>`;
  svg +=
    `<text class="tick" x="${RIGHT}" y="${RATIO_BOTTOM + 34}" text-anchor="end">bin</text>` +
    `<text class="tick" transform="translate(12 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">events</text>`;
  return `<svg class="figure" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(describe(channel))}">${svg}</svg>`;
}

function ratio(edges: number[], channel: Channel, counts: number[]): string {
  const middle = (RATIO_TOP + RATIO_BOTTOM) / 2;
  const y = linear([0, 2], [RATIO_BOTTOM, RATIO_TOP]);
  let svg = `<path class="grid" d="M${LEFT} ${middle}H${RIGHT}"/>`;
  for (const value of [0, 1, 2])
    svg += `<text class="tick small" x="${LEFT - 6}" y="${y(value)}" dy="3" text-anchor="end">${value}</text>`;
  const { total, uncertainty } = channel;
  if (uncertainty) {
    const relative = total.map((t, i) => (t > 0 ? uncertainty[i]! / t : 0));
    const band = [relative.map((r) => 1 - r), relative.map((r) => 1 + r)] as const;
    svg += `<path class="band" d="${area(edges, band[0], band[1], y)}"/>`;
  }
  svg += points(edges, counts, y, 3, total);
  return (
    `${svg}<path class="axis" d="M${LEFT} ${RATIO_TOP}V${RATIO_BOTTOM}H${RIGHT}"/>` +
    `<text class="tick small" transform="translate(12 ${middle}) rotate(-90)" text-anchor="middle">ratio</text>`
  );
}
