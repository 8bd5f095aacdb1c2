# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Profile likelihood scans in one or two parameters."""

from collections.abc import Sequence
from typing import Any

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import (
    LONG,
    SHORT,
    Answer,
    Operation,
    Parameter,
    Question,
    Table,
    Values,
)
from demos_engine.operations.common import ASIMOV_MU, BOTH, EXPECTED, NAME, NUMBER, asimov_mu

SHORT_POINTS = 100


def _axes(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"parameter": name} for name in names]


AXES = Parameter(
    {
        "type": "array",
        "maxItems": 2,
        "default": [],
        "description": "One or two parameters; the parameter of interest if none is named.",
        "items": {
            "type": "object",
            "properties": {
                "parameter": NAME,
                "values": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 201},
            },
            "required": ["parameter"],
            "additionalProperties": False,
        },
    },
    option="--parameter",
    read=_axes,
)
POINTS = Parameter(
    {
        "type": "integer",
        "minimum": 2,
        "maximum": 201,
        "default": 21,
        "description": "Points of an axis without values: within 3 uncertainties and the bounds.",
    }
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    return model.scan(p["axes"], p["points"], question.progress)


def _table(answer: Values) -> Table:
    axes, rise = answer["axes"], answer["delta_twice_nll"]
    names = [axis["parameter"] for axis in axes]
    first = axes[0]["values"]
    if len(axes) == 1:
        rows: list[tuple[object, ...]] = list(zip(first, rise, strict=True))
    else:
        rows = [
            (x, y, z)
            for x, line in zip(first, rise, strict=True)
            for y, z in zip(axes[1]["values"], line, strict=True)
        ]
    return Table([*names, "2 delta NLL"], rows)


def _lane(parameters: Values) -> str:
    points = 1
    for axis in parameters["axes"]:
        points *= len(axis.get("values") or range(parameters["points"]))
    return LONG if points > SHORT_POINTS or parameters["engine"] == "pyhf" else SHORT


def _check(parameters: Values) -> tuple[str, str] | None:
    names = [axis["parameter"] for axis in parameters["axes"]]
    return ("axes", "Two axes are the same.") if len(set(names)) < len(names) else None


OPERATION = Operation(
    name="scan",
    title="Likelihood scan",
    description="Scan the profile likelihood in one or two parameters.",
    compute=_compute,
    parameters={
        "axes": AXES,
        "points": POINTS,
        "expected": EXPECTED,
        "mu": ASIMOV_MU,
        "engine": BOTH,
    },
    outputs={
        "axes": {"type": "array", "description": "parameter and values, one entry per axis."},
        "delta_twice_nll": {"type": "array", "description": "Nested lists, one level per axis."},
        "best": {"type": "array", "description": "Best values of the scanned parameters."},
        "failed": {"type": "integer", "description": "Points whose fit did not converge."},
    },
    table=_table,
    plot="scan",
    lane=_lane,
    check=_check,
    asimov=asimov_mu,
)
