// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// The built worker answers as pyhf does. The build comes first: `pnpm run build`.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

import { createEngine } from "../../../modules/demos_engine/js/src/index.js";

import type { Calls, Failure } from "../src/engine/protocol.ts";

const folder = new URL("../dist/", import.meta.url);
const skip = existsSync(folder) ? false : "not built: pnpm run build";

const built = (pattern: RegExp) => {
  const name = readdirSync(folder).find((file) => pattern.test(file));
  return readFileSync(new URL(name as string, folder));
};

/** Start the worker's script with the globals of a worker, and ask it. */
function start() {
  const answers: ((answer: { result: never; failure?: Failure }) => void)[] = [];
  const self: { onmessage?: (event: object) => void; postMessage: (answer: never) => void } = {
    postMessage: (answer) => answers.shift()?.(answer),
  };
  const globals = { self, TextDecoder, TextEncoder, WebAssembly, Response, structuredClone };
  vm.runInNewContext(built(/^engine\..*\.js$/).toString(), { ...globals, ArrayBuffer, Uint8Array });
  return async <K extends keyof Calls>(call: K, ...args: Parameters<Calls[K]>) => {
    const answer = await new Promise<{ result: ReturnType<Calls[K]>; failure?: Failure }>(
      (done) => {
        answers.push(done);
        self.onmessage?.({ data: { id: 1, call, args } });
      },
    );
    if (answer.failure) throw answer.failure;
    // Objects of another realm have other prototypes.
    return structuredClone(answer.result);
  };
}

const bytes = (content: string | Buffer) => {
  const view = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(view).buffer;
};

const mu = { name: "mu", type: "normfactor", data: null };
const free = { name: "uncorr_bkguncrt", type: "shapesys", data: [3, 7] };
const workspace = JSON.stringify({
  version: "1.0.0",
  channels: [
    {
      name: "singlechannel",
      samples: [
        { name: "signal", data: [5, 10], modifiers: [mu] },
        { name: "background", data: [50, 60], modifiers: [free] },
      ],
    },
  ],
  observations: [{ name: "singlechannel", data: [53, 65] }],
  measurements: [{ name: "m", config: { poi: "mu", parameters: [] } }],
});

/** pyhf 0.7.6, `hypotest(1.0, …, return_expected_set=True)` on this model with signal [10, 6]. */
const CLS = 0.2912878;

const near = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-6, `${found} is not ${wanted}`);

test("a model is opened, moved, fitted and tested", { skip }, async () => {
  const ask = start();
  const opened = await ask("open", {
    wasm: bytes(built(/\.wasm$/)),
    workspace: bytes(workspace),
  });
  assert.deepEqual(opened.names, ["mu", "uncorr_bkguncrt[0]", "uncorr_bkguncrt[1]"]);
  assert.deepEqual(opened.signal, { singlechannel: [5, 10] });
  const [channel] = await ask("expected", [2, 1, 1]);
  assert.deepEqual(channel?.total, [60, 80]);
  const fit = await ask("fit");
  assert.equal(fit.status, "converged");
  assert.equal(fit.parameters.length, 3);
  const yields = { singlechannel: [10, 6] };
  const tested = await ask("cls", { kind: "yields", yields, sample: "signal" }, 1);
  near(tested.observed, CLS);
  const limits = await ask("limits", { kind: "yields", yields, sample: "signal" });
  assert.ok(limits.observed !== null && limits.tests.length > 3);
  const replace = { op: "replace", path: "/channels/0/samples/0/data", value: [10, 6] };
  near((await ask("cls", { kind: "patch", patch: [replace] }, 1)).observed, CLS);
  const patches = [{ metadata: { name: "heavy", values: [1] }, patch: [replace] }];
  assert.deepEqual(await ask("patchset", bytes(JSON.stringify({ patches }))), ["heavy"]);
  near((await ask("cls", { kind: "point", name: "heavy" }, 1)).observed, CLS);
});

test("what cannot be computed has a code and a sentence", { skip }, async () => {
  const ask = start();
  const wasm = bytes(built(/\.wasm$/));
  await assert.rejects(ask("open", { wasm, workspace: bytes("{") }), (failure: Failure) =>
    /line 1/.test(failure.message),
  );
  await ask("open", { wasm, workspace: bytes(workspace) });
  await assert.rejects(ask("cls", { kind: "point", name: "none" }, 1), (failure: Failure) => {
    assert.equal(failure.code, "unresolved_reference");
    return /no signal none/.test(failure.message);
  });
  const patch = [{ op: "remove", path: "/channels/7" }];
  await assert.rejects(ask("check", { kind: "patch", patch }), (failure: Failure) =>
    /[/]channels[/]7|0/.test(failure.message + failure.pointer),
  );
});

test("what the fit says is what the engine's own operations say", { skip }, async () => {
  const ask = start();
  await ask("open", { wasm: bytes(built(/\.wasm$/)), workspace: bytes(workspace) });
  const engine = await createEngine(built(/\.wasm$/));
  const model = engine.load(workspace);
  const { rows, poi } = await ask("ranking");
  assert.equal(poi, "mu");
  const names = rows.map((row) => row.name);
  const own = model.impacts().impacts;
  assert.deepEqual(
    names,
    own.map((impact) => impact.name),
  );
  const pulls = new Map(model.pulls().pulls.map((pull) => [pull.name, pull]));
  for (const [i, row] of (await ask("impacts", names)).entries()) {
    const impact = own[i] as (typeof own)[number];
    near(row.pull, pulls.get(row.name)?.pull as number);
    near(row.uncertainty as number, pulls.get(row.name)?.constraint as number);
    near(row.up as number, impact.up as number);
    near(row.down as number, impact.down as number);
    near(row.upPrefit as number, impact.up_prefit as number);
    near(row.downPrefit as number, impact.down_prefit as number);
  }
  const { correlations } = model.fit({ correlations: true });
  const found = await ask("correlated", 10);
  found.matrix.forEach((row, i) => {
    row.forEach((value, j) => {
      near(value, correlations?.[i]?.[j] as number);
    });
  });
  const profile = await ask("profile", "mu", 9);
  const scan = model.scan({ parameters: { mu: profile.values } });
  profile.rise.forEach((rise, i) => {
    near(rise as number, scan.delta_twice_nll[i] as number);
  });
  const excess = await ask("excess", { kind: "none" });
  near(excess.p0, model.significance().p0);
});
