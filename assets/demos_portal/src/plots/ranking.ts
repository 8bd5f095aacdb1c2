// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// Pulls of parameters and their impact on the parameter of interest, one row each.

import { escaped } from "../dom.ts";
import type { Ranked } from "../engine/protocol.ts";
import { short } from "../numbers.ts";
import { linear, round, ticks } from "./axis.ts";

const WIDTH = 720;
const ROW = 24;
const TOP = 44;
const FOOT = 44;
const NAMES = 262;
const SPLIT = 486;
const RIGHT = 708;
const LONGEST = 36;

/** The figure of some parameters; without impacts the pulls alone. */
export function rankingSvg(rows: Ranked[], poi: string | null): string {
  const bottom = TOP + rows.length * ROW;
  const hasImpacts = rows.some((row) => row.up !== null || row.down !== null);
  const pulls = rows.map((row) => Math.abs(row.pull) + (row.uncertainty ?? 0));
  const widest = Math.max(2, ...pulls.map((p) => Math.ceil(Math.min(p, 5))));
  const right = hasImpacts ? SPLIT - 24 : RIGHT;
  const x = linear([-widest, widest], [NAMES, right]);
  const largest = Math.max(
    1e-12,
    ...rows.flatMap((r) => [r.up, r.down, r.upPrefit, r.downPrefit].map((v) => Math.abs(v ?? 0))),
  );
  const z = linear([-largest * 1.1, largest * 1.1], [SPLIT, RIGHT]);
  let svg = `<text class="figure-title" x="${(NAMES + right) / 2}" y="16" text-anchor="middle">Pull</text>`;
  for (const tick of ticks(-widest, widest, 6))
    svg +=
      `<path class="grid" d="M${x(tick)} ${TOP - 6}V${bottom}"/>` +
      `<text class="tick" x="${x(tick)}" y="${TOP - 12}" text-anchor="middle">${short(tick)}</text>`;
  svg += `<path class="within" d="M${x(-1)} ${TOP - 6}H${x(1)}V${bottom}H${x(-1)}Z"/>`;
  if (hasImpacts) {
    svg += `<text class="figure-title" x="${(SPLIT + RIGHT) / 2}" y="16" text-anchor="middle">Impact on ${escaped(poi ?? "")}</text>`;
    for (const tick of ticks(-largest, largest, 3))
      svg +=
        `<path class="grid" d="M${z(tick)} ${TOP - 6}V${bottom}"/>` +
        `<text class="tick" x="${z(tick)}" y="${TOP - 12}" text-anchor="middle">${short(tick, 2)}</text>`;
  }
  rows.forEach((row, i) => {
    const y = TOP + i * ROW + ROW / 2;
    const name = row.name.length > LONGEST ? `${row.name.slice(0, LONGEST - 1)}…` : row.name;
    svg += `<text class="name" x="${NAMES - 8}" y="${y}" dy="4" text-anchor="end">${escaped(name)}</text>`;
    const bar = (value: number | null, style: string, height: number) =>
      value === null
        ? ""
        : `<rect class="${style}" x="${round(Math.min(z(0), z(value)))}" y="${y - height / 2}" width="${round(Math.abs(z(value) - z(0)))}" height="${height}"/>`;
    if (hasImpacts)
      svg +=
        bar(row.upPrefit, "impact before", ROW - 7) +
        bar(row.downPrefit, "impact before", ROW - 7) +
        bar(row.up, "impact up", ROW - 11) +
        bar(row.down, "impact down", ROW - 11);
    const error = row.uncertainty ?? 0;
    svg +=
      `<path class="error" d="M${x(row.pull - error)} ${y}H${x(row.pull + error)}"/>` +
      `<circle class="point" cx="${x(row.pull)}" cy="${y}" r="3.5"/>`;
  });
  svg += `<path class="axis" d="M${NAMES} ${bottom}H${right}"/>`;
  svg += `<text class="tick" x="${right}" y="${bottom + 18}" text-anchor="end">(fitted − nominal) / uncertainty before the fit</text>`;
  const words = `Pulls of ${rows.length} parameters${hasImpacts ? ` and their impact on ${poi}` : ""}; ${rows
    .slice(0, 3)
    .map((row) => `${row.name} ${short(row.pull, 2)}`)
    .join(", ")}`;
  return `<svg class="figure" viewBox="0 0 ${WIDTH} ${bottom + FOOT}" role="img" aria-label="${escaped(words)}">${svg}</svg>`;
}
