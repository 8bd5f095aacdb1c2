// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Channel } from "../src/model.ts";
import { decades, linear, logarithmic, ticks } from "../src/plots/axis.ts";
import { contour, triangles } from "../src/plots/contour.ts";
import { csv } from "../src/plots/download.ts";
import { describe, shownSamples, stackSvg } from "../src/plots/stack.ts";

const channel: Channel = {
  name: 'SR <"1">',
  samples: [
    { name: "signal", events: [5, 1], is_signal: true },
    { name: "top", events: [50, 60], is_signal: false },
    { name: "other", events: [70, 1], is_signal: false },
  ],
  total: [125, 62],
  uncertainty: [10, 6],
  observed: [120, 70],
};

test("axes have round ticks, and scales stay inside", () => {
  assert.deepEqual(ticks(0, 83), [0, 20, 40, 60, 80]);
  assert.deepEqual(ticks(3, 3), [3]);
  assert.deepEqual(decades(0.2, 2000), [1, 10, 100, 1000]);
  const y = linear([0, 10], [100, 0]);
  assert.deepEqual([y(0), y(5), y(20), y(-1)], [100, 50, 0, 100]);
  assert.equal(logarithmic([1, 100], [0, 10])(10), 5);
  assert.equal(logarithmic([1, 100], [0, 10])(0), 0);
});

test("the largest background lies at the bottom, the signal on top", () => {
  const names = shownSamples(channel.samples).map((s) => s.name);
  assert.deepEqual(names, ["top", "other", "signal"]);
  const many = Array.from({ length: 20 }, (_, i) => ({
    name: `s${i}`,
    events: [20 - i],
    is_signal: false,
  }));
  const shown = shownSamples(many);
  assert.equal(shown.length, 7);
  assert.equal(
    shown.reduce((sum, s) => sum + (s.events[0] as number), 0),
    210,
  );
});

test("a figure says what it shows, and names are no markup", () => {
  assert.equal(
    describe(channel),
    'SR <"1">: 2 bins; expected 187 events from top, other, signal; observed 190',
  );
  const svg = stackSvg(channel);
  assert.ok(svg.includes("SR &#60;&#34;1&#34;&#62;"));
  assert.ok(!svg.includes('<"1">'));
  assert.ok(!svg.includes("NaN"));
  assert.ok(!stackSvg({ ...channel, observed: null, uncertainty: null }, true).includes("NaN"));
});

test("an empty channel is drawn too", () => {
  const samples = [{ name: "b", events: [0], is_signal: false }];
  const empty = { name: "E", samples, total: [0], uncertainty: [0], observed: [0] };
  for (const log of [false, true]) assert.doesNotMatch(stackSvg(empty, log), /NaN|Infinity/);
});

test("a contour lies where the plane has the level", () => {
  const places = [];
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++) places.push({ x: i / 5, y: j / 5, value: i / 5 + j / 5 });
  assert.equal(triangles(places).length, 50);
  const pieces = contour(places, 0.9);
  assert.ok(pieces.length > 5);
  for (const [a, b, c, d] of pieces) {
    assert.ok(Math.abs(a + b - 0.9) < 1e-9);
    assert.ok(Math.abs(c + d - 0.9) < 1e-9);
  }
});

test("a table for a spreadsheet holds full numbers and no formula", () => {
  assert.equal(
    csv([
      ["a,b", 0.1],
      ["=1+1", 2],
    ]),
    '"a,b",0.1\r\n\'=1+1,2\r\n',
  );
});
