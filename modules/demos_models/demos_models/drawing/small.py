# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A small figure of a model's main channel, for lists of models."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

WIDTH, HEIGHT = 240, 96


def small_svg(thumbnail: Mapping[str, Any]) -> str:
    """Return a small figure as SVG; colours come from the page's style sheet.

    Args:
        thumbnail: As ``thumbnail`` of ``document`` returns it.

    >>> svg = small_svg({"channel": "<SR>", "expected": [2, 1], "signal": [1, 0],
    ...     "observed": [2, 0]})
    >>> "&lt;SR&gt;" in svg, svg.count("circle"), "2 bins" in svg
    (True, 2, True)
    """
    expected, signal = thumbnail["expected"], thumbnail["signal"]
    observed = thumbnail["observed"] or []
    bins = len(expected)
    highest = max([*expected, *observed, 1e-9]) * 1.05
    edges = [WIDTH * i / bins for i in range(bins + 1)]
    background = [e - s for e, s in zip(expected, signal, strict=True)]

    def y(value: float) -> float:
        return round(HEIGHT - HEIGHT * min(max(value, 0.0), highest) / highest, 1)

    def steps(values: list[float]) -> str:
        return "".join(f"V{y(v):g}H{edges[i + 1]:.4g}" for i, v in enumerate(values))

    points = "".join(
        f'<circle class="point" cx="{(edges[i] + edges[i + 1]) / 2:.4g}" cy="{y(n):g}" r="2"/>'
        for i, n in enumerate(observed)
    )
    words = f"{thumbnail['channel']}: {bins} {'bin' if bins == 1 else 'bins'}"
    return (
        f'<svg class="thumbnail" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{escape(words)}">'
        f'<path class="sample signal" d="M0 {HEIGHT}{steps(expected)}V{HEIGHT}Z"/>'
        f'<path class="sample s0" d="M0 {HEIGHT}{steps(background)}V{HEIGHT}Z"/>{points}</svg>'
    )
