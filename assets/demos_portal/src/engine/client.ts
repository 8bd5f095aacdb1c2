// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import type { Calls, Description, Failure } from "./protocol.ts";

/** Why the engine gave no answer; `message` is a sentence for the user. */
export class Refusal extends Error {
  readonly code: string;
  readonly pointer: string;

  constructor(failure: Failure) {
    super(failure.message);
    this.code = failure.code;
    this.pointer = failure.pointer;
  }
}

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Refusal) => void;
}

/** The engine's worker with one open model. */
export class EngineClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "engine" });
    this.#worker.onmessage = ({ data }) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.failure) waiting?.reject(new Refusal(data.failure));
      else waiting?.resolve(data.result as never);
    };
    this.#worker.onerror = () => {
      const message = "the engine could not be started in this browser";
      for (const { reject } of this.#waiting.values())
        reject(new Refusal({ code: "engine_failed", pointer: "", message }));
      this.#waiting.clear();
    };
  }

  /** Ask the worker. Questions are answered one after the other. */
  ask<K extends keyof Calls>(
    call: K,
    ...args: Parameters<Calls[K]>
  ): Promise<ReturnType<Calls[K]>> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.#worker.postMessage({ id, call, args });
    });
  }
}

/** Fetch the engine's module; it is small, and cached by its digest. */
function fetchModule(): Promise<ArrayBuffer> {
  return fetchBytes(new URL("demos-engine/demos_engine.wasm", import.meta.url).href);
}

/** Fetch a file, or say why it is not there. */
export async function fetchBytes(address: string): Promise<ArrayBuffer> {
  const refuse = (code: string, message: string) => new Refusal({ code, pointer: "", message });
  const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!response) throw refuse("unreachable", "the portal cannot be reached");
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw refuse("not_there", problem.message ?? `the portal answers ${response.status}`);
  }
  return response.arrayBuffer();
}

/** An open model: the engine that holds it, and what it is. */
export interface Opened {
  engine: EngineClient;
  description: Description;
}

/** Open a model; everything that is fetched is asked for at once. */
export async function openModel(
  workspace: Promise<ArrayBuffer>,
  patchsets: Promise<ArrayBuffer>[] = [],
): Promise<Opened> {
  const engine = new EngineClient();
  const [wasm, content, ...signals] = await Promise.all([fetchModule(), workspace, ...patchsets]);
  const description = await engine.ask("open", { wasm, workspace: content });
  for (const signal of signals) await engine.ask("patchset", signal);
  return { engine, description };
}
