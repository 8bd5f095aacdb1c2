# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is inside a workspace: channels, samples, modifiers, parameters, measurements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from demos_formats.pyhf.parameters import parameters


def structure(workspace: Mapping[str, Any]) -> dict[str, Any]:
    """Describes a workspace that passes the schema.

    Args:
        workspace: The document.

    Returns:
        ``channels`` (name, bins, samples), ``modifiers`` (count by type), ``n_channels``,
        ``n_bins``, ``n_samples`` (pairs of channel and sample), ``n_parameters`` (components of
        fit parameters), ``parameters`` (name, components, constraint) and ``measurements`` (name,
        poi, poi_defined).
    """
    found = parameters(workspace)
    channels = [
        {
            "name": channel["name"],
            "bins": len(channel["samples"][0]["data"]),
            "samples": [sample["name"] for sample in channel["samples"]],
        }
        for channel in workspace["channels"]
    ]
    types = Counter(
        modifier["type"]
        for channel in workspace["channels"]
        for sample in channel["samples"]
        for modifier in sample["modifiers"]
    )
    return {
        "channels": channels,
        "modifiers": dict(sorted(types.items())),
        "n_channels": len(channels),
        "n_bins": sum(c["bins"] for c in channels),
        "n_samples": sum(len(c["samples"]) for c in channels),
        "n_parameters": sum(p.components for p in found.values()),
        "parameters": [
            {"name": p.name, "components": p.components, "constraint": p.constraint}
            for p in found.values()
        ],
        "measurements": [
            {
                "name": measurement["name"],
                "poi": measurement["config"]["poi"],
                "poi_defined": measurement["config"]["poi"] in found,
            }
            for measurement in workspace["measurements"]
        ],
    }
