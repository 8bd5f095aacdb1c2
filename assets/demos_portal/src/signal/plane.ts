// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { escaped, h } from "../dom.ts";
import type { Test } from "../engine/protocol.ts";
import type { Point } from "../model.ts";
import { short } from "../numbers.ts";
import { linear, round, ticks } from "../plots/axis.ts";
import { contour } from "../plots/contour.ts";
import { downloads } from "../plots/download.ts";

const WIDTH = 640;
const HEIGHT = 440;
const LEFT = 60;
const RIGHT = 625;
const TOP = 16;
const BOTTOM = 388;
const SIZE = 0.05;
const SMALLEST = 1e-9;

/** The points of a signal grid in the plane of its first two parameters that differ. */
export class Plane {
  readonly element: HTMLElement;
  readonly #points: Point[];
  readonly #labels: string[];
  readonly #tests = new Map<string, Test>();
  readonly #nodes = new Map<string, SVGGElement>();
  readonly #at: Map<string, [number, number]>;
  readonly #lines: SVGGElement;
  readonly #pick: (name: string) => void;

  constructor(points: Point[], labels: string[], pick: (name: string) => void) {
    this.#points = points;
    this.#labels = labels;
    this.#pick = pick;
    const host = h("div", { class: "plot" });
    const [axes, at] = this.#layout();
    this.#at = at;
    host.innerHTML = `<svg class="figure plane" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="radiogroup" aria-label="Signals of the grid"><g aria-hidden="true">${axes}<g class="lines"></g></g>${this.#dots()}</svg>`;
    const svg = host.firstElementChild as SVGSVGElement;
    this.#lines = svg.querySelector(".lines") as SVGGElement;
    for (const node of svg.querySelectorAll<SVGGElement>("[data-point]"))
      this.#nodes.set(node.dataset.point as string, node);
    svg.addEventListener("click", (event) => this.#clicked(event));
    svg.addEventListener("keydown", (event) => this.#key(event));
    const legend = h("ul", { class: "legend" });
    legend.innerHTML =
      "<li><b>●</b> excluded at 95 %</li><li><b>○</b> not excluded</li>" +
      "<li><b>━</b> CLs = 0.05 observed</li><li><b>╌</b> expected</li><li><b>┈</b> ± 1 standard deviation</li>";
    const menu = downloads(
      "grid",
      () => svg,
      () => this.#rows(),
    );
    this.element = h("figure", { class: "panel grid-panel" }, host, h("footer", {}, legend, menu));
  }

  get names(): string[] {
    return this.#points.map((p) => p.name);
  }

  test(name: string): Test | undefined {
    return this.#tests.get(name);
  }

  /** Show what was found for a point. */
  found(name: string, test: Test): void {
    this.#tests.set(name, test);
    const node = this.#nodes.get(name);
    node?.setAttribute("data-cls-observed", JSON.stringify(test.observed));
    node?.setAttribute("data-cls-expected", JSON.stringify(test.expected));
    node?.setAttribute("data-excluded", String(test.observed < SIZE));
    node?.setAttribute("aria-label", this.#words(name));
  }

  /** Say that a point has no answer. */
  failed(name: string, problem: string): void {
    this.#nodes.get(name)?.setAttribute("aria-label", `${name}: ${problem}`);
  }

  /** Draw where the exclusion ends, from the points that are computed. */
  drawContours(): void {
    const known = this.#points.filter((p) => this.#tests.has(p.name));
    const line = (value: (t: Test) => number, style: string) => {
      const places = known.map((p) => {
        const [x, y] = this.#at.get(p.name) as [number, number];
        const cls = value(this.#tests.get(p.name) as Test);
        return { x: x / WIDTH, y: y / HEIGHT, value: Math.log(Math.max(cls, SMALLEST)) };
      });
      const path = contour(places, Math.log(SIZE))
        .map(
          ([a, b, c, d]) =>
            `M${round(a * WIDTH)} ${round(b * HEIGHT)}L${round(c * WIDTH)} ${round(d * HEIGHT)}`,
        )
        .join("");
      return `<path class="curve ${style}" d="${path}"/>`;
    };
    this.#lines.innerHTML =
      line((t) => t.expected[1] as number, "sigma") +
      line((t) => t.expected[3] as number, "sigma") +
      line((t) => t.expected[2] as number, "expected") +
      line((t) => t.observed, "limit");
  }

  /** Mark a point as the one that is picked. */
  mark(name: string): void {
    for (const [other, node] of this.#nodes) {
      node.setAttribute("aria-checked", String(other === name));
      node.setAttribute("tabindex", other === name ? "0" : "-1");
    }
  }

  #words(name: string): string {
    const point = this.#points.find((p) => p.name === name) as Point;
    const place = this.#labels.map((label, i) => `${label} ${point.values[i] ?? "?"}`).join(", ");
    const test = this.#tests.get(name);
    const result = test
      ? `; CLs ${short(test.observed, 3)} observed, ${short(test.expected[2] as number, 3)} expected`
      : "";
    return `${name}: ${place}${result}`;
  }

  #layout(): [string, Map<string, [number, number]>] {
    const columns = this.#labels.map((_, i) => this.#points.map((p) => Number(p.values[i])));
    const usable = columns
      .map((values, i) => [values, i] as const)
      .filter(([values]) => values.every(Number.isFinite) && new Set(values).size > 1);
    const [first, second] = usable;
    const order = this.#points.map((_, i) => i);
    const axis = (values: number[], range: [number, number]) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const margin = (high - low) * 0.06 || 1;
      const domain: [number, number] = [low - margin, high + margin];
      return [linear(domain, range), ticks(...domain)] as const;
    };
    const [x, xs] = axis(first?.[0] ?? order, [LEFT, RIGHT]);
    const [y, ys] = second ? axis(second[0], [BOTTOM, TOP]) : [() => (TOP + BOTTOM) / 2, []];
    let svg = "";
    if (first)
      for (const tick of xs)
        svg += `<path class="grid" d="M${x(tick)} ${TOP}V${BOTTOM}"/><text class="tick" x="${x(tick)}" y="${BOTTOM + 17}" text-anchor="middle">${short(tick)}</text>`;
    for (const tick of ys)
      svg += `<path class="grid" d="M${LEFT} ${y(tick)}H${RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${y(tick)}" dy="4" text-anchor="end">${short(tick)}</text>`;
    svg += `<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`;
    if (first)
      svg += `<text class="tick" x="${RIGHT}" y="${BOTTOM + 36}" text-anchor="end">${escaped(this.#labels[first[1]] as string)}</text>`;
    if (second)
      svg += `<text class="tick" transform="translate(14 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escaped(this.#labels[second[1]] as string)}</text>`;
    const at = new Map(
      this.#points.map((point, i) => [
        point.name,
        [x(first ? (first[0][i] as number) : i), y(second ? (second[0][i] as number) : 0)] as [
          number,
          number,
        ],
      ]),
    );
    return [svg, at];
  }

  #dots(): string {
    return this.#points
      .map((point, i) => {
        const [x, y] = this.#at.get(point.name) as [number, number];
        const name = escaped(point.name);
        return (
          `<g data-point="${name}" role="radio" aria-checked="false" tabindex="${i ? -1 : 0}" aria-label="${escaped(this.#words(point.name))}">` +
          `<circle class="target" cx="${x}" cy="${y}" r="12"/><circle class="dot" cx="${x}" cy="${y}" r="5.5"/></g>`
        );
      })
      .join("");
  }

  #clicked(event: Event): void {
    const node = (event.target as Element).closest<SVGGElement>("[data-point]");
    if (node) this.#pick(node.dataset.point as string);
  }

  #key(event: KeyboardEvent): void {
    const node = (event.target as Element).closest<SVGGElement>("[data-point]");
    if (!node) return;
    const name = node.dataset.point as string;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (way) {
      event.preventDefault();
      this.#nodes.get(this.#neighbour(name, way as [number, number]) ?? name)?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#pick(name);
    }
  }

  /** The nearest point in a direction; what lies aside counts twice. */
  #neighbour(name: string, [dx, dy]: [number, number]): string | null {
    const [x, y] = this.#at.get(name) as [number, number];
    let best: string | null = null;
    let least = Infinity;
    for (const [other, [ox, oy]] of this.#at) {
      const along = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      if (along > 0.5 && along + 2 * aside < least) {
        least = along + 2 * aside;
        best = other;
      }
    }
    return best;
  }

  #rows(): (string | number)[][] {
    const head = ["signal", ...this.#labels, "CLs observed", "-2", "-1", "expected", "+1", "+2"];
    return [
      head,
      ...this.#points.map((point) => {
        const test = this.#tests.get(point.name);
        return [point.name, ...point.values, ...(test ? [test.observed, ...test.expected] : [])];
      }),
    ];
  }
}
