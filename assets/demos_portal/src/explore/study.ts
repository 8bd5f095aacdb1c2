// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// What a fit says beyond the figures: pulls and impacts, correlations, profile likelihoods.

import { h, unique } from "../dom.ts";
import type { Correlated, Profile, Ranked, Ranking } from "../engine/protocol.ts";
import { short } from "../numbers.ts";
import { downloads } from "../plots/download.ts";
import { heatmapSvg } from "../plots/heatmap.ts";
import { crossings, profileSvg } from "../plots/profile.ts";
import { rankingSvg } from "../plots/ranking.ts";
import { type Session, sentence } from "../session.ts";
import { type Cell, scrolled, tableOf } from "../tables.ts";
import { tabs } from "./tabs.ts";

const ROWS = 15;
const CORRELATED = 16;
const SCANNED = 41;

/** The tabs below the figures. */
export function studyTabs(session: Session): HTMLElement {
  return tabs("What the fit says", [
    { name: "Pulls and impacts", open: (panel) => void fill(panel, () => pulls(session)) },
    { name: "Correlations", open: (panel) => void fill(panel, () => correlations(session)) },
    { name: "Likelihood scan", open: (panel) => void fill(panel, () => scan(session)) },
  ]);
}

/** Fill a panel with what is computed, or with why it is not. */
async function fill(panel: HTMLElement, make: () => Promise<HTMLElement>): Promise<void> {
  panel.setAttribute("aria-busy", "true");
  panel.replaceChildren(h("p", { class: "quiet" }, "Computing …"));
  try {
    panel.replaceChildren(await make());
  } catch (error) {
    panel.replaceChildren(h("p", { class: "field-error", role: "alert" }, sentence(error)));
  } finally {
    panel.removeAttribute("aria-busy");
  }
}

/** A figure with its numbers below it, and both to download. */
function figureOf(name: string, svg: string, rows: Cell[][]): HTMLElement {
  const plot = h("div", { class: "plot" });
  plot.innerHTML = svg;
  const figure = () => plot.querySelector("svg");
  const numbers = h(
    "details",
    { class: "small" },
    h("summary", {}, "Numbers"),
    scrolled(tableOf(name, rows), name),
  );
  const plain = () => rows.map((row) => row.map((cell) => cell ?? ""));
  return h(
    "figure",
    { class: "panel wide" },
    plot,
    h("footer", {}, numbers, downloads(name, figure, plain)),
  );
}

async function pulls(session: Session): Promise<HTMLElement> {
  const { engine } = await session.open();
  const ranking: Ranking = await engine.ask("ranking");
  if (!ranking.rows.length)
    return h("p", {}, "No parameter of this model is constrained, so that there are no pulls.");
  const known = new Map<string, Ranked>();
  const host = h("div");
  let limit = ROWS;
  const id = unique("find");
  const find = h("input", { id, type: "search" });
  const more = h("button", { type: "button", class: "tiny" });
  const count = h("span", { class: "small quiet", "aria-live": "polite" });
  let turn = 0;
  const draw = async () => {
    turn += 1;
    const mine = turn;
    const words = find.value.trim().toLowerCase();
    const found = ranking.rows.filter((row) => row.name.toLowerCase().includes(words));
    const shown = found.slice(0, limit);
    const left = found.length - shown.length;
    more.hidden = left <= 0;
    more.textContent = `Show ${Math.min(left, ROWS)} more`;
    count.textContent = `${shown.length} of ${ranking.rows.length} constrained parameters, those with the largest ${ranking.poi ? "impact" : "pull"} first`;
    const unknown = shown.filter((row) => ranking.poi && !known.has(row.name)).map((r) => r.name);
    if (unknown.length)
      for (const row of await engine.ask("impacts", unknown)) known.set(row.name, row);
    if (mine !== turn) return;
    const rows = shown.map((row) => known.get(row.name) ?? row);
    host.replaceChildren(figureOf("pulls and impacts", rankingSvg(rows, ranking.poi), cells(rows)));
  };
  find.addEventListener("input", () => {
    limit = ROWS;
    void draw();
  });
  more.addEventListener("click", () => {
    limit += ROWS;
    void draw();
  });
  const legend = ranking.poi
    ? `Points: fitted values less the nominal ones, in units of the uncertainty before the fit. Bars: how far ${ranking.poi} moves when a parameter is held at + (blue) or − (orange) one standard deviation after the fit; outlines: before the fit.`
    : "Points: fitted values less the nominal ones, in units of the uncertainty before the fit. There are no impacts: the background alone has no parameter of interest.";
  await draw();
  return h(
    "div",
    {},
    h("p", { class: "small measure" }, legend),
    h("p", { class: "row" }, h("label", { for: id, class: "small" }, "Find"), find, count),
    host,
    h("p", {}, more),
  );
}

function cells(rows: Ranked[]): Cell[][] {
  const head = [
    "",
    "pull",
    "± after the fit",
    "impact +1σ",
    "impact −1σ",
    "before +1σ",
    "before −1σ",
  ];
  return [
    head,
    ...rows.map((r) => [r.name, r.pull, r.uncertainty, r.up, r.down, r.upPrefit, r.downPrefit]),
  ];
}

async function correlations(session: Session): Promise<HTMLElement> {
  const { engine } = await session.open();
  const found: Correlated = await engine.ask("correlated", CORRELATED);
  if (found.names.length < 2)
    return h("p", {}, "Correlations need two parameters that float; this model has fewer.");
  const rows: Cell[][] = [
    ["", ...found.names],
    ...found.matrix.map((row, i) => [found.names[i] as string, ...row]),
  ];
  const cut =
    found.total > found.names.length
      ? `The ${found.names.length} of ${found.total} parameters with the strongest correlations after the fit to the data, in per cent.`
      : "Correlations after the fit to the data, in per cent.";
  return h(
    "div",
    {},
    h("p", { class: "small" }, `${cut} Blue is positive, orange negative.`),
    figureOf("correlations", heatmapSvg(found), rows),
  );
}

async function scan(session: Session): Promise<HTMLElement> {
  const { engine } = await session.open();
  const parameters = session.data.parameters.filter((p) => p.lower < p.upper);
  if (!parameters.length) return h("p", {}, "No parameter of this model floats.");
  const id = unique("scan");
  const list = `${id}-names`;
  const input = h("input", {
    id,
    list,
    type: "text",
    value: parameters[0]?.name,
    spellcheck: "false",
  });
  const names = h("datalist", { id: list });
  for (const { name } of parameters) names.append(h("option", { value: name }));
  const host = h("div");
  const draw = async () => {
    const name = input.value.trim();
    if (!parameters.some((p) => p.name === name)) return;
    host.setAttribute("aria-busy", "true");
    try {
      const found: Profile = await engine.ask("profile", name, SCANNED);
      const [low, high] = crossings(found);
      const side = (end: number | null, sign: string) =>
        end === null
          ? `no ${sign === "+" ? "upper" : "lower"} end in this range`
          : `${sign}${short(Math.abs(end - found.best), 3)}`;
      const rows: Cell[][] = [
        [name, "−2 Δ ln L"],
        ...found.values.map((value, i) => [short(value, 6), found.rise[i] ?? null]),
      ];
      host.replaceChildren(
        h(
          "p",
          { "aria-live": "polite" },
          `${name} = ${short(found.best, 4)} (${side(high, "+")}, ${side(low, "−")}) where −2 Δ ln L reaches 1.`,
        ),
        figureOf(`profile of ${name}`, profileSvg(found), rows),
      );
    } catch (error) {
      host.replaceChildren(h("p", { class: "field-error", role: "alert" }, sentence(error)));
    } finally {
      host.removeAttribute("aria-busy");
    }
  };
  input.addEventListener("change", () => void draw());
  await draw();
  return h(
    "div",
    {},
    h("p", { class: "row" }, h("label", { for: id, class: "small" }, "Parameter"), input, names),
    host,
  );
}
