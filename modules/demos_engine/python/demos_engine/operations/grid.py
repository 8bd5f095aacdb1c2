# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CLs of every signal of a patchset."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Question, Table, Values
from demos_engine.operations.common import (
    BOTH,
    CALCULATOR,
    EXPECTED,
    MU,
    SEED,
    TOYS,
    discovery_tests_zero,
    statistics,
    toys_are_long,
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    p = question.parameters
    assert question.signals is not None
    about = {"labels": list(question.signals.labels), "mu": p["mu"], "test_stat": p["test_stat"]}
    if p["calculator"] == "toys":
        points = []
        for done, patch in enumerate(question.signals):
            found = model.with_patch(patch.operations).toys(
                p["mu"], p["test_stat"], p["toys"], p["seed"], lambda fraction: None
            )
            points.append({"name": patch.name, "values": list(patch.values), **found})
            question.progress((done + 1) / len(question.signals))
    else:
        points = model.grid(question.signals, p["mu"], p["test_stat"], question.progress)
    bad = sum(point["status"] != "converged" for point in points)
    status = f"{bad} of {len(points)} points have no value" if bad else "converged"
    return {"status": status, "outcome": "partial" if bad else "ok", **about, "points": points}


def _table(answer: Values) -> Table:
    rows = []
    for point in answer["points"]:
        band = point["CLs_exp"] or [None] * 5
        why = "" if point["status"] == "converged" else point["status"]
        rows.append([point["name"], *(point["values"] or ()), point["CLs_obs"], band[2], why])
    return Table(["signal", *answer["labels"], "CLs", "expected", "problem"], rows)


OPERATION = Operation(
    name="grid",
    title="CLs of a signal grid",
    description="Compute CLs of every signal of a patchset, observed and expected.",
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
    outputs={"labels": {"type": "array"}, "points": {"type": "array"}},
    table=_table,
    plot="grid",
    needs_patchset=True,
    lane=toys_are_long,
    check=discovery_tests_zero,
)
