# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""One channel as a figure: samples stacked, data, uncertainty band, ratio.

The front-end draws the same figure again when its sliders move
(``assets/demos_portal/src/plots/stack.ts``): geometry and colours are one contract, and a test
compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import floor, log10, sqrt

from .events import Channel, Sample

WIDTH, HEIGHT = 480, 330
LEFT, RIGHT, TOP, BOTTOM = 54, 470, 28, 220
RATIO_TOP, RATIO_BOTTOM = 234, 288
MAX_SAMPLES = 7
"""Samples with a colour of their own; smaller ones are drawn as one."""

MAX_LABELS = 12
OTHERS = "other"


def shown_samples(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples to draw, the largest at the bottom, signal on top, small ones as one.

    >>> [s.name for s in shown_samples([Sample("s", [9.0], True), Sample("b", [1.0])])]
    ['b', 's']
    """
    background = sorted((s for s in samples if not s.is_signal), key=lambda s: -sum(s.events))
    signal = [s for s in samples if s.is_signal]
    room = max(MAX_SAMPLES - len(signal), 1)
    if len(background) > room:
        rest = background[room - 1 :]
        events = [sum(values) for values in zip(*(s.events for s in rest), strict=True)]
        background = [*background[: room - 1], Sample(OTHERS, events)]
    return [*background, *signal]


def describe(channel: Channel) -> str:
    """Return a sentence that says what the figure of a channel shows.

    >>> describe(Channel("SR", [Sample("b", [50.0])], [50.0], [5.0], [51.0]))
    'SR: 1 bin; expected 50 ± 5 events from b; observed 51'
    """
    bins = len(channel.total)
    total, spread = sum(channel.total), sqrt(sum(e * e for e in channel.uncertainty))
    names = [s.name for s in sorted(channel.samples, key=lambda s: -sum(s.events))]
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    words = f"{channel.name}: {bins} {'bin' if bins == 1 else 'bins'}; expected {number(total)}"
    if bins == 1:
        words += f" ± {number(spread)}"
    words += f" events from {listed}"
    if channel.observed is not None:
        words += f"; observed {number(sum(channel.observed))}"
    return words


def number(value: float) -> str:
    """Return a number as people read it: four significant digits at most.

    >>> number(1234567.0), number(12.3456), number(0.00012), number(5.0)
    ('1.235e+06', '12.35', '0.00012', '5')
    """
    return f"{value:.4g}"


def ticks(highest: float, most: int = 5) -> list[float]:
    """Return round numbers from 0 up to a highest value.

    >>> ticks(83)
    [0.0, 20.0, 40.0, 60.0, 80.0]
    """
    if not highest > 0:
        return [0.0]
    power = 10.0 ** floor(log10(highest / most))
    step = next(m * power for m in (1, 2, 5, 10, 20) if highest / (m * power) <= most)
    return [i * step for i in range(int(highest / step + 1e-9) + 1)]


def stack_svg(channel: Channel) -> str:
    """Return the figure of a channel as SVG; colours come from the page's style sheet.

    Args:
        channel: What to draw.
    """
    bins = len(channel.total)
    observed = channel.observed or []
    edges = [LEFT + (RIGHT - LEFT) * i / bins for i in range(bins + 1)]
    tops = [t + e for t, e in zip(channel.total, channel.uncertainty, strict=True)]
    tops += [n + sqrt(max(n, 0.0)) for n in observed]
    highest = max([*tops, 1e-9]) * 1.08
    y = _scale(highest)
    parts = [
        f'<text class="figure-title" x="{LEFT}" y="18">{escape(_cut(channel.name, 52))}</text>'
    ]
    for tick in ticks(highest):
        parts.append(
            f'<path class="grid" d="M{LEFT} {y(tick)}H{RIGHT}"/>'
            f'<text class="tick" x="{LEFT - 6}" y="{y(tick)}" dy="4" text-anchor="end">'
            f"{number(tick)}</text>"
        )
    base = [0.0] * bins
    drawn = shown_samples(channel.samples)
    for position, sample in enumerate(drawn):
        upper = [b + max(e, 0.0) for b, e in zip(base, sample.events, strict=True)]
        style = "signal" if sample.is_signal else f"s{position}"
        parts.append(f'<path class="sample {style}" d="{_area(edges, base, upper, y)}"/>')
        base = upper
    low = [t - e for t, e in zip(channel.total, channel.uncertainty, strict=True)]
    high = [t + e for t, e in zip(channel.total, channel.uncertainty, strict=True)]
    parts.append(f'<path class="band" d="{_area(edges, low, high, y)}"/>')
    parts += _points(edges, observed, y)
    parts += _ratio(channel, edges, observed)
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>')
    parts += _bin_labels(edges)
    parts.append(
        f'<text class="tick" transform="translate(12 {(TOP + BOTTOM) // 2}) rotate(-90)" '
        'text-anchor="middle">events</text>'
    )
    return (
        f'<svg class="figure" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(describe(channel))}">{"".join(parts)}</svg>'
    )


def _scale(highest: float):  # type: ignore[no-untyped-def]
    def y(value: float) -> float:
        inside = min(max(value, 0.0), highest)
        return round(BOTTOM - (BOTTOM - TOP) * inside / highest, 2)

    return y


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _area(edges: Sequence[float], low: Iterable[float], high: Iterable[float], y) -> str:  # type: ignore[no-untyped-def]
    """Return the path of a stepped area."""
    path = f"M{edges[0]:g}"
    for index, value in enumerate(high):
        path += f"{' ' if index == 0 else 'V'}{y(value):g}H{edges[index + 1]:.5g}"
    values = list(low)
    for index in range(len(values) - 1, -1, -1):
        path += f"V{y(values[index]):g}H{edges[index]:.5g}"
    return path + "Z"


def _points(edges: Sequence[float], observed: Sequence[float], y) -> list[str]:  # type: ignore[no-untyped-def]
    parts = []
    for index, count in enumerate(observed):
        x = (edges[index] + edges[index + 1]) / 2
        error = sqrt(max(count, 0.0))
        parts.append(
            f'<path class="error" d="M{x:.5g} {y(count - error):g}V{y(count + error):g}"/>'
            f'<circle class="point" cx="{x:.5g}" cy="{y(count):g}" r="3.5"/>'
        )
    return parts


def _ratio(channel: Channel, edges: Sequence[float], observed: Sequence[float]) -> list[str]:
    """Return the lower panel: data and band over the expected events."""
    middle = (RATIO_TOP + RATIO_BOTTOM) / 2

    def at(ratio: float) -> float:
        return round(middle - (min(max(ratio, 0.0), 2.0) - 1) * (RATIO_BOTTOM - RATIO_TOP) / 2, 2)

    parts = [f'<path class="grid" d="M{LEFT} {middle:g}H{RIGHT}"/>']
    for value in (0, 1, 2):
        parts.append(
            f'<text class="tick small" x="{LEFT - 6}" y="{at(value):g}" dy="3" '
            f'text-anchor="end">{value}</text>'
        )
    relative = [
        e / t if t > 0 else 0.0 for e, t in zip(channel.uncertainty, channel.total, strict=True)
    ]
    path = _area(edges, [1 - r for r in relative], [1 + r for r in relative], at)
    parts.append(f'<path class="band" d="{path}"/>')
    for index, count in enumerate(observed):
        total = channel.total[index]
        if total <= 0:
            continue
        x, error = (edges[index] + edges[index + 1]) / 2, sqrt(max(count, 0.0))
        parts.append(
            f'<path class="error" d="M{x:.5g} {at((count - error) / total):g}'
            f'V{at((count + error) / total):g}"/>'
            f'<circle class="point" cx="{x:.5g}" cy="{at(count / total):g}" r="3"/>'
        )
    parts.append(f'<path class="axis" d="M{LEFT} {RATIO_TOP}V{RATIO_BOTTOM}H{RIGHT}"/>')
    parts.append(
        f'<text class="tick small" transform="translate(12 {middle:g}) rotate(-90)" '
        'text-anchor="middle">ratio</text>'
    )
    return parts


def _bin_labels(edges: Sequence[float]) -> list[str]:
    bins = len(edges) - 1
    every = -(-bins // MAX_LABELS)
    return [
        f'<text class="tick" x="{(edges[i] + edges[i + 1]) / 2:.5g}" y="{RATIO_BOTTOM + 16}" '
        f'text-anchor="middle">{i + 1}</text>'
        for i in range(0, bins, every)
    ] + [f'<text class="tick" x="{RIGHT}" y="{RATIO_BOTTOM + 34}" text-anchor="end">bin</text>']
