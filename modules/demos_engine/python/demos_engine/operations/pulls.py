# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Pulls of the constrained parameters."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Question, Table, Values
from demos_engine.operations.common import ASIMOV_MU, EXPECTED, OURS, asimov_mu


def _compute(model: LoadedModel, question: Question) -> Answer:
    return model.pulls()


def _table(answer: Values) -> Table:
    keys = ("name", "best_fit", "uncertainty", "pull", "constraint")
    return Table(keys, [tuple(row.get(key) for key in keys) for row in answer["pulls"]])


OPERATION = Operation(
    name="pulls",
    title="Pulls",
    description="Compute how far the fit moves each constrained parameter.",
    compute=_compute,
    parameters={"expected": EXPECTED, "mu": ASIMOV_MU, "engine": OURS},
    outputs={
        "pulls": {
            "type": "array",
            "description": "name, best_fit, uncertainty, pull (in units of the constraint), "
            "constraint (uncertainty in the same units).",
        }
    },
    table=_table,
    plot="pulls",
    engines=("demos",),
    asimov=asimov_mu,
)
