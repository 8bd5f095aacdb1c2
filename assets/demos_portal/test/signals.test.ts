// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";

import { ownSignal, patchOfYields, type Workspace } from "../src/engine/signals.ts";
import { requestOf, signalOf } from "../src/runs.ts";

const mu = { name: "mu", type: "normfactor", data: null };
const workspace: Workspace = {
  channels: [
    {
      name: "SR",
      samples: [
        {
          name: "sig",
          data: [5, 0],
          modifiers: [
            mu,
            { name: "stat", type: "staterror", data: [1, 0] },
            { name: "jes", type: "histosys", data: { hi_data: [6, 0], lo_data: [4, 0] } },
            { name: "eff", type: "normsys", data: { hi: 1.1, lo: 0.9 } },
          ],
        },
        { name: "bkg", data: [50, 60], modifiers: [] },
      ],
    },
    { name: "CR", samples: [{ name: "bkg", data: [9], modifiers: [] }] },
  ],
  measurements: [{ name: "m", config: { poi: "mu" } }],
};

test("the model's own signal is the sample that the parameter of interest scales", () => {
  assert.deepEqual(ownSignal(workspace), { sample: "sig", yields: { SR: [5, 0] } });
  const background = { ...workspace, measurements: [{ name: "m", config: { poi: "other" } }] };
  assert.deepEqual(ownSignal(background), { sample: "signal", yields: {} });
});

test("a sample that exists keeps its relative uncertainties", () => {
  const [operation, ...more] = patchOfYields(workspace, { SR: [10, 3] }, "sig");
  assert.deepEqual(more, []);
  assert.equal(operation?.op, "replace");
  assert.equal(operation?.path, "/channels/0/samples/0");
  assert.deepEqual(operation?.value, {
    name: "sig",
    data: [10, 3],
    modifiers: [
      mu,
      { name: "stat", type: "staterror", data: [2, 0] },
      { name: "jes", type: "histosys", data: { hi_data: [12, 0], lo_data: [8, 0] } },
      { name: "eff", type: "normsys", data: { hi: 1.1, lo: 0.9 } },
    ],
  });
});

test("a new sample is scaled by the parameter of interest alone", () => {
  const value = { name: "signal", data: [2], modifiers: [mu] };
  assert.deepEqual(patchOfYields(workspace, { CR: [2] }, "signal"), [
    { op: "add", path: "/channels/1/samples/-", value },
  ]);
});

test("a signal survives the way through a run's request", () => {
  for (const given of [
    { kind: "point", name: "m_300" },
    { kind: "yields", yields: { SR: [1, 2] }, sample: "signal" },
    { kind: "patch", patch: [{ op: "remove", path: "/channels/1" }] },
  ] as const) {
    const { inputs } = requestOf(structuredClone(given) as never) as { inputs: object };
    assert.deepEqual(signalOf(inputs), given);
  }
});
