// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import type { Signal } from "./engine/protocol.ts";
import type { ModelData } from "./model.ts";

/** A request of a run as the REST API takes it. */
export function requestOf(given: Signal): object {
  const patch = {
    none: () => undefined,
    point: () => (given as { name: string }).name,
    patch: () => ({ ops: (given as { patch: object[] }).patch }),
    yields: () => {
      const { yields, sample } = given as { yields: object; sample: string };
      return { yields, sample };
    },
  }[given.kind]();
  return {
    operation: "cls",
    inputs: patch === undefined ? {} : { patch },
    parameters: { test_poi: 1 },
  };
}

/** A signal as a run's request has it. */
export function signalOf(inputs: { patch?: unknown }): Signal {
  const { patch } = inputs;
  if (typeof patch === "string") return { kind: "point", name: patch };
  const given = (patch ?? {}) as {
    ops?: object[];
    yields?: Record<string, number[]>;
    sample?: string;
  };
  if (given.yields)
    return { kind: "yields", yields: given.yields, sample: given.sample ?? "signal" };
  return given.ops ? { kind: "patch", patch: given.ops } : { kind: "none" };
}

function token(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

function post(address: string, body: string): Promise<Response> {
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token(), Prefer: "wait=10" },
    body,
  });
}

/** Let the server run a test; returns the address of the run's page. */
export async function record(model: ModelData, given: Signal): Promise<string> {
  const query = model.version ? `?version=${encodeURIComponent(model.version)}` : "";
  const address = `/api/models/${model.id}/run${query}`;
  const body = JSON.stringify(requestOf(given));
  let response = await post(address, body);
  // A first refusal brings the token that the portal wants to see.
  if (response.status === 400 && !response.headers.get("Location"))
    response = await post(address, body);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok)
    throw new Error(answer.message ?? `The portal answers ${response.status}; try again later.`);
  return `/runs/${answer.id}`;
}
