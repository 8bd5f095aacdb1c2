# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Maximum likelihood fits."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Parameter, Question, Table, Values
from demos_engine.operations.common import ASIMOV_MU, BOTH, EXPECTED, FINITE, NAME, asimov_mu

CORRELATIONS = Parameter(
    {"type": "boolean", "default": False, "description": "Add the matrix of correlations."}
)
INTERVALS = Parameter(
    {
        "type": "array",
        "items": NAME,
        "maxItems": 200,
        "uniqueItems": True,
        "default": [],
        "description": "Parameters whose profile interval is wanted.",
    },
    option="--interval",
    read=list,
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    return model.fit(p["intervals"], p["correlations"], question.progress)


def _table(answer: Values) -> Table:
    errors = answer["uncertainties"] or {}
    rows = [(name, value, errors.get(name)) for name, value in answer["values"].items()]
    notes = [f"2 NLL {_short(answer['twice_nll'])}, {answer['status']}"]
    lowest = answer.get("lowest_bin")
    if answer["status"] != "converged" and lowest:
        rate = _short(lowest["rate"])
        notes.append(f"lowest rate: {rate} in channel {lowest['channel']}, bin {lowest['bin']}")
    for name, ends in (answer.get("intervals") or {}).items():
        notes.append(
            f"{name}: {_short(ends['value'])} {_short(ends['minus'])} +{_short(ends['plus'])}"
        )
    if answer.get("at_bounds"):
        notes.append(f"at a bound: {', '.join(answer['at_bounds'])}")
    if second := answer.get("second_minimum"):
        notes.append(f"There is another minimum at 2 NLL {_short(second['twice_nll'])}.")
    return Table(["parameter", "value", "uncertainty"], rows, notes)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


OPERATION = Operation(
    name="fit",
    title="Maximum likelihood fit",
    description="Fit all parameters: best values, uncertainties, and a second minimum if any.",
    compute=_compute,
    parameters={
        "intervals": INTERVALS,
        "correlations": CORRELATIONS,
        "expected": EXPECTED,
        "mu": ASIMOV_MU,
        "engine": BOTH,
    },
    outputs={
        "twice_nll": FINITE,
        "values": {"type": "object", "description": "Best values by parameter."},
        "uncertainties": {"type": ["object", "null"], "description": "By parameter."},
        "intervals": {"type": "object", "description": "By parameter: value, minus, plus, method."},
        "correlations": {"type": ["array", "null"]},
        "second_minimum": {"type": ["object", "null"]},
        "certificate": {
            "type": ["object", "null"],
            "description": "Why this is a minimum: projected_gradient, decrement, curvature, "
            "multipliers at bounds, restarts, converged, agreed.",
        },
    },
    table=_table,
    plot="parameters",
    asimov=asimov_mu,
)
