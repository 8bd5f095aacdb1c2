# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Goodness of fit against the saturated model."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Question, Table, Values
from demos_engine.operations.common import (
    CALCULATOR,
    FINITE,
    OURS,
    SEED,
    TOYS,
    toys_are_long,
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    return model.gof(p["calculator"], p["toys"], p["seed"], question.progress)


def _table(answer: Values) -> Table:
    rows = [(key, answer[key]) for key in ("statistic", "dof", "p_value")]
    return Table(["goodness of fit", answer["calculator"]], rows)


OPERATION = Operation(
    name="gof",
    title="Goodness of fit",
    description="Compare the fit with the saturated model: statistic and p-value.",
    compute=_compute,
    parameters={"calculator": CALCULATOR, "toys": TOYS, "seed": SEED, "engine": OURS},
    outputs={
        "statistic": {**FINITE, "description": "2 NLL above the saturated model's."},
        "p_value": FINITE,
        "dof": {"type": "integer", "description": "Bins less unconstrained free parameters."},
        "calculator": {"type": "string"},
    },
    table=_table,
    plot="significance",
    engines=("demos",),
    lane=toys_are_long,
)
