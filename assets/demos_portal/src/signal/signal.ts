// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { h, unique } from "../dom.ts";
import type { Excess, Signal as Given, Limits, Test, Yields } from "../engine/protocol.ts";
import { Panel } from "../explore/panel.ts";
import type { Channel } from "../model.ts";
import { probability, short } from "../numbers.ts";
import { downloads } from "../plots/download.ts";
import { brazilSvg, clsSvg } from "../plots/lines.ts";
import { record } from "../runs.ts";
import { type Session, sentence } from "../session.ts";
import { type Cell, tableOf } from "../tables.ts";
import { Plane } from "./plane.ts";
import { YieldFields } from "./yields.ts";

const SIZE = 0.05;
const LARGEST_PATCH = 50_000_000;

type Way = "grid" | "yields" | "patch";

/** Bring the region "Signal" to life: a signal is given in one of three ways, and tested. */
export class SignalRegion {
  readonly #region: HTMLElement;
  readonly #session: Session;
  readonly #status: HTMLElement;
  readonly #drawn: HTMLElement;
  readonly #answer: HTMLElement;
  readonly #record: HTMLButtonElement;
  readonly #problem: HTMLElement;
  readonly #file: HTMLInputElement;
  readonly #fileProblem: HTMLElement;
  readonly #ways: Partial<Record<Way, HTMLElement>> = {};
  readonly #body: HTMLElement;
  #plane: Plane | null = null;
  #fields: YieldFields | null = null;
  #way: Way;
  #patch: object[] | null = null;
  #taking: Promise<void> = Promise.resolve();
  #tested: { given: Given; test: Test } | null = null;
  #computing = 0;
  #sweeping = false;
  #started = false;

  constructor(region: HTMLElement, session: Session) {
    this.#region = region;
    this.#session = session;
    const { points, labels } = session.data;
    const canRecord = session.data.id !== "";
    this.#way = points.length ? "grid" : "yields";
    this.#status = h("p", { role: "status" });
    this.#drawn = h("div", { class: "split" });
    this.#record = h("button", { type: "button", click: () => void this.#recordRun() });
    this.#record.textContent = "Record this run";
    this.#problem = h("p", { class: "field-error", "aria-live": "assertive" });
    this.#answer = h("div", { class: "answer", hidden: true }, this.#status, this.#drawn);
    if (canRecord)
      this.#answer.append(
        h("div", { class: "row" }, this.#record),
        h(
          "p",
          { class: "small quiet" },
          "The server computes it again and keeps it under an address that can be cited.",
        ),
      );
    this.#fileProblem = h("p", { id: unique("file-problem"), class: "field-error" });
    this.#file = h("input", {
      id: unique("patch"),
      type: "file",
      accept: ".json,application/json",
      "aria-describedby": this.#fileProblem.id,
      change: () => {
        this.#taking = this.#takePatch();
      },
    });
    if (points.length) {
      this.#plane = new Plane(points, labels, (name) => void this.#pick(name));
      this.#ways.grid = h("div", {}, this.#plane.element);
    }
    this.#ways.yields = h("div");
    this.#ways.patch = h(
      "div",
      {},
      h(
        "label",
        { for: this.#file.id },
        "A JSON Patch (RFC 6902) that adds your signal to the workspace",
      ),
      h("p", {}, this.#file),
      this.#fileProblem,
    );
    const compute = h("button", {
      type: "button",
      class: "primary",
      click: () => void this.#compute(),
    });
    compute.textContent = "Compute";
    this.#body = region.querySelector("[data-body]") as HTMLElement;
    this.#body.replaceChildren(
      this.#choice(),
      ...(Object.values(this.#ways) as HTMLElement[]),
      h("p", { class: "row" }, compute),
      this.#problem,
      this.#answer,
    );
    this.#showFields();
    this.#choose(this.#way);
    for (const sign of ["pointerover", "pointerdown", "focusin", "keydown", "touchstart"])
      region.addEventListener(sign, () => void this.start(), { once: true, passive: true });
  }

  /** Load engine and model, once; a grid is then computed point by point. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    try {
      await this.#session.open();
      if (this.#way === "grid") await this.#sweep();
    } catch (error) {
      this.#problem.textContent = sentence(error);
    }
  }

  /** Fill in a signal as an earlier run had it, and test it. */
  async prefill(given: Given): Promise<void> {
    if (given.kind === "none") return;
    if (given.kind === "yields") {
      this.#choose("yields");
      this.#fields?.fill(given.yields);
    } else if (given.kind === "patch") {
      this.#choose("patch");
      this.#patch = given.patch;
      this.#fileProblem.textContent = "";
    } else this.#choose("grid");
    await this.#test(given);
    if (given.kind === "point") this.#plane?.mark(given.name);
  }

  #showFields(): void {
    const { regions, signal } = this.#session.data;
    this.#fields = new YieldFields(regions, signal.yields, () => this.#forget());
    this.#ways.yields?.replaceChildren(this.#fields.element);
  }

  #choice(): HTMLElement {
    const name = unique("way");
    const titles: Record<Way, string> = { grid: "From the grid", yields: "Yields", patch: "Patch" };
    const group = h("fieldset", { class: "ways" }, h("legend", {}, "Your signal"));
    for (const way of Object.keys(titles) as Way[]) {
      if (!this.#ways[way]) continue;
      const input = h("input", {
        type: "radio",
        name,
        value: way,
        change: () => this.#choose(way),
      });
      input.checked = way === this.#way;
      group.append(h("label", {}, input, titles[way]));
    }
    return group;
  }

  #choose(way: Way): void {
    this.#way = way;
    for (const [name, element] of Object.entries(this.#ways)) element.hidden = name !== way;
    for (const input of this.#body.querySelectorAll<HTMLInputElement>("input[type=radio]"))
      input.checked = input.value === way;
    this.#problem.textContent = "";
    if (way === "grid" && this.#started) void this.#sweep();
  }

  /** What was computed is no longer what stands in the fields. */
  #forget(): void {
    this.#computing += 1;
    this.#tested = null;
    this.#answer.hidden = true;
    this.#status.removeAttribute("data-cls-observed");
    this.#status.removeAttribute("data-cls-expected");
  }

  async #sweep(): Promise<void> {
    const plane = this.#plane;
    if (!plane || this.#sweeping) return;
    this.#sweeping = true;
    const { engine } = await this.#session.open();
    let drawn = 0;
    for (const name of plane.names) {
      if (plane.test(name)) continue;
      try {
        plane.found(name, await engine.ask("cls", { kind: "point", name }, 1));
      } catch (error) {
        plane.failed(name, sentence(error));
      }
      drawn += 1;
      if (drawn % 20 === 0) plane.drawContours();
    }
    plane.drawContours();
  }

  async #pick(name: string): Promise<void> {
    this.#plane?.mark(name);
    this.#forget();
    await this.#test({ kind: "point", name });
  }

  async #takePatch(): Promise<void> {
    this.#forget();
    this.#patch = null;
    const file = this.#file.files?.[0];
    if (!file) return;
    const refuse = (text: string) => {
      this.#fileProblem.textContent = text;
      this.#file.setAttribute("aria-invalid", "true");
    };
    this.#fileProblem.textContent = "";
    this.#file.removeAttribute("aria-invalid");
    if (file.size > LARGEST_PATCH) return refuse(`${file.name} is larger than 50 MB.`);
    let found: unknown;
    try {
      found = JSON.parse(await file.text());
    } catch {
      return refuse(`${file.name} is not a JSON document: it may be cut off, or another format.`);
    }
    if (!Array.isArray(found))
      return refuse(
        `${file.name} is not a JSON Patch: a patch is a list of operations. Of a patch set, give one patch.`,
      );
    try {
      const { engine } = await this.#session.open();
      await engine.ask("check", { kind: "patch", patch: found });
      this.#patch = found;
    } catch (error) {
      refuse(`${file.name} cannot be applied to this model. ${sentence(error)}`);
    }
  }

  #given(): Given | string {
    if (this.#way === "grid") {
      const picked = this.#region.querySelector<HTMLElement>("[data-point][aria-checked=true]");
      return picked?.dataset.point
        ? { kind: "point", name: picked.dataset.point }
        : "Pick a point of the grid first.";
    }
    if (this.#way === "patch") {
      if (this.#patch) return { kind: "patch", patch: this.#patch };
      if (this.#fileProblem.textContent) return this.#fileProblem.textContent;
      this.#fileProblem.textContent = "Choose a file first.";
      this.#file.setAttribute("aria-invalid", "true");
      return "Choose a file first.";
    }
    const yields = this.#fields?.read();
    if (!yields) return "Some fields hold no number; they are marked.";
    if (
      !Object.values(yields)
        .flat()
        .some((value) => value !== 0)
    )
      return "All yields are 0: there is no signal to test.";
    const { sample, yields: own } = this.#session.data.signal;
    // A channel in which nothing is added stays as it is.
    const used = Object.entries(yields).filter(
      ([name, row]) => own[name] || row.some((v) => v !== 0),
    );
    return { kind: "yields", yields: Object.fromEntries(used), sample };
  }

  async #compute(): Promise<void> {
    this.#problem.textContent = "";
    // A file that is being read counts as chosen.
    if (this.#way === "patch") await this.#taking;
    const given = this.#given();
    if (typeof given === "string") {
      this.#forget();
      this.#problem.textContent = given;
      return;
    }
    await this.#test(given);
  }

  async #test(given: Given): Promise<void> {
    this.#computing += 1;
    const turn = this.#computing;
    this.#problem.textContent = "";
    try {
      const { engine } = await this.#session.open();
      const known = given.kind === "point" ? this.#plane?.test(given.name) : undefined;
      const test = known ?? (await engine.ask("cls", given, 1));
      if (turn !== this.#computing) return;
      this.#tested = { given, test };
      this.#show(given, test);
      const [lead, ...more] = leading(await engine.ask("shown", given), this.#session);
      if (turn !== this.#computing) return;
      if (lead) this.#showEvents(lead, more.length);
      const limits = await engine.ask("limits", given);
      if (turn === this.#computing) this.#showLimits(limits);
      const excess = await engine.ask("excess", given);
      if (turn === this.#computing) this.#showExcess(excess);
    } catch (error) {
      if (turn !== this.#computing) return;
      if (!this.#tested) this.#forget();
      this.#problem.textContent = sentence(error);
    }
  }

  #show(given: Given, test: Test): void {
    const median = test.expected[2] as number;
    const verdict = test.observed < SIZE ? "excluded" : "not excluded";
    const which = given.kind === "point" ? `${given.name}: ` : "";
    this.#answer.hidden = false;
    this.#status.textContent = `${which}CLs = ${probability(test.observed)} observed, ${probability(median)} expected. At μ = 1 this signal is ${verdict} at 95 % confidence.`;
    this.#status.setAttribute("data-cls-observed", JSON.stringify(test.observed));
    this.#status.setAttribute("data-cls-expected", JSON.stringify(test.expected));
    const figure = h("div");
    figure.innerHTML = clsSvg(test);
    this.#drawn.replaceChildren(h("div", {}, figure, table(test)));
  }

  #showLimits(limits: Limits): void {
    if (limits.tests.length < 2) return;
    const figure = h("div");
    figure.innerHTML = brazilSvg(limits.tests);
    const median = limits.expected[2];
    const text =
      limits.observed === null
        ? "No upper limit: CLs stays above 0.05."
        : `Upper limit on the signal strength at 95 %: μ < ${short(limits.observed)} observed${median == null ? "" : `, ${short(median)} expected`}.`;
    const rows: Cell[][] = [
      ["mu", "CLs observed", "-2 sigma", "-1 sigma", "expected", "+1 sigma", "+2 sigma"],
      ...limits.tests.map((t) => [t.mu, t.observed, ...t.expected]),
    ];
    const menu = downloads("upper limit", () => figure.querySelector("svg"), plainCells(rows));
    this.#drawn.append(
      h(
        "figure",
        { class: "panel" },
        figure,
        h("footer", {}, h("p", { class: "small" }, text), menu),
      ),
    );
  }

  /** The channel where the signal shows most, with the signal on top. */
  #showEvents(channel: Channel, others: number): void {
    const panel = new Panel(channel);
    const text = `The signal at μ = 1 where it shows most${others ? `; it is in ${others} more ${others === 1 ? "channel" : "channels"}` : ""}.`;
    panel.element.append(h("figcaption", { class: "small quiet" }, text));
    this.#drawn.append(panel.element);
  }

  #showExcess({ p0, z, expectedZ }: Excess): void {
    const text = `Excess over the background: p₀ = ${probability(p0)}, ${short(z, 3)} standard deviations; ${short(expectedZ, 3)} expected for this signal.`;
    this.#drawn.append(h("p", { class: "small whole" }, text));
  }

  async #recordRun(): Promise<void> {
    if (!this.#tested) return;
    this.#record.disabled = true;
    try {
      location.assign(await record(this.#session.data, this.#tested.given));
    } catch (error) {
      this.#record.disabled = false;
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}

/** The channels with a signal, those first in which it is largest against the background. */
function leading(yields: Yields[], session: Session): Channel[] {
  const known = new Map(session.data.regions.map((r) => [r.name, r]));
  const { description } = session;
  if (!description) return [];
  const own = new Map(description.regions.map((r) => [r.name, r]));
  const strength = ({ samples, total }: Channel) => {
    let sum = 0;
    for (const { events, is_signal } of samples)
      if (is_signal)
        for (const [i, s] of events.entries()) sum += s ** 2 / Math.max(total[i] ?? 0, 1e-3);
    return sum;
  };
  return yields
    .filter(({ name }) => known.has(name))
    .map(({ name, samples, total }): Channel => {
      const before = own.get(name);
      const isSignal = (sample: string) =>
        sample === description.signalSample || !before?.samples.includes(sample);
      return {
        name,
        samples: Object.entries(samples).map(([sample, events]) => ({
          name: sample,
          events,
          is_signal: isSignal(sample),
        })),
        total,
        uncertainty: null,
        observed: before?.observed ?? null,
      };
    })
    .filter((channel) => strength(channel) > 0)
    .sort((a, b) => strength(b) - strength(a));
}

const plainCells = (rows: Cell[][]) => () => rows.map((row) => row.map((cell) => cell ?? ""));

/** The six numbers of a test as a table. */
export function table(test: Test): HTMLElement {
  const rows: [string, number][] = [
    ["observed", test.observed],
    ["expected, −2 σ", test.expected[0] as number],
    ["expected, −1 σ", test.expected[1] as number],
    ["expected", test.expected[2] as number],
    ["expected, +1 σ", test.expected[3] as number],
    ["expected, +2 σ", test.expected[4] as number],
  ];
  return tableOf(`CLs at μ = ${short(test.mu)}`, [["", "CLs"], ...rows]);
}
