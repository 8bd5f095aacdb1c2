# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The significance of an excess."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Question, Table, Values
from demos_engine.operations.common import ASIMOV_MU, BOTH, EXPECTED, FINITE, asimov_mu


def _compute(model: LoadedModel, question: Question) -> Answer:
    return model.significance()


def _table(answer: Values) -> Table:
    rows = [
        ("p0", answer["p0"], answer["p0_exp"]),
        ("Z", answer["Z"], answer["Z_exp"]),
    ]
    return Table(["significance", "observed", "expected"], rows)


OPERATION = Operation(
    name="significance",
    title="Significance of an excess",
    description="Compute p0 and Z, the significance of an excess, observed and expected.",
    compute=_compute,
    parameters={"expected": EXPECTED, "mu": ASIMOV_MU, "engine": BOTH},
    outputs={
        "p0": {**FINITE, "description": "p-value of the background (q0, arXiv:1007.1727)."},
        "Z": {**FINITE, "description": "The same in standard deviations of a Gaussian."},
        "p0_exp": {**FINITE, "description": "Median, if the signal of strength 1 exists."},
        "Z_exp": FINITE,
    },
    table=_table,
    plot="significance",
    needs_poi=True,
    asimov=asimov_mu,
)
