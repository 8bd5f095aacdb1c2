// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// The engine in a thread of its own: the page stays free while a likelihood is fitted.

import {
  type CLs,
  createEngine,
  type Engine,
  EngineError,
  type Expected,
  type Model,
} from "demos-engine";
import type {
  Calls,
  Description,
  Excess,
  Failure,
  FitResult,
  Limits,
  Signal,
  Test,
  Yields,
} from "./protocol.ts";
import { ownSignal, patchOfYields, poiOf, type Workspace } from "./signals.ts";
import { correlated, impacts, profile, ranking, study } from "./study.ts";

/** Points of the curve of CLs, and how far it goes beyond the upper limits. */
const CURVE = 16;
const BEYOND = 1.4;

interface Patch {
  metadata: { name: string };
  patch: object[];
}

let engine: Engine;
let workspace: Workspace;
let background: Model;
const patches = new Map<string, object[]>();

/** A signal that the patch sets of the model do not hold. */
class UnknownSignal extends Error {}

function patchOf(name: string): object[] {
  const patch = patches.get(name);
  if (!patch) throw new UnknownSignal(`the model has no signal ${name}`);
  return patch;
}

async function open(files: { wasm: ArrayBuffer; workspace: ArrayBuffer }): Promise<Description> {
  engine ??= await createEngine(files.wasm);
  const bytes = new Uint8Array(files.workspace);
  background = engine.load(bytes);
  workspace = JSON.parse(new TextDecoder().decode(bytes)) as Workspace;
  patches.clear();
  const own = ownSignal(workspace);
  const poi = poiOf(workspace);
  return {
    names: background.parameters.map((p) => p.name),
    init: background.parameters.map((p) => p.init),
    bounds: background.parameters.map((p) => p.bounds),
    poi,
    poiDefined: poi !== null && background.parameters.some((p) => p.name === poi),
    regions: background.channels.map((c) => ({
      name: c.name,
      bins: c.observed.length,
      samples: [...c.samples],
      observed: [...c.observed],
    })),
    signalSample: own.sample,
    signal: own.yields,
  };
}

/** Load the model with a signal; whoever asked disposes of it. */
function withSignal(signal: Signal): Model {
  switch (signal.kind) {
    case "none":
      return background;
    case "point":
      return background.withPatch(patchOf(signal.name));
    case "patch":
      return background.withPatch(signal.patch);
    case "yields":
      return background.withPatch(patchOfYields(workspace, signal.yields, signal.sample));
  }
}

function using<T>(signal: Signal, work: (model: Model) => T): T {
  const model = withSignal(signal);
  try {
    return work(model);
  } finally {
    if (model !== background) model.dispose();
  }
}

function test(found: CLs): Test {
  return {
    mu: found.mu,
    observed: found.CLs_obs,
    expected: found.CLs_exp,
    muHat: found.mu_hat ?? null,
  };
}

function yieldsOf({ channels }: Expected): Yields[] {
  return channels.map(({ name, samples, total }) => ({
    name,
    samples: Object.fromEntries(Object.entries(samples).map(([sample, s]) => [sample, s.yields])),
    total,
  }));
}

function expected(parameters: number[]): Yields[] {
  return yieldsOf(background.expected({ parameters, uncertainties: false }));
}

/** The events that a model with a signal expects at strength 1, before the fit. */
function shown(signal: Signal): Yields[] {
  return using(signal, (model) => {
    const parameters = model.parameters.map((p) => (p.name === model.poi ? 1 : p.init));
    return yieldsOf(model.expected({ parameters, uncertainties: false }));
  });
}

function excess(signal: Signal): Excess {
  return using(signal, (model) => {
    const { p0, Z, Z_exp } = model.significance();
    return { p0, z: Z, expectedZ: Z_exp };
  });
}

function limits(signal: Signal): Limits {
  return using(signal, (model) => {
    const found = model.upperLimit();
    const ends = [found.observed, found.expected[3] ?? null].map((limit) => limit ?? 0);
    const end = (Math.max(...ends) || Math.max(...found.tests.map((t) => t.mu))) * BEYOND;
    const mu = Array.from({ length: CURVE }, (_, i) => (end * i) / (CURVE - 1));
    const { tests } = model.curve({ mu });
    return { observed: found.observed, expected: found.expected, tests: tests.map(test) };
  });
}

function fit(): FitResult {
  const found = study(background).fit;
  const { parameters, uncertainties, status } = found;
  return { parameters, uncertainties, status, twiceNll: found.twice_nll };
}

function patchset(content: ArrayBuffer): string[] {
  const found = JSON.parse(new TextDecoder().decode(content)) as { patches: Patch[] };
  for (const { metadata, patch } of found.patches) patches.set(metadata.name, patch);
  return found.patches.map((p) => p.metadata.name);
}

const calls: { [K in keyof Calls]: (...args: Parameters<Calls[K]>) => unknown } = {
  open,
  expected,
  fit,
  cls: (signal, mu) => using(signal, (model) => test(model.cls({ mu }))),
  limits,
  excess,
  shown,
  ranking: () => ranking(study(background)),
  impacts: (names) => impacts(study(background), names),
  correlated: (most) => correlated(study(background), most),
  profile: (parameter, points) => profile(study(background), parameter, points),
  check: (signal) => using(signal, () => null),
  patchset,
};

function failure(error: unknown): Failure {
  if (error instanceof EngineError) {
    const { code, pointer, message } = error;
    return { code, pointer, message: message.replace(/^[a-z_]+( at \S+)?: /, "") };
  }
  if (error instanceof UnknownSignal)
    return { code: "unresolved_reference", pointer: "", message: error.message };
  if (error instanceof SyntaxError)
    return { code: "json_syntax", pointer: "", message: "the file is no JSON document" };
  return { code: "engine_failed", pointer: "", message: "the engine ended unexpectedly" };
}

self.onmessage = async (event: MessageEvent<{ id: number; call: keyof Calls; args: never[] }>) => {
  const { id, call, args } = event.data;
  try {
    const run = calls[call] as (...given: never[]) => unknown;
    self.postMessage({ id, result: await run(...args) });
  } catch (error) {
    self.postMessage({ id, failure: failure(error) });
  }
};
