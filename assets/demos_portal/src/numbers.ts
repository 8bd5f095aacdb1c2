// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

/** A number as people read it: a few significant digits. */
export function short(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
    const plain = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    const power = exponent.replace(/^([+-])(\d)$/, "$10$2");
    return `${plain}e${power}`.replace("-", "\u2212");
  }
  return String(Number(value.toPrecision(digits))).replace("-", "\u2212");
}

/** A probability for a sentence. */
export function probability(value: number): string {
  if (value !== 0 && value < 1e-4) return short(value, 2);
  return value.toFixed(value < 0.01 ? 5 : 4);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Read a number as it is typed; null where the text is none (`1e`, an empty text, `Infinity`). */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/\u2212/g, "-");
  if (!NUMBER.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** Split what was pasted into cells: tabs, semicolons, line ends, blanks; commas between numbers. */
export function cells(text: string): string[] {
  const trimmed = text.trim();
  if (!trimmed) return [];
  const byComma = !/[\t;\n]/.test(trimmed) && trimmed.includes(",");
  return trimmed
    .split(byComma ? /\s*,\s*/ : /[\t;]|\r?\n|(?<=\S) +(?=\S)/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "");
}
