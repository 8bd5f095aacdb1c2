// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";

import { cells, parseNumber, probability, short } from "../src/numbers.ts";

test("what is typed is a number, or it is none", () => {
  for (const [text, value] of [
    ["1", 1],
    [" 2.5 ", 2.5],
    [".5", 0.5],
    ["1e-3", 1e-3],
    ["\u22124", -4],
    ["3.", 3],
  ] as const)
    assert.equal(parseNumber(text), value);
  for (const text of ["", " ", "1e", "1,5", "Infinity", "NaN", "0x10", "1 2", "1e999", "--1"])
    assert.equal(parseNumber(text), null, text);
});

test("a spreadsheet's cells are split, whatever separates them", () => {
  assert.deepEqual(cells("10\t6\n3"), ["10", "6", "3"]);
  assert.deepEqual(cells("10\r\n6\r\n"), ["10", "6"]);
  assert.deepEqual(cells("1.5, 2.5,3"), ["1.5", "2.5", "3"]);
  assert.deepEqual(cells("1 2  3"), ["1", "2", "3"]);
  assert.deepEqual(cells("7"), ["7"]);
  assert.deepEqual(cells("  "), []);
});

test("numbers are short and keep their size", () => {
  assert.equal(short(0), "0");
  assert.equal(short(1234.5678), "1235");
  assert.equal(short(0.00001234), "1.234e\u221205");
  assert.equal(short(-2.5), "\u22122.5");
  assert.equal(short(Number.NaN), "–");
  assert.equal(probability(0.35369), "0.3537");
  assert.equal(probability(0.0012345), "0.00123");
});
