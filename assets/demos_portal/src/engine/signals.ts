// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
// A signal given as yields becomes the JSON Patch that the server's runs make of it.

/** A modifier of a pyhf workspace. */
export interface Modifier {
  name: string;
  type: string;
  data: unknown;
}

/** A sample of a pyhf workspace. */
export interface WorkspaceSample {
  name: string;
  data: number[];
  modifiers: Modifier[];
}

/** The parts of a pyhf workspace that are read here. */
export interface Workspace {
  channels: { name: string; samples: WorkspaceSample[] }[];
  observations?: { name: string; data: number[] }[];
  measurements?: { name: string; config: { poi?: string; parameters?: unknown[] } }[];
}

export interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

const PER_BIN = new Set(["staterror", "shapesys"]);

/** The name of the parameter of interest of the first measurement. */
export function poiOf(workspace: Workspace): string | null {
  return workspace.measurements?.[0]?.config.poi || null;
}

/** Tell whether the parameter of interest scales a sample. */
function isSignal(sample: WorkspaceSample, poi: string | null): boolean {
  return sample.modifiers.some((m) => m.type === "normfactor" && m.name === poi);
}

/** The model's own signal: its sample and its events by channel. */
export function ownSignal(workspace: Workspace): {
  sample: string;
  yields: Record<string, number[]>;
} {
  const poi = poiOf(workspace);
  const counts = new Map<string, number>();
  for (const channel of workspace.channels)
    for (const sample of channel.samples)
      if (isSignal(sample, poi)) counts.set(sample.name, (counts.get(sample.name) ?? 0) + 1);
  const first = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (!first) return { sample: "signal", yields: {} };
  const yields: Record<string, number[]> = {};
  for (const channel of workspace.channels) {
    const held = channel.samples.find((s) => s.name === first[0] && isSignal(s, poi));
    if (held) yields[channel.name] = held.data.map(Number);
  }
  return { sample: first[0], yields };
}

/** Scale absolute uncertainties with the yields, so that the relative ones stay. */
function rescaled(modifiers: Modifier[], ratio: number[]): Modifier[] {
  const scale = (values: number[]) => values.map((value, i) => value * (ratio[i] ?? 0));
  return modifiers.map((modifier) => {
    if (modifier.type === "histosys") {
      const data = modifier.data as { hi_data: number[]; lo_data: number[] };
      return {
        ...modifier,
        data: { hi_data: scale(data.hi_data), lo_data: scale(data.lo_data) },
      };
    }
    return PER_BIN.has(modifier.type)
      ? { ...modifier, data: scale(modifier.data as number[]) }
      : modifier;
  });
}

/**
 * Write the patch that sets a sample's yields, channel by channel.
 *
 * A sample that exists keeps its modifiers, and its relative uncertainties with them; one that
 * does not is added, scaled by the parameter of interest alone.
 */
export function patchOfYields(
  workspace: Workspace,
  yields: Record<string, number[]>,
  sample: string,
): Operation[] {
  const poi = poiOf(workspace);
  return workspace.channels.flatMap((channel, index): Operation[] => {
    const data = yields[channel.name];
    if (!data) return [];
    const at = channel.samples.findIndex((s) => s.name === sample);
    const old = channel.samples[at];
    if (old) {
      const ratio = data.map((value, i) => (old.data[i] ? value / (old.data[i] as number) : 0));
      const value = { name: sample, data, modifiers: rescaled(old.modifiers, ratio) };
      return [{ op: "replace", path: `/channels/${index}/samples/${at}`, value }];
    }
    const modifiers = [{ name: poi, type: "normfactor", data: null }];
    const value = { name: sample, data, modifiers };
    return [{ op: "add", path: `/channels/${index}/samples/-`, value }];
  });
}
