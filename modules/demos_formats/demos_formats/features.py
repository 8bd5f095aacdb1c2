# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Features of a model on which tools are known to disagree."""

from __future__ import annotations

from demos_formats.histfactory.model import Model


def features(model: Model) -> set[str]:
    """Names the features of a model that make tools differ.

    Args:
        model: The model.

    Returns:
        Of ``histosys``, ``shapesys``, ``staterror``, ``code2``; ``empty_shapesys`` (a bin without
        uncertainty or events), ``partial_lumi`` (a constrained factor on some samples only),
        ``negative_template`` (a histosys template below zero).
    """
    found: set[str] = set()
    lumi: set[tuple[str, str]] = set()
    for channel, sample, m in model.modifiers():
        if m.kind in ("histosys", "shapesys", "staterror"):
            found.add(m.kind)
        if m.code == "code2":
            found.add("code2")
        if m.kind == "histosys" and (min(m.lo) < 0 or min(m.hi) < 0):
            found.add("negative_template")
        if m.kind == "shapesys" and not all(
            n > 0 and v > 0 for n, v in zip(sample.contents, m.vals or (), strict=False)
        ):
            found.add("empty_shapesys")
        if m.kind == "normfactor" and model.parameters[m.parameters[0]].constraint:
            lumi.add((channel.name, sample.name))
    if 0 < len(lumi) < sum(len(c.samples) for c in model.channels):
        found.add("partial_lumi")
    return found
