// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h, unique } from "../dom.ts";

/** One tab: its panel is filled when it is opened first. */
export interface Tab {
  name: string;
  open: (panel: HTMLElement) => void;
}

/** A list of tabs, none of them open at first; arrow keys move between them. */
export function tabs(label: string, list: Tab[]): HTMLElement {
  const panels = list.map(() =>
    h("div", { role: "tabpanel", id: unique("panel"), hidden: true, tabindex: 0 }),
  );
  const opened = new Set<number>();
  const select = (at: number) => {
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === at));
      button.tabIndex = i === at ? 0 : -1;
      (panels[i] as HTMLElement).hidden = i !== at;
    });
    if (opened.has(at)) return;
    opened.add(at);
    list[at]?.open(panels[at] as HTMLElement);
  };
  const buttons = list.map(({ name }, i) => {
    const id = unique("tab");
    const panel = panels[i] as HTMLElement;
    panel.setAttribute("aria-labelledby", id);
    return h(
      "button",
      {
        id,
        type: "button",
        role: "tab",
        "aria-selected": "false",
        "aria-controls": panel.id,
        tabindex: i ? -1 : 0,
        click: () => select(i),
      },
      name,
    );
  });
  const bar = h("div", { role: "tablist", "aria-label": label, class: "tabs" }, ...buttons);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  });
  return h("div", { class: "study" }, bar, ...panels);
}
