# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos crosscheck`: the engine beside pyhf, on the same models."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
from demos_engine.operations import Operation, Question, Table, canonical, operations

from demos_client.asking.choice import Choice
from demos_client.asking.local import loaded, prepared_of
from demos_client.asking.options import Option, model_options
from demos_client.asking.refusals import Refused
from demos_client.asking.show import finish
from demos_client.files import FILES_ARGUMENT, JSON_OPTION
from demos_client.outcome import worst

Answer = dict[str, Any]


def _both(file: str, choice: Choice, mu: float) -> Answer:
    try:
        from demos_engine.engines.reference import Reference, backends  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Refused("unavailable", f"pyhf is not installed ({error}).") from None
    programs: dict[str, str | Reference] = {"demos": "demos", "pyhf": "pyhf"}
    programs |= {f"pyhf-{name}": Reference(name) for name in backends() if name != "numpy"}
    prepared = prepared_of(file, choice)
    poi = loaded(prepared, choice, "demos").poi
    name, key = ("fit", "twice_nll") if poi is None else ("cls", "CLs_obs")
    operation = operations()[name]
    found: Answer = {"file": file, "operation": name, "mu": mu if name == "cls" else None}
    for label, program in programs.items():
        began = time.perf_counter()
        model = loaded(prepared, choice, program)
        ready = time.perf_counter()
        given = {"mu": mu} if name == "cls" else {}
        answer = operation.compute(model, Question(canonical(operation, given)))
        seconds = {"load_seconds": ready - began, "seconds": time.perf_counter() - ready}
        found[label] = {key: answer[key], "status": answer["status"], **seconds}
    pair = [found[label][key] for label in ("demos", "pyhf")]
    difference = None if None in pair else pair[0] - pair[1]
    findings = [finding.to_dict() for finding in prepared.findings]
    about = {"difference": difference, "status": found["demos"]["status"], "engine": "both"}
    return {**found, **about, "findings": findings}


def _table(answer: Answer) -> Table:
    key = "CLs_obs" if answer["operation"] == "cls" else "twice_nll"
    rows = [
        (label, one[key], one["load_seconds"], one["seconds"])
        for label, one in answer.items()
        if isinstance(one, dict)
    ]
    return Table(
        ["engine", key, "load s", "compute s"], rows, [f"difference {answer['difference']}"]
    )


_SHOWN = Operation(
    name="crosscheck",
    title="Cross-check",
    description="Compare the engine with pyhf.",
    compute=lambda model, question: {},
    parameters={},
    outputs={},
    table=_table,  # type: ignore[arg-type]
)


def _command() -> click.Command:
    def crosscheck(files: tuple[str, ...], mu: float, as_json: bool, **given: Any) -> None:
        """Ask both engines for CLs of FILES (the best fit without a POI), and time them."""
        choice = Choice.gather(given)

        def asking(file: str) -> Callable[[], Answer]:
            return lambda: _both(file, choice, mu)

        codes = [finish(_SHOWN, file, asking(file), as_json) for file in files]
        click.get_current_context().exit(worst(codes))

    run: Callable[..., None] = crosscheck
    mu = click.option("--mu", type=float, default=1.0, show_default=True, help="Tested value.")
    options: tuple[Option, ...] = (JSON_OPTION, mu, *model_options(), FILES_ARGUMENT)
    for option in options:
        run = option(run)
    return click.command("crosscheck")(run)


crosscheck = _command()
