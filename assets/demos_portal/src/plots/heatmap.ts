// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { escaped } from "../dom.ts";
import type { Correlated } from "../engine/protocol.ts";

const CELL = 22;
const NAMES = 210;
const LONGEST = 28;
const TOP = 8;

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** Correlations as a map: blue where they are negative, red where positive. */
export function heatmapSvg({ names, matrix }: Correlated): string {
  const side = names.length * CELL;
  let svg = "";
  matrix.forEach((row, i) => {
    const y = TOP + i * CELL;
    svg += `<text class="name" x="${NAMES - 6}" y="${y + CELL / 2}" dy="4" text-anchor="end">${escaped(cut(names[i] as string))}</text>`;
    row.forEach((value, j) => {
      const x = NAMES + j * CELL;
      const percent = Math.round(value * 100);
      svg +=
        `<rect class="${value < 0 ? "minus" : "plus"}" x="${x}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill-opacity="${Math.abs(value).toFixed(2)}"><title>${escaped(`${names[i]}, ${names[j]}: ${percent} %`)}</title></rect>` +
        (Math.abs(percent) >= 10 && i !== j
          ? `<text class="cell" x="${x + CELL / 2}" y="${y + CELL / 2}" dy="3" text-anchor="middle">${percent}</text>`
          : "");
    });
  });
  names.forEach((name, j) => {
    const x = NAMES + j * CELL + CELL / 2;
    svg += `<text class="name" transform="translate(${x + 3} ${TOP + side + 8}) rotate(-60)" text-anchor="end">${escaped(cut(name))}</text>`;
  });
  const [first, second, value] = strongest(names, matrix);
  const words = `Correlations of ${names.length} parameters in per cent; the strongest is ${first} with ${second}: ${Math.round(value * 100)} %`;
  return `<svg class="figure" viewBox="0 0 ${NAMES + side + 10} ${TOP + side + 180}" role="img" aria-label="${escaped(words)}">${svg}</svg>`;
}

function strongest(names: string[], matrix: number[][]): [string, string, number] {
  let found: [string, string, number] = [names[0] ?? "", names[0] ?? "", 0];
  matrix.forEach((row, i) => {
    row.slice(0, i).forEach((value, j) => {
      if (Math.abs(value) > Math.abs(found[2]))
        found = [names[i] as string, names[j] as string, value];
    });
  });
  return found;
}
