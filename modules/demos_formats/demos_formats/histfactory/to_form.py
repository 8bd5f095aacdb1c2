# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Write the typed model in the form that the inference engine reads.

The form ``demos-histfactory/1`` looks like a pyhf workspace, with every convention resolved: each
modifier names its parameters and its interpolation, each measurement declares all parameters with
their constraint terms. It can hold what a workspace cannot: interpolation per modifier, Poisson
constraints shared by samples, constraints that differ from bin to bin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from demos_formats.errors import RefusedError
from demos_formats.findings import error
from demos_formats.histfactory.model import (
    PER_BIN,
    Analysis,
    Constraint,
    Model,
    Modifier,
    Sample,
)
from demos_formats.histfactory.names import Namespace

Json = dict[str, Any]
FORM: Final = "demos-histfactory/1"
"""Value of the document's ``format``."""


def write_form(
    model: Model, recorded: Sequence[Mapping[str, Any]], pois: Mapping[str, str]
) -> Json:
    """Write a model for the inference engine.

    Args:
        model: The model.
        recorded: ``misc.demos.parameters`` of its document: these parameters take their pyhf
            names and pyhf's order, all others keep their HS3 names.
        pois: Per measurement, a parameter of interest that no modifier defines: a signal that is
            added defines it.

    Returns:
        The document: ``format``, ``channels`` (``name``, ``samples`` of ``name``, ``data`` and
        ``modifiers``), ``observations`` and ``measurements``, whose ``config`` has ``poi`` and
        ``parameters`` (``name``, ``init``, ``bounds``, ``fixed``, ``constraint`` of ``type``,
        ``centre`` and ``width``).

    Raises:
        RefusedError: Where two channels, or two samples of one channel, have one name.
    """
    _distinct(model)
    names = form_names(model, recorded)
    return {
        "format": FORM,
        "channels": [
            {"name": c.name, "samples": [_sample(s, names) for s in c.samples]}
            for c in model.channels
        ],
        "observations": [{"name": c.name, "data": c.data} for c in model.channels],
        "measurements": [_measurement(a, names, pois) for a in model.analyses],
    }


def _distinct(model: Model) -> None:
    for what, things in (
        ("channels", [c.name for c in model.channels]),
        *((f"samples of {c.name!r}", [s.name for s in c.samples]) for c in model.channels),
    ):
        if len(set(things)) < len(things):
            raise RefusedError(error("duplicate_name", "", f"Two {what} have one name."))


def form_names(model: Model, recorded: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the name in the form of each parameter, by its HS3 name, in the form's order.

    Args:
        model: The model.
        recorded: As in :func:`write_form`.
    """
    by_bin = {p for _, _, m in model.modifiers() if m.kind in PER_BIN for p in m.parameters}
    names = {
        p["hs3"]: f"{p['pyhf']}[{p['index']}]" if p["hs3"] in by_bin else str(p["pyhf"])
        for p in recorded
        if p["hs3"] in model.parameters
    }
    taken = Namespace(names.values())
    return names | {p: taken.reserve(p) for p in model.parameters if p not in names}


def _sample(sample: Sample, names: Mapping[str, str]) -> Json:
    return {
        "name": sample.name,
        "data": sample.contents,
        "modifiers": [_modifier(m, names) for m in sample.modifiers],
    }


def _modifier(m: Modifier, names: Mapping[str, str]) -> Json:
    written: Json = {
        "name": m.name,
        "type": m.kind,
        "parameters": [names[p] for p in m.parameters],
    }
    if m.kind == "normsys":
        written |= {"interpolation": m.code, "data": {"lo": m.lo, "hi": m.hi}}
    elif m.kind == "histosys":
        written |= {"interpolation": m.code, "data": {"lo_data": m.lo, "hi_data": m.hi}}
    return written


def _measurement(analysis: Analysis, names: Mapping[str, str], pois: Mapping[str, str]) -> Json:
    poi = names[analysis.pois[0]] if analysis.pois else pois.get(analysis.name, "")
    parameters = []
    for hs3, name in names.items():
        p = analysis.parameters[hs3]
        entry: Json = {"name": name, "init": p.init, "bounds": [p.lower, p.upper]}
        if p.fixed:
            entry["fixed"] = True
        if p.constraint is not None:
            entry["constraint"] = _constraint(p.constraint)
        parameters.append(entry)
    return {"name": analysis.name, "config": {"poi": poi, "parameters": parameters}}


def _constraint(constraint: Constraint) -> Json:
    return {"type": constraint.kind, "centre": constraint.centre, "width": constraint.width}
