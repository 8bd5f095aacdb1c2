# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The commands that ask a model: one for each operation of the engine's table.

Each takes files, which are computed here, and models of a portal, which the portal computes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import click
from demos_engine.operations import Operation, RequestError, canonical, operations
from demos_engine.operations.canonical import LEVEL

from demos_client.asking import local, portal
from demos_client.asking.choice import Choice, targets
from demos_client.asking.options import Option, model_options, parameter_options
from demos_client.asking.show import finish
from demos_client.files import JSON_OPTION, each
from demos_client.outcome import worst


@cache
def command_of(operation: Operation) -> click.Command:
    """Build the command of an operation from what it says about itself.

    Args:
        operation: The operation.

    Returns:
        The command.
    """

    def asks(files: tuple[str, ...], as_json: bool, level: object, **given: Any) -> None:
        if level is not None:
            raise click.UsageError(LEVEL.replace("confidence_level", "--confidence-level"))
        choice = Choice.gather(given)
        parameters = _parameters(operation, given)

        def asking(file: str) -> Callable[[], dict[str, Any]]:
            ask = portal.ask if portal.model_of(file) else local.ask
            return lambda: ask(operation, file, choice, parameters)

        found = each(files, "Computing")
        codes = [finish(operation, file, asking(file), as_json) for file in found]
        click.get_current_context().exit(worst(codes))

    asks.__doc__ = (
        f"{operation.description}\n\nFILES are models on this machine, or models of the portal "
        "that you are signed in to (by identifier, DOI or address), which are computed there."
    )
    run: Callable[..., None] = asks
    options: tuple[Option, ...] = (
        JSON_OPTION,
        click.option("--level", hidden=True),
        *parameter_options(operation),
        *model_options(),
    )
    for option in options:
        run = option(run)
    files = click.argument("files", nargs=-1, required=True, callback=targets)
    return click.command(operation.command_name)(files(run))


def _parameters(operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
    """Return the canonical parameters of what was given on the command line."""
    found = {}
    for name, parameter in operation.parameters.items():
        value = given.get(f"parameter_{name}")
        if value is None or value == ():
            continue
        try:
            found[name] = value if parameter.read is None else parameter.read(value)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=name) from error
    missing = [name for name in operation.required if name not in found]
    if missing:
        option = operation.parameters[missing[0]].option or f"--{missing[0]}"
        raise click.UsageError(f"{operation.command_name} needs {option}.")
    try:
        return canonical(operation, found)
    except RequestError as error:
        raise click.UsageError(error.message) from error


def __getattr__(name: str) -> click.Command:
    """Return the command of this name."""
    for operation in operations().values():
        if operation.command_name == name:
            return command_of(operation)
    raise AttributeError(name)
