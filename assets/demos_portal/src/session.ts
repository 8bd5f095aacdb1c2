// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { fetchBytes, type Opened, openModel, Refusal } from "./engine/client.ts";
import type { Description, FitResult, Yields } from "./engine/protocol.ts";
import type { Channel, ModelData, Parameter } from "./model.ts";

const FREE_WIDTH = 0.1;

/** One model on the page: what is known of it at once, and the engine once it is needed. */
export class Session {
  readonly data: ModelData;
  readonly #load: () => Promise<Opened>;
  #opened: Promise<Opened> | null = null;
  #description: Description | null = null;

  constructor(data: ModelData, load: () => Promise<Opened>) {
    this.data = data;
    this.#load = load;
  }

  /** The model of an entry: its documents come from the portal. */
  static ofEntry(data: ModelData): Session {
    return new Session(data, () =>
      openModel(fetchBytes(data.workspace), data.patchsets.map(fetchBytes)),
    );
  }

  /** Open the model with the engine, once. */
  open(): Promise<Opened> {
    this.#opened ??= this.#load().then((opened) => {
      this.#description = opened.description;
      return opened;
    });
    return this.#opened;
  }

  /** What the engine says of the model, once it is open. */
  get description(): Description | null {
    return this.#description;
  }

  async expected(point: number[]): Promise<Yields[]> {
    return (await this.open()).engine.ask("expected", point);
  }

  async fit(): Promise<FitResult> {
    return (await this.open()).engine.ask("fit");
  }
}

/** A session of a file that only this browser has. */
export async function sessionOfBytes(content: ArrayBuffer): Promise<Session> {
  // The worker takes the bytes over; nothing else needs them.
  const opened = await openModel(Promise.resolve(content));
  const { description, engine } = opened;
  const yields = await engine.ask("expected", description.init);
  const data: ModelData = {
    id: "",
    version: null,
    workspace: "",
    patchsets: [],
    points: [],
    labels: [],
    poi: description.poi,
    parameters: await ranked(opened, yields),
    channels: channelsOf(description, yields).slice(0, 6),
    names: description.regions.map((r) => r.name),
    regions: description.regions.map(({ name, bins }) => ({ name, bins })),
    signal: { sample: description.signalSample, yields: description.signal },
  };
  return new Session(data, async () => opened);
}

/** Yields as channels to draw. */
export function channelsOf(description: Description, yields: Yields[]): Channel[] {
  const signal = new Set(Object.keys(description.signal));
  return yields.map((channel, i) => ({
    name: channel.name,
    samples: Object.entries(channel.samples).map(([name, events]) => ({
      name,
      events,
      is_signal: name === description.signalSample && signal.has(channel.name),
    })),
    total: channel.total,
    uncertainty: null,
    observed: description.regions[i]?.observed ?? null,
  }));
}

/** The parameters of a model, the parameter of interest first, then those that move most. */
async function ranked({ engine, description }: Opened, nominal: Yields[]): Promise<Parameter[]> {
  const { names, init, bounds, poi } = description;
  const found: (Parameter & { effect: number })[] = [];
  for (const [i, name] of names.entries()) {
    const start = init[i] as number;
    const [lower, upper] = bounds[i] as [number, number];
    const point = [...init];
    point[i] = Math.min(start + (start === 0 ? 1 : FREE_WIDTH * Math.abs(start)), upper);
    const moved = await engine.ask("expected", point);
    let effect = 0;
    for (const [c, channel] of moved.entries())
      for (const [b, value] of channel.total.entries()) {
        const before = nominal[c]?.total[b] ?? 0;
        effect += (value - before) ** 2 / Math.max(before, 1);
      }
    found.push({ name, init: start, lower, upper, width: null, effect });
  }
  return found.sort(
    (a, b) => Number(b.name === poi) - Number(a.name === poi) || b.effect - a.effect,
  );
}

/** What to say of a failure, as a sentence. */
export function sentence(error: unknown): string {
  if (!(error instanceof Refusal)) return "Something went wrong in this page; reload it.";
  const text = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  const place = error.pointer ? ` (at ${error.pointer})` : "";
  return `${text.replace(/\.$/, "")}${place}.`;
}
