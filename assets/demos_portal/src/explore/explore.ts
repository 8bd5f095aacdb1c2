// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h } from "../dom.ts";
import type { Opened } from "../engine/client.ts";
import type { Channel } from "../model.ts";
import { short } from "../numbers.ts";
import { channelsOf, type Session, sentence } from "../session.ts";
import { Panel } from "./panel.ts";
import { Sliders } from "./sliders.ts";
import { studyTabs } from "./study.ts";

const AT_ONCE = 6;

/** Bring the region "Explore" to life: sliders move the figures, a fit sets the sliders. */
export class Explore {
  readonly #region: HTMLElement;
  readonly #session: Session;
  readonly #sliders: Sliders;
  readonly #panels = new Map<string, Panel>();
  readonly #figures: HTMLElement;
  readonly #said: HTMLElement;
  readonly #more: HTMLButtonElement;
  #channels = new Map<string, Channel>();
  #opened: Opened | null = null;
  #table = false;
  #log = false;
  #busy = false;
  #again = false;

  constructor(region: HTMLElement, session: Session) {
    this.#region = region;
    this.#session = session;
    for (const channel of session.data.channels) this.#channels.set(channel.name, channel);
    this.#sliders = new Sliders(session.data.parameters, () => this.#moved());
    this.#figures = h("div", { class: "figures" });
    this.#said = h("p", { class: "small", "aria-live": "polite" });
    this.#more = h("button", { type: "button", click: () => this.#showMore() });
    const body = region.querySelector("[data-body]") as HTMLElement;
    body.classList.add("explore", "live");
    body.replaceChildren(
      this.#controls(),
      h("div", {}, this.#figures, h("p", { class: "more" }, this.#more), studyTabs(session)),
    );
    for (const channel of session.data.channels.slice(0, AT_ONCE)) this.#add(channel);
    this.#countMore();
    region.setAttribute("aria-busy", "true");
    for (const sign of ["pointerover", "pointerdown", "focusin", "keydown", "touchstart"])
      region.addEventListener(sign, () => void this.start(), { once: true, passive: true });
  }

  /** Load engine and model, once. */
  async start(): Promise<void> {
    if (this.#opened) return;
    try {
      const opened = await this.#session.open();
      if (this.#opened) return;
      this.#opened = opened;
      const yields = await opened.engine.ask("expected", opened.description.init);
      const before = this.#channels;
      this.#channels = new Map(
        channelsOf(opened.description, yields).map((channel) => {
          const { uncertainty = null } = before.get(channel.name) ?? {};
          return [channel.name, { ...channel, uncertainty }];
        }),
      );
      if (this.#isMoved()) await this.#update();
    } catch (error) {
      this.#say(sentence(error), true);
    } finally {
      this.#region.setAttribute("aria-busy", "false");
    }
  }

  #controls(): HTMLElement {
    const button = (name: string, click: () => void, more = {}) =>
      h("button", { type: "button", click, ...more }, name);
    const toggle = (name: string, change: (on: boolean) => void) => {
      const made = button(
        name,
        () => {
          const on = made.getAttribute("aria-checked") !== "true";
          made.setAttribute("aria-checked", String(on));
          change(on);
        },
        { role: "switch", "aria-checked": "false" },
      );
      return made;
    };
    return h(
      "div",
      { class: "controls" },
      h("h3", {}, "Parameters"),
      this.#sliders.element,
      h(
        "div",
        { class: "row actions" },
        button("Fit to data", () => void this.#fit(), { class: "primary" }),
        button("Reset", () => this.#reset()),
      ),
      this.#said,
      h(
        "div",
        { class: "row" },
        toggle("Table", (on) => {
          this.#table = on;
          for (const panel of this.#panels.values()) panel.table(on);
        }),
        toggle("Log scale", (on) => {
          this.#log = on;
          this.#draw();
        }),
      ),
    );
  }

  #add(channel: Channel): void {
    const panel = new Panel(channel, { isLead: this.#panels.size === 0 });
    this.#panels.set(channel.name, panel);
    this.#figures.append(panel.element);
    if (this.#log) panel.draw(channel, true);
    if (this.#table) panel.table(true);
  }

  #countMore(): void {
    const left = this.#session.data.names.length - this.#panels.size;
    this.#more.hidden = left <= 0;
    this.#more.textContent = `Show ${Math.min(left, AT_ONCE)} more of ${this.#session.data.names.length} channels`;
  }

  async #showMore(): Promise<void> {
    await this.start();
    const left = this.#session.data.names.filter((name) => !this.#panels.has(name));
    for (const name of left.slice(0, AT_ONCE)) {
      const channel = this.#channels.get(name);
      if (channel) this.#add(channel);
    }
    this.#countMore();
  }

  #point(): number[] {
    const { names, init } = (this.#opened as Opened).description;
    return names.map((name, i) => this.#sliders.values.get(name) ?? (init[i] as number));
  }

  #isMoved(): boolean {
    return this.#session.data.parameters.some((p) => this.#sliders.values.get(p.name) !== p.init);
  }

  #moved(): void {
    this.#say("");
    if (!this.#opened) {
      void this.start();
      return;
    }
    void this.#update();
  }

  /** Draw what the sliders say; of moves that come while the engine works only the last counts. */
  async #update(): Promise<void> {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        const { engine, description } = this.#opened as Opened;
        const yields = await engine.ask("expected", this.#point());
        const known = new Map(this.#session.data.channels.map((c) => [c.name, c.uncertainty]));
        const isStart = !this.#isMoved();
        for (const channel of channelsOf(description, yields)) {
          const uncertainty = isStart ? (known.get(channel.name) ?? null) : null;
          this.#channels.set(channel.name, { ...channel, uncertainty });
        }
        this.#draw();
      } while (this.#again);
    } finally {
      this.#busy = false;
    }
  }

  #draw(): void {
    for (const [name, panel] of this.#panels) {
      const channel = this.#channels.get(name);
      if (channel) panel.draw(channel, this.#log);
    }
  }

  async #fit(): Promise<void> {
    this.#say("Fitting …");
    try {
      await this.start();
      const { names, poi } = (this.#opened as Opened).description;
      const found = await this.#session.fit();
      const values = new Map(names.map((name, i) => [name, found.parameters[i] as number]));
      const errors = new Map(names.map((name, i) => [name, found.uncertainties?.[i] ?? 0]));
      this.#sliders.set(values, errors);
      await this.#update();
      const at = poi ? values.get(poi) : undefined;
      const interest =
        at === undefined
          ? ""
          : ` ${poi} = ${short(at, 3)}${errors.get(poi as string) ? ` ± ${short(errors.get(poi as string) as number, 2)}` : ""}.`;
      this.#say(
        found.status === "converged"
          ? `The best fit to the data.${interest}`
          : `The fit did not converge (${found.status}); the values are where it ended.`,
      );
    } catch (error) {
      this.#say(sentence(error), true);
    }
  }

  #reset(): void {
    this.#say("");
    this.#sliders.set(new Map(this.#session.data.parameters.map((p) => [p.name, p.init])));
    if (this.#opened) void this.#update();
  }

  #say(text: string, bad = false): void {
    this.#said.textContent = text;
    this.#said.classList.toggle("field-error", bad);
  }
}
