// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h, unique } from "../dom.ts";
import { cells, parseNumber } from "../numbers.ts";

/** A channel that takes yields. */
export interface Place {
  name: string;
  bins: number;
}

interface Field {
  channel: string;
  input: HTMLInputElement;
  problem: HTMLElement;
}

/** Number fields for the events of a signal in every bin. */
export class YieldFields {
  readonly element: HTMLElement;
  readonly #fields: Field[] = [];
  readonly #note: HTMLElement;
  readonly #changed: () => void;

  constructor(places: Place[], own: Record<string, number[]>, changed: () => void) {
    this.#changed = changed;
    this.#note = h("p", { class: "small", "aria-live": "polite" });
    const groups = h("div", { class: "yields" });
    for (const place of places) {
      const group = h("fieldset", {}, h("legend", {}, place.name));
      for (let bin = 1; bin <= place.bins; bin++)
        group.append(this.#field(place.name, bin, own[place.name]?.[bin - 1]));
      groups.append(group);
    }
    const zero = h("button", { type: "button", class: "tiny", click: () => this.#fillZero() });
    zero.textContent = "Set empty fields to 0";
    this.element = h(
      "div",
      {},
      h(
        "p",
        { class: "small quiet" },
        "Expected events of your signal in every bin, at signal strength μ = 1. A column or row copied from a spreadsheet fills the fields from the one on where you paste it.",
      ),
      h("p", {}, zero),
      groups,
      this.#note,
    );
  }

  /** Read the fields; null where one is no number, which is then said beside it. */
  read(): Record<string, number[]> | null {
    const yields: Record<string, number[]> = {};
    let first: HTMLInputElement | null = null;
    for (const field of this.#fields) {
      const value = this.#check(field);
      if (value === null) first ??= field.input;
      yields[field.channel] ??= [];
      yields[field.channel]?.push(value ?? 0);
    }
    first?.focus();
    return first ? null : yields;
  }

  /** Fill the fields of channels. */
  fill(yields: Record<string, number[]>): void {
    const left = new Map(Object.entries(yields).map(([name, values]) => [name, [...values]]));
    for (const field of this.#fields) {
      const value = left.get(field.channel)?.shift();
      field.input.value = value === undefined ? "0" : String(value);
      this.#check(field);
    }
  }

  #field(channel: string, bin: number, own: number | undefined): HTMLElement {
    const id = unique("bin");
    const input = h("input", {
      id,
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `${channel} bin ${bin}`,
      "aria-describedby": `${id}-problem`,
      input: () => {
        this.#check(field);
        this.#changed();
      },
      paste: (event) => this.#paste(event as ClipboardEvent, field),
    });
    input.value = own === undefined ? "" : String(own);
    const problem = h("span", { id: `${id}-problem`, class: "field-error" });
    const field: Field = { channel, input, problem };
    this.#fields.push(field);
    return h(
      "div",
      { class: "bin" },
      h("span", { class: "small quiet", "aria-hidden": "true" }, `bin ${bin}`),
      input,
      problem,
    );
  }

  #check({ input, problem }: Field): number | null {
    const value = parseNumber(input.value);
    const text = input.value.trim();
    problem.textContent =
      value !== null
        ? ""
        : text === ""
          ? "Type a number of events; 0 if there are none."
          : `“${text.slice(0, 20)}” is not a number of events.`;
    if (value === null) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return value;
  }

  #paste(event: ClipboardEvent, field: Field): void {
    const given = cells(event.clipboardData?.getData("text/plain") ?? "");
    if (given.length < 2) return;
    event.preventDefault();
    const from = this.#fields.indexOf(field);
    const filled = this.#fields.slice(from, from + given.length);
    filled.forEach((target, i) => {
      target.input.value = given[i] as string;
      this.#check(target);
    });
    const surplus = given.length - filled.length;
    this.#note.textContent =
      `${filled.length} fields were filled.` +
      (surplus
        ? ` ${surplus} more values were pasted than there are fields; they are left out.`
        : "");
    this.#changed();
  }

  #fillZero(): void {
    for (const field of this.#fields)
      if (!field.input.value.trim()) {
        field.input.value = "0";
        this.#check(field);
      }
    this.#changed();
  }
}
