// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h } from "./dom.ts";
import { short } from "./numbers.ts";

export type Cell = string | number | null;

/** A table whose first row and first column are heads; numbers are rounded, and carry themselves. */
export function tableOf(caption: string, [head = [], ...rows]: Cell[][]): HTMLElement {
  const text = (cell: Cell) => (cell === null ? "–" : String(cell));
  const top = h(
    "tr",
    {},
    ...head.map((cell, i) =>
      cell === ""
        ? h("td")
        : h("th", { scope: "col", class: i ? "number" : null }, text(cell as Cell)),
    ),
  );
  const body = h("tbody");
  for (const [name, ...cells] of rows)
    body.append(
      h(
        "tr",
        {},
        h("th", { scope: "row" }, text(name as Cell)),
        ...cells.map((cell) =>
          typeof cell === "number"
            ? h("td", { class: "number", "data-value": cell }, short(cell))
            : h("td", { class: "number" }, text(cell)),
        ),
      ),
    );
  return h("table", {}, h("caption", {}, caption), h("thead", {}, top), body);
}

/** A table that scrolls in its place, and is reached by keyboard. */
export function scrolled(table: HTMLElement, name: string): HTMLElement {
  return h(
    "div",
    { class: "numbers scroll", tabindex: 0, role: "group", "aria-label": `Numbers of ${name}` },
    table,
  );
}
