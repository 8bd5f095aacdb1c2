# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Impacts of the parameters on the parameter of interest."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import LONG, Answer, Operation, Question, Table, Values
from demos_engine.operations.common import ASIMOV_MU, EXPECTED, OURS, asimov_mu


def _compute(model: LoadedModel, question: Question) -> Answer:
    return model.impacts(question.progress)


def _table(answer: Values) -> Table:
    keys = ("name", "up", "down", "up_prefit", "down_prefit")
    return Table(keys, [tuple(row.get(key) for key in keys) for row in answer["impacts"]])


OPERATION = Operation(
    name="impacts",
    title="Impacts",
    description="Compute how far each parameter's uncertainty moves the parameter of interest.",
    compute=_compute,
    parameters={"expected": EXPECTED, "mu": ASIMOV_MU, "engine": OURS},
    outputs={
        "impacts": {
            "type": "array",
            "description": "The largest first: name, up, down (at the best value and one post-fit "
            "uncertainty above and below), up_prefit, down_prefit.",
        }
    },
    table=_table,
    plot="impacts",
    engines=("demos",),
    needs_poi=True,
    lane=lambda parameters: LONG,
    asimov=asimov_mu,
)
