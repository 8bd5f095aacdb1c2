// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// A field that finds in what the page lists: the items of a tree, the rows of a table.

import { h, unique } from "./dom.ts";

function finder(label: string, show: (words: string) => number, total: number): HTMLElement {
  const id = unique("finder");
  const said = h("span", { class: "small quiet", "aria-live": "polite" });
  const input = h("input", {
    id,
    type: "search",
    input: () => {
      const words = input.value.trim().toLowerCase();
      const found = show(words);
      said.textContent = words ? `${found} of ${total}` : "";
    },
  });
  return h("p", { class: "row" }, h("label", { for: id, class: "small" }, label), input, said);
}

/** Show the items with a word in their name or below it; what was found inside is unfolded. */
function inTree(items: HTMLLIElement[], words: string): number {
  let found = 0;
  for (const item of items) {
    const details = item.querySelector("details");
    const name = item.querySelector("summary")?.textContent?.toLowerCase() ?? "";
    const inner = [...item.querySelectorAll<HTMLElement>("ul > li")];
    const isNamed = name.includes(words);
    const matching = inner.filter((li) => li.textContent?.toLowerCase().includes(words));
    const isShown = isNamed || matching.length > 0;
    item.hidden = !isShown;
    for (const li of inner) li.hidden = !isNamed && !matching.includes(li);
    if (details && words) details.open = !isNamed && matching.length > 0;
    found += Number(isShown);
  }
  return found;
}

/** Put a field before every tree and table that asks for one and is long enough to need it. */
export function addFinders(root: ParentNode): void {
  for (const tree of root.querySelectorAll<HTMLElement>("[data-tree]")) {
    const items = [...tree.children] as HTMLLIElement[];
    if (items.length > 1)
      tree.before(
        finder(tree.dataset.tree as string, (words) => inTree(items, words), items.length),
      );
  }
  for (const table of root.querySelectorAll<HTMLElement>("[data-find]")) {
    const rows = [...table.querySelectorAll<HTMLElement>("tbody > tr")];
    const show = (words: string) => {
      for (const row of rows)
        row.hidden = !row.firstElementChild?.textContent?.toLowerCase().includes(words);
      return rows.filter((row) => !row.hidden).length;
    };
    if (rows.length > 10)
      (table.parentElement as HTMLElement).before(
        finder(table.dataset.find as string, show, rows.length),
      );
  }
}
