# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CLs of one signal strength."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Question, Table, Values
from demos_engine.operations.common import (
    BOTH,
    CALCULATOR,
    CLS_OUTPUTS,
    EXPECTED,
    MU,
    SEED,
    TOYS,
    band_rows,
    discovery_tests_zero,
    statistics,
    toys_are_long,
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    if p["calculator"] == "toys":
        found: Answer = model.toys(p["mu"], p["test_stat"], p["toys"], p["seed"], question.progress)
    else:
        found = model.cls(p["mu"], p["test_stat"])
    return {"calculator": p["calculator"], **found}


def _table(answer: Values) -> Table:
    if answer["test_stat"] == "q0":
        return Table(["discovery", "mu = 0"], [("p0", answer["p0"]), ("Z", answer["Z"])])
    rows = band_rows(answer["CLs_obs"], answer["CLs_exp"])
    return Table(["CLs", f"mu = {answer['mu']:g}"], rows)


OPERATION = Operation(
    name="cls",
    title="CLs of a signal",
    description="Compute CLs of one signal strength, observed and expected.",
    compute=_compute,
    parameters={
        "mu": MU,
        "test_stat": statistics("qtilde", "q", "q0"),
        "calculator": CALCULATOR,
        "toys": TOYS,
        "seed": SEED,
        "expected": EXPECTED,
        "engine": BOTH,
    },
    outputs=CLS_OUTPUTS,
    table=_table,
    plot="band",
    needs_poi=True,
    lane=toys_are_long,
    check=discovery_tests_zero,
)
