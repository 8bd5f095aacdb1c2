// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h, unique } from "../dom.ts";
import type { Parameter } from "../model.ts";
import { short } from "../numbers.ts";

const FIRST = 10;
const MORE = 20;

/** Sliders of a model's parameters: the first of them, those that a filter names, more on demand. */
export class Sliders {
  readonly element: HTMLElement;
  readonly values: Map<string, number>;
  readonly #parameters: Parameter[];
  readonly #list: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #filter: HTMLInputElement;
  readonly #count: HTMLElement;
  readonly #moved: () => void;
  readonly #shown = new Map<string, () => void>();
  #limit = FIRST;
  #errors = new Map<string, number>();

  constructor(parameters: Parameter[], moved: () => void) {
    this.#parameters = parameters;
    this.#moved = moved;
    this.values = new Map(parameters.map((p) => [p.name, p.init]));
    const id = unique("filter");
    this.#filter = h("input", { id, type: "search", input: () => this.#restart() });
    this.#count = h("p", { class: "small quiet" });
    this.#list = h("div");
    this.#more = h("button", { type: "button", class: "tiny", click: () => this.#extend() });
    this.element = h(
      "div",
      {},
      h("label", { for: id, class: "small" }, "Find a parameter"),
      h("div", { class: "row" }, this.#filter),
      this.#count,
      this.#list,
      this.#more,
    );
    this.#render();
  }

  /** Set all values, as a fit or a reset does; uncertainties are shown beside them. */
  set(values: Map<string, number>, errors = new Map<string, number>()): void {
    for (const [name, value] of values) this.values.set(name, value);
    this.#errors = errors;
    for (const refresh of this.#shown.values()) refresh();
  }

  #restart(): void {
    this.#limit = FIRST;
    this.#render();
  }

  #extend(): void {
    const next = this.#list.childElementCount;
    this.#limit += MORE;
    this.#render();
    this.#list.children[next]?.querySelector("input")?.focus();
  }

  #render(): void {
    const words = this.#filter.value.trim().toLowerCase();
    const found = this.#parameters.filter((p) => p.name.toLowerCase().includes(words));
    this.#shown.clear();
    this.#list.replaceChildren(...found.slice(0, this.#limit).map((p) => this.#slider(p)));
    const left = found.length - this.#limit;
    this.#more.hidden = left <= 0;
    this.#more.textContent = `Show ${Math.min(left, MORE)} more of ${found.length}`;
    this.#count.textContent = words
      ? `${found.length} of ${this.#parameters.length} parameters`
      : "Those that move the events most come first.";
  }

  #slider(parameter: Parameter): HTMLElement {
    const { name, init, width } = parameter;
    const id = unique("slider");
    const low = width === null ? parameter.lower : Math.max(parameter.lower, init - 5 * width);
    const high = width === null ? parameter.upper : Math.min(parameter.upper, init + 5 * width);
    const output = h("output", { for: id });
    const input = h("input", {
      id,
      type: "range",
      min: low,
      max: high,
      step: "any",
      "aria-label": name,
      input: () => {
        this.values.set(name, Number(input.value));
        this.#errors.delete(name);
        show();
        this.#moved();
      },
    });
    const show = () => {
      const value = this.values.get(name) as number;
      const error = this.#errors.get(name);
      const text = short(value, 3) + (error ? ` ± ${short(error, 2)}` : "");
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    };
    const refresh = () => {
      input.value = String(this.values.get(name));
      show();
    };
    refresh();
    this.#shown.set(name, refresh);
    return h(
      "div",
      { class: "slider" },
      h("label", { for: id }, h("span", {}, name), output),
      input,
    );
  }
}
