// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// What the portal's own pages do beyond what the server has rendered.

import { addCopyButtons } from "./copy.ts";
import { embedded } from "./dom.ts";
import type { Signal } from "./engine/protocol.ts";
import { Explore } from "./explore/explore.ts";
import { addFinders } from "./find.ts";
import type { ModelData } from "./model.ts";
import { startLocal } from "./pages/local.ts";
import { startRun } from "./pages/run.ts";
import { signalOf } from "./runs.ts";
import { Session } from "./session.ts";
import { SignalRegion } from "./signal/signal.ts";

/** Milliseconds after which a reader who has not moved gets the engine. */
const STAY = 2000;

/** The signal that the page's address carries (`#signal=` and a run's inputs), if it does. */
function signalOfAddress(): Signal | null {
  const text = /^#signal=(.+)/.exec(location.hash)?.[1];
  if (!text) return null;
  try {
    return signalOf(JSON.parse(decodeURIComponent(text)));
  } catch {
    return null;
  }
}

function startModel(data: ModelData): void {
  const session = Session.ofEntry(data);
  const explore = document.querySelector<HTMLElement>("#explore");
  const signal = document.querySelector<HTMLElement>("#signal");
  const explorer = explore ? new Explore(explore, session) : null;
  const tester = signal ? new SignalRegion(signal, session) : null;
  const given = signalOfAddress();
  if (given && signal) {
    signal.scrollIntoView();
    void tester?.prefill(given);
  }
  // The engine comes when somebody is here: who moves, or stays, will want it.
  let isHere = false;
  const arrive = () => {
    if (isHere) return;
    isHere = true;
    void explorer?.start().then(() => tester?.start());
  };
  for (const sign of ["scroll", "pointermove", "keydown", "touchstart"])
    addEventListener(sign, arrive, { once: true, passive: true });
  setTimeout(arrive, STAY);
}

addCopyButtons(document);
addFinders(document);
const data = embedded<ModelData>("model-data");
if (data) startModel(data);
const local = document.querySelector<HTMLElement>("[data-local]");
if (local) startLocal(local);
const run = document.querySelector<HTMLElement>("[data-run]");
if (run) startRun(run);
