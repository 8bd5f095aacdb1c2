// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { embedded, h } from "../dom.ts";
import { brazilSvg, clsSvg } from "../plots/lines.ts";

interface Result {
  CLs_obs?: number;
  CLs_exp?: number[];
  tests?: { mu: number; CLs_obs: number; CLs_exp: number[] }[];
}

const AGAIN = 1500;

/** Draw a run's result, and look again while it is open. */
export function startRun(root: HTMLElement): void {
  const result = embedded<Result>("run-result");
  const host = root.querySelector<HTMLElement>("[data-drawing]");
  if (result && host) {
    const figure = h("div");
    if (typeof result.CLs_obs === "number" && result.CLs_exp)
      figure.innerHTML = clsSvg({
        mu: 1,
        muHat: null,
        observed: result.CLs_obs,
        expected: result.CLs_exp,
      });
    else if (result.tests && result.tests.length > 1)
      figure.innerHTML = brazilSvg(
        result.tests.map((t) => ({
          mu: t.mu,
          muHat: null,
          observed: t.CLs_obs,
          expected: t.CLs_exp,
        })),
      );
    host.replaceChildren(figure);
  }
  if (root.dataset.open === "true") setTimeout(() => location.reload(), AGAIN);
}
