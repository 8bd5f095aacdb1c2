# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos cls` and `demos limit` of a model that is in a portal: the portal computes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from demos_client.commands.asking import asked
from demos_client.outcome import CANNOT, FINE, lists, plain, print_json

Answer = dict[str, Any]

MODEL: Final = re.compile(
    r"(?:https?://\S+/models/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|10\.\d{4,9}/\S+)"
)


def _targets(
    context: click.Context, argument: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Checks that each is a file, or may be a model."""
    for target in given:
        if target != "-" and not Path(target).is_file() and model_of(target) is None:
            message = f"{target!r} is neither a file nor a model of a portal."
            raise click.BadParameter(message, context, argument)
    return given


TARGETS_ARGUMENT = click.argument("files", nargs=-1, required=True, callback=_targets)
"""Files, and models of the portal: by identifier, address of the page, or DOI."""


def model_of(target: str) -> str | None:
    """Gives the model that a word on the command line names; None for a file.

    Args:
        target: The word.

    Returns:
        The model's identifier or DOI.

    >>> model_of("https://127.0.0.1:5000/models/7c9c2100-1835-4d8d-9258-a6b0a2435725")
    '7c9c2100-1835-4d8d-9258-a6b0a2435725'
    >>> model_of("10.17182/hepdata.89408.v3/r2")
    '10.17182/hepdata.89408.v3/r2'
    >>> model_of("workspace.json")
    """
    found = None if target == "-" or Path(target).is_file() else MODEL.fullmatch(target)
    return found[1] if found else None


def answer(
    model: str,
    operation: str,
    parameters: Answer,
    *,
    patch: str | None,
    show: Callable[[Answer], None],
    as_json: bool,
) -> int:
    """Asks the portal and prints.

    Args:
        model: Identifier or DOI.
        operation: ``cls`` or ``upper_limit``.
        parameters: Of the operation.
        patch: Name of one of the model's patches, or a file of JSON Patch.
        show: Prints an answer for people.
        as_json: Whether JSON is wanted.

    Returns:
        The exit code.
    """
    from demos_client.client import Client, inputs_of  # noqa: PLC0415

    given: Any = patch
    if patch is not None and Path(patch).is_file():
        given = json.loads(Path(patch).read_bytes())
    inputs = inputs_of(patch=given)

    def question() -> int:
        result = Client().model(model).run(operation, inputs, parameters)
        return _print(model, lists(result), parameters, show, as_json)

    return asked(question, model)


def _print(
    model: str, found: Answer, parameters: Answer, show: Callable[[Answer], None], as_json: bool
) -> int:
    status = "converged" if found["outcome"] == "ok" else found["outcome"]
    shown = {"file": model, **found, "engine": parameters["engine"], "status": status}
    if as_json:
        print_json(shown)
    elif found["outcome"] == "ok":
        show(shown)
    else:
        click.echo(plain(f"{model}: {found['outcome']}: {found.get('message') or ''}"), err=True)
    return FINE if found["outcome"] == "ok" else CANNOT
