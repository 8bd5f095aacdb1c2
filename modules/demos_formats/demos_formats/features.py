# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Features of a model on which tools are known to disagree."""

from __future__ import annotations

import math

from demos_formats.histfactory.model import DEFAULT_CODE, Constraint, Model, Sample
from demos_formats.hs3.auxiliary import HUGE, is_huge
from demos_formats.hs3.released import below_zero, crosses_zero, reach


def features(model: Model) -> set[str]:
    """Names the features of a model that make tools differ.

    Args:
        model: The model.

    Returns:
        Of ``histosys``, ``shapesys``, ``staterror``, ``code2``; ``other_code`` (a histosys that is
        not code4p), ``empty_shapesys`` (a bin without uncertainty or events), ``partial_lumi`` (a
        constrained factor on some samples only), ``negative_template`` (shifts or factors of a
        sample that go below zero somewhere in the ranges of their parameters), ``narrow`` (a
        constraint of a factor that 38 standard deviations do not move by 5 %).
    """
    found: set[str] = set()
    lumi: set[tuple[str, str]] = set()
    for channel, sample, m in model.modifiers():
        if m.kind in ("histosys", "shapesys", "staterror"):
            found.add(m.kind)
        if m.code == "code2":
            found.add("code2")
        if m.kind == "histosys" and m.code != DEFAULT_CODE["histosys"]:
            found.add("other_code")
        if m.kind == "shapesys" and not all(
            n > 0 and v > 0 for n, v in zip(sample.contents, m.vals or (), strict=False)
        ):
            found.add("empty_shapesys")
        if m.kind == "normfactor" and model.parameters[m.parameters[0]].constraint:
            lumi.add((channel.name, sample.name))
    if any(_negative(s, model) for c in model.channels for s in c.samples):
        found.add("negative_template")
    if any(_is_narrow(p.constraint) for p in model.parameters.values()):
        found.add("narrow")
    if 0 < len(lumi) < sum(len(c.samples) for c in model.channels):
        found.add("partial_lumi")
    return found


def _negative(sample: Sample, model: Model) -> bool:
    shifts = [m for m in sample.modifiers if m.kind == "histosys"]
    ranges = [model.parameters[m.parameters[0]] for m in shifts]
    return below_zero(
        sample.contents,
        [(m.hi, m.lo) for m in shifts],
        [reach(p.lower, p.upper) for p in ranges],
    ) or any(
        crosses_zero(m.hi, m.lo)
        for m in sample.modifiers
        if m.kind == "normsys" and m.code == DEFAULT_CODE["normsys"]
    )


def _is_narrow(constraint: Constraint | None) -> bool:
    if constraint is None or constraint.kind != "gauss":
        return is_huge(constraint)
    return constraint.width * math.sqrt(HUGE) < abs(constraint.centre)
