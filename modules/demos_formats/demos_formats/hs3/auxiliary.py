# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Auxiliary counts that ROOT can only hold as a channel.

ROOT computes a constraint as a probability, which is zero beyond 38 standard deviations. Where an
auxiliary count is so large that this is a small step, the count is written as what it is: a channel
whose bins are counts. ROOT computes channels as logarithms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from demos_formats.histfactory.model import Constraint
from demos_formats.hs3.detect import HISTFACTORY

Json = Mapping[str, Any]
HUGE: Final = 5e5
"""A count beyond which 38 standard deviations are less than 5 %."""
_NAME: Final = "auxiliary_"


def is_huge(constraint: Constraint | None) -> bool:
    """Tells a constraint that ROOT cannot leave."""
    return constraint is not None and constraint.kind == "poisson" and constraint.width > HUGE


def names(stem: str) -> tuple[str, str]:
    """Names the distribution and its data.

    >>> names("SR_mc")
    ('model_auxiliary_SR_mc', 'obsData_auxiliary_SR_mc')
    """
    return f"model_{_NAME}{stem}", f"obsData_{_NAME}{stem}"


def write(
    stem: str, parameters: Sequence[str], terms: Sequence[Constraint | None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Writes Poisson constraints as a channel.

    Args:
        stem: What tells the channel from others.
        parameters: One factor per bin.
        terms: Their constraints; bins without one are left out.

    Returns:
        The distribution and its data.
    """
    counted = [(p, t) for p, t in zip(parameters, terms, strict=True) if t is not None]
    name = f"{_NAME}{stem}"
    axes = [{"name": f"obs_x_{name}", "min": 0, "max": len(counted), "nbins": len(counted)}]
    factors = {"name": name, "type": "shapefactor", "parameters": [p for p, _ in counted]}
    sample = {
        "name": "count",
        "data": {"contents": [t.width for _, t in counted]},
        "modifiers": [factors],
    }
    distribution, observed = names(stem)
    channel = {"name": distribution, "type": HISTFACTORY, "axes": axes, "samples": [sample]}
    contents = [t.centre for _, t in counted]
    return channel, {"name": observed, "type": "binned", "axes": axes, "contents": contents}


def read(document: Json) -> tuple[Json, dict[str, Constraint]]:
    """Takes the channels out that :func:`write` made.

    Args:
        document: An HS3 document; it is not changed.

    Returns:
        The document, or a changed copy, and the constraint of each factor.
    """
    data = {x["name"]: x for x in document.get("data", ())}
    found = {}
    for channel in document.get("distributions", ()):
        name = channel["name"].removeprefix("model_")
        counts = data.get(f"obsData_{name}", {}).get("contents")
        if name.startswith(_NAME) and channel["type"] == HISTFACTORY and isinstance(counts, list):
            terms = _terms(channel, counts)
            if terms is not None and terms.keys() <= _factors(document, channel):
                found[channel["name"]] = terms
    if not found:
        return document, {}
    gone = {f"obsData_{n.removeprefix('model_')}" for n in found}
    made = dict(document)
    made["distributions"] = [d for d in document["distributions"] if d["name"] not in found]
    made["data"] = [x for x in document["data"] if x["name"] not in gone]
    made["likelihoods"] = [
        {
            **likelihood,
            "distributions": [n for n in likelihood.get("distributions", ()) if n not in found],
            "data": [x for x in likelihood.get("data", ()) if not _is_in(x, gone)],
        }
        for likelihood in document.get("likelihoods", ())
    ]
    return made, {p: t for terms in found.values() for p, t in terms.items()}


def _terms(channel: Json, counts: Sequence[float]) -> dict[str, Constraint] | None:
    samples = channel["samples"]
    modifiers: Sequence[Json] = samples[0].get("modifiers", ()) if len(samples) == 1 else ()
    if len(modifiers) != 1 or modifiers[0]["type"] != "shapefactor":
        return None
    parameters, scales = modifiers[0].get("parameters"), samples[0]["data"]["contents"]
    if not isinstance(parameters, list) or not len(parameters) == len(scales) == len(counts):
        return None
    if not all(scale > 0 for scale in scales):
        return None
    bins = zip(parameters, counts, scales, strict=True)
    return {p: Constraint("poisson", count, scale) for p, count, scale in bins}


def _factors(document: Json, channel: Json) -> set[str]:
    """Names the factors per bin of all other channels."""
    return {
        parameter
        for other in document["distributions"]
        if other["type"] == HISTFACTORY and other is not channel
        for sample in other["samples"]
        for m in sample.get("modifiers", ())
        for parameter in m.get("parameters") or ()
    }


def _is_in(value: Any, names: set[str]) -> bool:
    return isinstance(value, str) and value in names
