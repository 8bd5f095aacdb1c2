// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class EngineError extends Error {
  constructor({ code, pointer = "", message }) {
    super(pointer ? `${code} at ${pointer}: ${message}` : `${code}: ${message}`);
    this.name = "EngineError";
    this.code = code;
    this.pointer = pointer;
  }
}

/** Read an answer and give it back. */
function take(wasm, answer) {
  const start = wasm.demos_text(answer);
  const text = decoder.decode(
    new Uint8Array(wasm.memory.buffer, start, wasm.demos_text_length(answer)),
  );
  wasm.demos_text_free(answer);
  const value = JSON.parse(text);
  // A test by pseudo-experiments has an "error" too: a number.
  if (value.error?.code) throw new EngineError(value.error);
  return value;
}

/** Call with bytes copied into the module's memory. */
function withBytes(wasm, lists, call) {
  const held = lists.map((bytes) => {
    const pointer = wasm.demos_alloc(bytes.length);
    new Uint8Array(wasm.memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  });
  try {
    return call(...held.flat());
  } finally {
    for (const [pointer, length] of held) wasm.demos_free(pointer, length);
  }
}

function asBytes(source) {
  if (source instanceof Uint8Array) return source;
  return encoder.encode(typeof source === "string" ? source : JSON.stringify(source, finiteOnly));
}

/** JSON has no NaN and no infinity; a word in their place is refused by name. */
function finiteOnly(_, value) {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** A model from a loading result, or its error. */
function finish(wasm, loaded) {
  const handle = wasm.demos_take(loaded);
  return new Model(wasm, handle, take(wasm, wasm.demos_loaded_text(loaded)));
}

export class Model {
  #wasm;
  #handle;

  constructor(wasm, handle, description) {
    this.#wasm = wasm;
    this.#handle = handle;
    Object.assign(this, description);
  }

  get #live() {
    if (!this.#handle) throw new EngineError({ code: "disposed", message: "the model is gone" });
    return this.#handle;
  }

  /** Ask an operation of the engine; request and answer are JSON. */
  call(operation, request = {}) {
    const lists = [encoder.encode(operation), asBytes(request)];
    return withBytes(this.#wasm, lists, (...held) =>
      take(this.#wasm, this.#wasm.demos_call(this.#live, ...held)),
    );
  }

  expected(options) {
    return this.call("expected", options);
  }

  fit(options) {
    return this.call("fit", options);
  }

  cls(options) {
    return this.call("cls", options);
  }

  curve(options) {
    return this.call("curve", options);
  }

  upperLimit(options) {
    return this.call("upper_limit", options);
  }

  significance(options) {
    return this.call("significance", options);
  }

  gof(options) {
    return this.call("gof", options);
  }

  scan(options) {
    return this.call("scan", options);
  }

  contour(options) {
    return this.call("contour", options);
  }

  pulls(options) {
    return this.call("pulls", options);
  }

  impacts(options) {
    return this.call("impacts", options);
  }

  simplify(options) {
    return this.call("simplify", options);
  }

  withSignal(yields, name = "signal") {
    return this.#derived({ signal: { name, yields } });
  }

  withPatch(patch) {
    return this.#derived({ patch });
  }

  withData(data) {
    return this.#derived({ data: Array.from(data) });
  }

  #derived(change) {
    return withBytes(this.#wasm, [asBytes(change)], (...held) =>
      finish(this.#wasm, this.#wasm.demos_derive(this.#live, ...held)),
    );
  }

  dispose() {
    if (this.#handle) this.#wasm.demos_drop(this.#handle);
    this.#handle = 0;
  }
}

export class Engine {
  #wasm;

  constructor(instance) {
    this.#wasm = instance.exports;
  }

  get memory() {
    return this.#wasm.memory.buffer.byteLength;
  }

  load(workspace, options = {}) {
    const lists = [asBytes(workspace), asBytes(options)];
    return withBytes(this.#wasm, lists, (...held) => finish(this.#wasm, this.#wasm.demos_load(...held)));
  }
}

/** A double as the native engine writes it. */
function shortest(number) {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return number.toExponential().replace("+", "");
  const text = Object.is(number, -0) ? "-0" : String(number);
  return text.includes(".") ? text : `${text}.0`;
}

/** What the module asks of its host: numbers to texts and back. */
function hostOf(exports) {
  const bytes = (at, length) => new Uint8Array(exports().memory.buffer, at, length);
  return {
    read_number: (at, length) => Number(decoder.decode(bytes(at, length))),
    write_number: (number, at) => {
      const text = shortest(number);
      return encoder.encodeInto(text, bytes(at, text.length)).written;
    },
  };
}

export async function createEngine(source) {
  const resolved = await source;
  if (typeof Response !== "undefined" && resolved instanceof Response) {
    return createEngine(await resolved.arrayBuffer());
  }
  let instance;
  const host = hostOf(() => instance.exports);
  const made = await WebAssembly.instantiate(resolved, { host });
  instance = made instanceof WebAssembly.Instance ? made : made.instance;
  return new Engine(instance);
}
