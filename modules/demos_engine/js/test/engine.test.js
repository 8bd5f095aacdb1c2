// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// The WebAssembly engine answers as the native one (build/reference.json, see the Makefile).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { createEngine, EngineError } from "../src/index.js";

const file = (name) => new URL(name, import.meta.url);
const module = readFileSync(file("../dist/demos_engine.wasm"));
const native = JSON.parse(readFileSync(file("../build/reference.json"), "utf8"));
const references = native.models;
const engine = await createEngine(module);

function near(found, wanted, what) {
  assert.equal(found.length, wanted.length, what);
  wanted.forEach((value, i) => {
    const scale = Math.max(1, Math.abs(value));
    assert.ok(Math.abs(found[i] - value) <= 1e-9 * scale, `${what}[${i}]: ${found[i]} is not ${value}`);
  });
}

for (const reference of references) {
  test(`${reference.name} as native`, (context) => {
    const text = reference.text ?? readFileSync(reference.path);
    const model = engine.load(text, { patch: reference.patch });
    near([model.fit().twice_nll], [reference.twice_nll], "twice_nll");
    near(model.expected({ parameters: reference.init }).channels.flatMap((c) => c.total), reference.totals.flat(), "yields");
    if (reference.CLs === null) {
      assert.throws(() => model.cls(), { code: reference.code });
      model.dispose();
      return;
    }
    const found = model.cls();
    near([found.CLs_obs, ...found.CLs_exp], reference.CLs, "CLs");
    let best = Infinity;
    // The host compiles what is called often once more, and better.
    for (const end = performance.now() + 300; performance.now() < end; ) {
      const began = process.cpuUsage();
      model.cls();
      const used = process.cpuUsage(began);
      best = Math.min(best, (used.user + used.system) / 1000);
    }
    const ratio = best / reference.milliseconds;
    context.diagnostic(`CLs in ${best.toFixed(2)} ms, ${ratio.toFixed(1)} times native`);
    model.dispose();
  });
}

test("numbers are read to the last bit", () => {
  const model = engine.load(native.digits.text);
  assert.deepEqual(model.channels[0].observed, native.digits.observed);
});

for (const { text, ...wanted } of native.refusals) {
  test(`refused as native: ${wanted.message}`, () => {
    assert.throws(
      () => engine.load(text),
      (error) => {
        const found = { code: error.code, pointer: error.pointer, message: error.message };
        const at = wanted.pointer ? `${wanted.code} at ${wanted.pointer}` : wanted.code;
        assert.deepEqual(found, { ...wanted, message: `${at}: ${wanted.message}` });
        return true;
      },
    );
  });
}

test("models that are disposed make room for others", () => {
  const cycle = () => {
    const model = engine.load(references.at(-1).text ?? readFileSync(references.at(-1).path));
    model.fit({ restarts: 0 });
    model.dispose();
  };
  cycle();
  const before = engine.memory;
  for (let i = 0; i < 20; i++) cycle();
  assert.equal(engine.memory, before);
});

test("a signal can be added as yields", () => {
  const model = engine.load(references[0].text);
  const other = model.withSignal({ singlechannel: [10, 6] });
  assert.ok(Math.abs(other.cls().CLs_obs - 0.353690714144) < 1e-9);
  assert.ok(other.upperLimit().observed > model.upperLimit().observed);
});

test("one call takes and gives plain objects, in the words of all faces", () => {
  const model = engine.load(references[0].text);
  assert.deepEqual(model.call("cls", { mu: 1 }), model.cls({ mu: 1 }));
  assert.equal(model.upperLimit({ confidence_level: 0.9 }).confidence_level, 0.9);
  assert.throws(() => model.upperLimit({ level: 0.9 }), /confidence_level/);
  assert.throws(() => model.call("cls", { nu: 1 }), { code: "invalid_value", pointer: "/nu" });
  const fit = model.fit({ intervals: ["mu"], correlations: true });
  assert.ok(fit.intervals.mu.plus > 0 && fit.correlations.length === model.parameters.length);
  const { channels } = model.expected({ stage: "prefit", parameters: { mu: 0 } });
  assert.ok(channels[0].total_uncertainties[0] > 0);
  assert.deepEqual(channels[0].samples.signal.yields, [0, 0]);
  const held = model.cls({ fixed: { uncorr_bkguncrt: [1, 1] } });
  assert.notEqual(held.CLs_obs, model.cls().CLs_obs);
  for (const operation of ["significance", "gof", "scan", "pulls", "impacts", "simplify"]) {
    assert.ok(model.call(operation), operation);
  }
  const line = model.contour({ parameters: ["mu", "uncorr_bkguncrt[0]"], points: 8 }).points;
  assert.deepEqual([line["0.68"].length, line["0.95"].length], [8, 8]);
  const toys = { calculator: "toys", toys: 50, seed: 2 };
  assert.deepEqual(model.cls(toys), model.cls(toys));
});

test("bad input is an error with a code and a place", () => {
  assert.throws(() => engine.load("{"), EngineError);
  assert.throws(() => engine.load('{"channels": [], "version": "1.0.0"}'), { code: "schema_error", pointer: "/channels" });
  const model = engine.load(references[0].text);
  assert.throws(() => model.withSignal({ nowhere: [1] }), { code: "unresolved_reference" });
  assert.throws(() => model.cls({ mu: NaN }), { code: "invalid_value" });
});

test("the module is small", (context) => {
  const size = gzipSync(module, { level: 9 }).length;
  context.diagnostic(`${(size / 1000).toFixed(1)} kB compressed`);
  assert.ok(size <= 96_000, `${size} bytes`);
});
