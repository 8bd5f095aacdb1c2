# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Contours of the likelihood in two parameters."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import LONG, Answer, Operation, Parameter, Question, Table, Values
from demos_engine.operations.common import ASIMOV_MU, EXPECTED, NAME, OURS, asimov_mu

PAIR = Parameter(
    {
        "type": "array",
        "items": NAME,
        "minItems": 2,
        "maxItems": 2,
        "uniqueItems": True,
        "description": "The two parameters.",
    },
    option="--parameter",
    read=list,
)
LEVELS = Parameter(
    {
        "type": "array",
        "items": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "minItems": 1,
        "maxItems": 10,
        "uniqueItems": True,
        "default": [0.68, 0.95],
        "description": "Confidence levels of the contours.",
    },
    decimals=12,
    option="--confidence-level",
    read=lambda given: [float(x) for x in given],
)
POINTS = Parameter(
    {
        "type": "integer",
        "minimum": 8,
        "maximum": 200,
        "default": 48,
        "description": "Points of each contour.",
    }
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    return model.contour(p["parameters"], p["levels"], p["points"], question.progress)


def _table(answer: Values) -> Table:
    rows = [(level, *pair) for level, points in answer["points"].items() for pair in points]
    return Table(["confidence level", *answer["parameters"]], rows)


def _check(parameters: Values) -> tuple[str, str] | None:
    names = parameters["parameters"]
    pair = len(names) == 2 and names[0] != names[1]
    return None if pair else ("parameters", "A contour has two different parameters.")


OPERATION = Operation(
    name="contour",
    title="Likelihood contour",
    description="Compute contours of the profile likelihood in two parameters.",
    compute=_compute,
    parameters={
        "parameters": PAIR,
        "levels": LEVELS,
        "points": POINTS,
        "expected": EXPECTED,
        "mu": ASIMOV_MU,
        "engine": OURS,
    },
    outputs={
        "parameters": {"type": "array"},
        "levels": {"type": "array"},
        "points": {"type": "object", "description": "By level: pairs of values."},
        "best_fit": {"type": "array"},
    },
    table=_table,
    plot="contour",
    engines=("demos",),
    lane=lambda parameters: LONG,
    check=_check,
    asimov=asimov_mu,
)
