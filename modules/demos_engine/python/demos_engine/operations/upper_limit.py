# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Upper limits on the signal strength."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Question, Table, Values
from demos_engine.operations.common import (
    BAND,
    BOTH,
    CONFIDENCE_LEVEL,
    EXPECTED,
    FINITE,
    RTOL,
    band_rows,
    statistics,
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    return model.upper_limit(p["confidence_level"], p["test_stat"], p["rtol"])


def _table(answer: Values) -> Table:
    head = f"{100 * answer['confidence_level']:g}%"
    return Table(["upper limit", head], band_rows(answer["observed"], answer["expected"]))


OPERATION = Operation(
    name="upper_limit",
    title="Upper limit",
    description="Find the upper limit on the parameter of interest, observed and expected.",
    compute=_compute,
    parameters={
        "confidence_level": CONFIDENCE_LEVEL,
        "test_stat": statistics("qtilde", "q"),
        "rtol": RTOL,
        "expected": EXPECTED,
        "engine": BOTH,
    },
    outputs={
        "confidence_level": FINITE,
        "test_stat": {"type": "string"},
        "observed": FINITE,
        "expected": BAND,
        "curve": {"type": "array", "description": "mu, CLs_obs and CLs_exp of every test made."},
    },
    table=_table,
    command="limit",
    plot="limit",
    needs_poi=True,
)
