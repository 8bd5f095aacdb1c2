// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { Refusal } from "../engine/client.ts";
import { Explore } from "../explore/explore.ts";
import { type Session, sentence, sessionOfBytes } from "../session.ts";
import { SignalRegion } from "../signal/signal.ts";

const LARGEST = 200_000_000;

function refuse(message: string): never {
  throw new Refusal({ code: "unreadable", pointer: "", message });
}

async function unpacked(file: Blob): Promise<ArrayBuffer> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (head[0] !== 0x1f || head[1] !== 0x8b) return file.arrayBuffer();
  const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader
      .read()
      .catch(() => refuse("the compressed file is broken"));
    if (done) break;
    size += value.length;
    if (size > LARGEST) refuse("the file is larger than 200 MB once it is unpacked");
    parts.push(value);
  }
  return new Blob(parts).arrayBuffer();
}

/** Say what a document is that is no workspace. */
function examine(content: ArrayBuffer): void {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(content));
  } catch {
    refuse("the file is not a complete JSON document: it may be cut off, or another format");
  }
  if (Array.isArray(found))
    refuse(
      "this is a JSON Patch: open the workspace that it changes, and give the patch under Signal",
    );
  const document = (found ?? {}) as Record<string, unknown>;
  if ("patches" in document) refuse("this is a patch set: open the workspace that it applies to");
  if ("distributions" in document)
    refuse(
      "this is an HS3 document; this page reads pyhf workspaces. Convert it with `demos convert FILE --to pyhf`, or deposit it, and the portal does that",
    );
}

/** Open a model from bytes that stay in this browser. */
export async function openBytes(file: Blob): Promise<Session> {
  if (file.size > LARGEST) refuse("the file is larger than 200 MB");
  const content = await unpacked(file);
  examine(content);
  return sessionOfBytes(content);
}

/** Bring the page "Open a file" to life. */
export function startLocal(root: HTMLElement): void {
  const input = root.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
  const alert = root.querySelector<HTMLElement>("[data-alert]") as HTMLElement;
  const regions = [...root.querySelectorAll<HTMLElement>("[data-region]")];
  const explore = root.querySelector<HTMLElement>("#explore") as HTMLElement;
  const signal = root.querySelector<HTMLElement>("#signal") as HTMLElement;
  const say = (text: string) => {
    alert.hidden = !text;
    alert.textContent = text;
  };
  const show = async (file: Blob, name: string) => {
    say("");
    for (const region of regions) region.hidden = true;
    try {
      const session = await openBytes(file);
      (root.querySelector("[data-name]") as HTMLElement).textContent = name;
      for (const region of regions) region.hidden = false;
      const made = new Explore(explore, session);
      new SignalRegion(signal, session);
      await made.start();
    } catch (error) {
      say(`${name} cannot be opened. ${sentence(error)}`);
    }
  };
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void show(file, file.name);
  });
  const { remote } = root.dataset;
  if (remote)
    void fetch(remote, { credentials: "same-origin" })
      .then(async (response) => {
        if (response.ok) return show(await response.blob(), root.dataset.remoteName ?? remote);
        const problem = await response.json().catch(() => ({}));
        say(problem.message ?? `The portal answers ${response.status}.`);
      })
      .catch(() => say("The portal cannot be reached."));
}
