# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Expected events before and after the fit."""

from demos_engine.engines.base import LoadedModel
from demos_engine.operations.base import Answer, Operation, Parameter, Question, Table, Values
from demos_engine.operations.common import ASIMOV_MU, BOTH, EXPECTED, asimov_mu

STAGES = ("prefit", "postfit")
STAGE = Parameter(
    {
        "enum": ["both", *STAGES],
        "default": "both",
        "description": "Before the fit, after it, or both.",
    }
)


def _compute(model: LoadedModel, question: Question) -> Answer:
    stage = question.parameters["stage"]
    return model.yields(STAGES if stage == "both" else (stage,))


def _table(answer: Values) -> Table:
    rows: list[tuple[object, ...]] = []
    for channel in answer["channels"]:
        stages = [stage for stage in STAGES if stage in channel["total"]]
        named = [*channel["samples"], {"name": "total", **channel["total"]}]
        for number, count in enumerate(channel["observed"]):
            for sample in named:
                cells: list[object] = []
                for stage in stages:
                    errors = sample[stage]["uncertainties"]
                    cells += [sample[stage]["yields"][number], errors and errors[number]]
                rows.append((channel["name"], number, sample["name"], *cells))
            rows.append((channel["name"], number, "data", count, *[None] * (2 * len(stages) - 1)))
    heads = [head for stage in _stages(answer) for head in (stage, "uncertainty")]
    return Table(["channel", "bin", "sample", *heads], rows)


def _stages(answer: Values) -> list[str]:
    return [s for s in STAGES if answer["channels"] and s in answer["channels"][0]["total"]]


OPERATION = Operation(
    name="yields",
    title="Expected events",
    description="Compute expected events per channel and sample, before and after the fit.",
    compute=_compute,
    parameters={"stage": STAGE, "expected": EXPECTED, "mu": ASIMOV_MU, "engine": BOTH},
    outputs={
        "channels": {
            "type": "array",
            "description": "name, observed, samples and total; prefit and postfit hold yields and "
            "uncertainties per bin.",
        }
    },
    table=_table,
    plot="yields",
    asimov=asimov_mu,
)
