# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CLs with pseudo-experiments, their distributions kept."""

from dataclasses import replace

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import LONG, Answer, Operation, Parameter, Question, Table, Values
from demos_engine.operations.common import (
    BOTH,
    CLS_OUTPUTS,
    EXPECTED,
    FINITE,
    MU,
    SEED,
    TOYS,
    band_rows,
    discovery_tests_zero,
    statistics,
)

DISTRIBUTIONS = Parameter(
    {
        "type": "boolean",
        "default": False,
        "description": "Keep the test statistic of every pseudo-experiment.",
    }
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    return model.toys(
        p["mu"],
        p["test_stat"],
        p["toys"],
        p["seed"],
        question.progress,
        distributions=p["distributions"],
    )


def _table(answer: Values) -> Table:
    if answer["test_stat"] == "q0":
        return Table(["discovery", "mu = 0"], [("p0", answer["p0"]), ("Z", answer["Z"])])
    rows = [*band_rows(answer["CLs_obs"], answer["CLs_exp"]), ("error", answer["error"])]
    return Table(["CLs", f"mu = {answer['mu']:g}"], rows)


OPERATION = Operation(
    name="toys",
    title="CLs with pseudo-experiments",
    description="Compute CLs with pseudo-experiments, with its Monte Carlo error.",
    compute=_compute,
    parameters={
        "mu": MU,
        "test_stat": statistics("qtilde", "q", "q0"),
        "toys": replace(TOYS, only_with=None),
        "seed": replace(SEED, only_with=None),
        "distributions": DISTRIBUTIONS,
        "expected": EXPECTED,
        "engine": BOTH,
    },
    outputs={
        **CLS_OUTPUTS,
        "n_toys": {"type": "integer", "description": "Pseudo-experiments per hypothesis."},
        "seed": {"type": "integer"},
        "error": {**FINITE, "description": "Monte Carlo error of CLs_obs."},
    },
    table=_table,
    plot="distributions",
    needs_poi=True,
    lane=lambda parameters: LONG,
    check=discovery_tests_zero,
)
