// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

/** A place in the plane with a value. */
export interface Place {
  x: number;
  y: number;
  value: number;
}

type Triangle = [number, number, number];

/** Tell whether a point lies inside the circle through three others. */
function inCircle(a: Place, b: Place, c: Place, p: Place): boolean {
  const [ax, ay, bx, by, cx, cy] = [
    a.x - p.x,
    a.y - p.y,
    b.x - p.x,
    b.y - p.y,
    c.x - p.x,
    c.y - p.y,
  ];
  const det =
    (ax * ax + ay * ay) * (bx * cy - cx * by) -
    (bx * bx + by * by) * (ax * cy - cx * ay) +
    (cx * cx + cy * cy) * (ax * by - bx * ay);
  const turn = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  return turn > 0 ? det > 1e-12 : det < -1e-12;
}

/** Join places by triangles (Bowyer and Watson); places are within the unit square. */
export function triangles(given: Place[]): Triangle[] {
  const n = given.length;
  // Grids are regular: a little noise, the same each time, leaves no four points on a circle.
  const jitter = (i: number) => ((Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32 - 0.5) * 1e-5;
  const places = given.map((p, i) => ({
    ...p,
    x: p.x + jitter(2 * i),
    y: p.y + jitter(2 * i + 1),
  }));
  places.push({ x: -20, y: -20, value: 0 }, { x: 40, y: -20, value: 0 }, { x: 0, y: 40, value: 0 });
  let found: Triangle[] = [[n, n + 1, n + 2]];
  for (let i = 0; i < n; i++) {
    const at = places[i] as Place;
    const edges = new Map<string, [number, number]>();
    const kept: Triangle[] = [];
    for (const triangle of found) {
      const [a, b, c] = triangle;
      if (!inCircle(places[a]!, places[b]!, places[c]!, at)) {
        kept.push(triangle);
        continue;
      }
      for (const [from, to] of [
        [a, b],
        [b, c],
        [c, a],
      ] as [number, number][]) {
        const key = from < to ? `${from} ${to}` : `${to} ${from}`;
        if (edges.has(key)) edges.delete(key);
        else edges.set(key, [from, to]);
      }
    }
    found = [...kept, ...[...edges.values()].map(([a, b]): Triangle => [a, b, i])];
  }
  return found.filter((triangle) => triangle.every((corner) => corner < n));
}

/** The pieces of the line where linear interpolation between places has a level. */
export function contour(places: Place[], level: number): [number, number, number, number][] {
  const pieces: [number, number, number, number][] = [];
  for (const triangle of triangles(places)) {
    const corners = triangle.map((i) => places[i] as Place);
    const crossings: [number, number][] = [];
    for (let i = 0; i < 3; i++) {
      const [a, b] = [corners[i] as Place, corners[(i + 1) % 3] as Place];
      if (a.value < level === b.value < level) continue;
      const t = (level - a.value) / (b.value - a.value);
      crossings.push([a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)]);
    }
    const [from, to] = crossings;
    if (from && to) pieces.push([...from, ...to]);
  }
  return pieces;
}
