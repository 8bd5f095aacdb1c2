# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A model's structure, cut to what a page can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_CHANNELS = 200
MAX_NAMES = 3000
"""Names of samples and parameters on one page; the REST API has all."""


def shown(structure: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Cut a structure to what a page can hold.

    Args:
        structure: the whole structure, or None.

    Returns:
        The structure with a flag ``cut``, or None.

    >>> channels = [{"name": str(i), "bins": 1, "samples": ["s"]} for i in range(500)]
    >>> cut = shown({"channels": channels, "n_channels": 500})
    >>> len(cut["channels"]), cut["cut"]
    (200, True)
    """
    if not structure:
        return None
    left = MAX_NAMES
    channels = []
    all_channels = structure.get("channels") or []
    for channel in all_channels[:MAX_CHANNELS]:
        samples = list(channel.get("samples") or ())
        kept = samples[: max(left, 0)]
        left -= len(kept)
        channels.append({**channel, "samples": kept, "n_samples": len(samples)})
    # HS3 that is no HistFactory only counts them.
    named = structure.get("parameters")
    parameters = list(named) if isinstance(named, list) else []
    few = [p if isinstance(p, Mapping) else {"name": p} for p in parameters[:MAX_NAMES]]
    cut = (
        len(all_channels) > MAX_CHANNELS
        or any(len(c["samples"]) < c["n_samples"] for c in channels)
        or len(few) < len(parameters)
    )
    return {**structure, "channels": channels, "parameters": few, "cut": cut}


def shown_patches(patches: Mapping[str, Any] | None, most: int) -> dict[str, Any] | None:
    """Give the first patches, with the labels of their grid.

    Args:
        patches: ``{"hits": {"total", "hits"}}``, or None.
        most: how many.
    """
    if not patches or not patches["hits"]["total"]:
        return None
    hits = patches["hits"]["hits"]
    return {
        "total": patches["hits"]["total"],
        "labels": next((h["labels"] for h in hits if h.get("labels")), []),
        "hits": hits[:most],
        "cut": len(hits) > most,
    }
