# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What is kept of a model for its figures: a document for its page, and a small one for lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .events import expected_events

DRAWN = 6
"""Channels that are drawn at once; the others on demand, in the browser."""

THUMBNAIL_BINS = 40
"""Bins of a small figure; neighbours are added where a channel has more."""


def drawing_document(workspace: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the figures and sliders of a model start from, as plain JSON.

    Args:
        workspace: A valid pyhf workspace.

    Returns:
        ``poi``, ``parameters``, the first ``channels`` with their numbers, ``names`` and
        ``regions`` of all channels, ``signal``; None where the model is too large to be drawn.
    """
    drawing = expected_events(workspace)
    if drawing is None:
        return None
    ordered = [drawing.channels[i] for i in drawing.order]
    return {
        "poi": drawing.poi,
        "parameters": [asdict(p) for p in drawing.parameters],
        "channels": [asdict(channel) for channel in ordered[:DRAWN]],
        "names": [channel.name for channel in ordered],
        "regions": [{"name": c.name, "bins": len(c.total)} for c in ordered],
        "signal": {"sample": drawing.sample, "yields": drawing.signal},
    }


def thumbnail(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a small figure of a model's main channel.

    Args:
        document: As ``drawing_document`` returns it.

    Returns:
        ``channel``, ``expected``, ``signal`` (zeros where there is none) and ``observed`` (None
        where there are no data), in events per bin of the figure.

    >>> channel = {"name": "SR", "total": [3.0, 1.0], "observed": None, "samples": [
    ...     {"name": "s", "events": [1.0, 0.0], "is_signal": True}]}
    >>> thumbnail({"channels": [channel]})
    {'channel': 'SR', 'expected': [3.0, 1.0], 'signal': [1.0, 0.0], 'observed': None}
    """
    channel = max(document["channels"][:DRAWN], key=_interest)
    signal = [0.0] * len(channel["total"])
    for sample in channel["samples"]:
        if sample["is_signal"]:
            signal = [a + b for a, b in zip(signal, sample["events"], strict=True)]
    observed = channel["observed"]
    return {
        "channel": channel["name"],
        "expected": _fewer(channel["total"]),
        "signal": _fewer(signal),
        "observed": None if observed is None else _fewer(observed),
    }


def _interest(channel: Mapping[str, Any]) -> tuple[bool, int]:
    """Rank channels for a small figure: signal first, then the one with the most bins to see."""
    signal = any(s["is_signal"] and sum(s["events"]) > 0 for s in channel["samples"])
    return signal, min(len(channel["total"]), THUMBNAIL_BINS)


def _fewer(values: Sequence[float]) -> list[float]:
    """Add neighbouring bins until they fit.

    >>> _fewer([1.0] * 3), len(_fewer([1.0] * 90)), sum(_fewer([1.0] * 90))
    ([1.0, 1.0, 1.0], 30, 90.0)
    """
    together = -(-len(values) // THUMBNAIL_BINS)
    sums = [sum(values[i : i + together]) for i in range(0, len(values), together)]
    return [float(f"{value:.6g}") for value in sums]
