// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// What a visitor loads, compressed. The build comes first: `pnpm run build`.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const folder = new URL("../dist/", import.meta.url);
const skip = existsSync(folder) ? false : "not built: pnpm run build";
const size = (...endings: string[]) =>
  readdirSync(folder)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .reduce(
      (sum, name) => sum + gzipSync(readFileSync(new URL(name, folder)), { level: 9 }).length,
      0,
    );

test("scripts and styles of a page", { skip }, () => {
  assert.ok(size(".js", ".css") < 60_000, `${size(".js", ".css")} bytes`);
});

test("the engine's module", { skip }, () => {
  assert.ok(size(".wasm") > 0 && size(".wasm") < 96_000, `${size(".wasm")} bytes`);
});
