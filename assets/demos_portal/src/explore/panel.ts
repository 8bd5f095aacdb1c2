// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h } from "../dom.ts";
import type { Channel } from "../model.ts";
import { downloads } from "../plots/download.ts";
import { shownSamples, stackSvg, styleOf } from "../plots/stack.ts";
import { tableOf } from "../tables.ts";

/** One channel on the page: its figure, its legend, its numbers. */
export class Panel {
  readonly element: HTMLElement;
  readonly #plot: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #numbers: HTMLElement;
  #channel: Channel;
  #log = false;
  #table: boolean;

  constructor(channel: Channel, { isLead = false } = {}) {
    this.#channel = channel;
    this.#table = isLead;
    this.#plot = h("div", { class: "plot" });
    this.#legend = h("ul", { class: "legend" });
    this.#numbers = h("div", { class: "numbers scroll", hidden: !isLead });
    const figure = () => this.#plot.querySelector("svg");
    const menu = downloads(channel.name, figure, () => this.#rows());
    const footer = h("footer", {}, this.#legend, menu);
    this.element = h(
      "figure",
      { class: isLead ? "panel lead" : "panel" },
      this.#plot,
      footer,
      this.#numbers,
    );
    this.draw(channel, false);
  }

  /** Draw the channel anew. */
  draw(channel: Channel, log: boolean): void {
    this.#channel = channel;
    this.#log = log;
    this.#plot.innerHTML = stackSvg(channel, log);
    this.#drawLegend();
    if (this.#table) this.#drawNumbers();
  }

  /** Show the numbers, or leave them away. */
  table(shown: boolean): void {
    this.#table = shown;
    this.#numbers.hidden = !shown;
    if (shown) this.#drawNumbers();
  }

  get log(): boolean {
    return this.#log;
  }

  #drawLegend(): void {
    const entries = shownSamples(this.#channel.samples).map(
      (sample, i) => [styleOf(sample, i), sample.name] as const,
    );
    const marks: (readonly [string, string])[] = [...entries].reverse();
    if (this.#channel.uncertainty) marks.push(["band", "uncertainty before the fit"]);
    if (this.#channel.observed) marks.push(["data", "data"]);
    const key = JSON.stringify(marks);
    if (this.#legend.dataset.key === key) return;
    this.#legend.dataset.key = key;
    this.#legend.replaceChildren(
      ...marks.map(([style, name]) =>
        h("li", {}, h("i", { class: style, "aria-hidden": "true" }), name),
      ),
    );
  }

  #rows(): (string | number)[][] {
    const { samples, total, uncertainty, observed } = this.#channel;
    const rows: (string | number)[][] = [["", ...total.map((_, i) => `bin ${i + 1}`)]];
    for (const sample of samples) rows.push([sample.name, ...sample.events]);
    rows.push(["expected", ...total]);
    if (uncertainty) rows.push(["uncertainty", ...uncertainty]);
    if (observed) rows.push(["data", ...observed]);
    return rows;
  }

  #drawNumbers(): void {
    const { name } = this.#channel;
    this.#numbers.replaceChildren(tableOf(`${name}: events per bin`, this.#rows()));
    // What scrolls must be reached by keyboard.
    this.#numbers.tabIndex = 0;
    this.#numbers.setAttribute("role", "group");
    this.#numbers.setAttribute("aria-label", `Numbers of ${name}`);
  }
}
