# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Options of the command made of what operations say about their parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click
from demos_engine.operations import Operation, Parameter

from demos_client.files import READABLE

Option = Callable[[Callable[..., None]], Callable[..., None]]


def parameter_options(operation: Operation) -> Iterator[Option]:
    """Yield an option for every parameter that a command may give.

    Args:
        operation: Whose parameters.

    Yields:
        Decorators; the value arrives as ``parameter_NAME``, None where it was not given.
    """
    for name, parameter in reversed(list(operation.parameters.items())):
        flag = parameter.option if parameter.option is not None else f"--{name.replace('_', '-')}"
        if not flag:
            continue
        schema, about = parameter.schema, _help(parameter)
        words = (flag, f"parameter_{name}")
        if parameter.read is not None:
            yield click.option(*words, multiple=True, help=about)
        elif schema.get("type") == "boolean":
            yield click.option(*words, is_flag=True, default=None, help=about)
        else:
            yield click.option(*words, type=_type(schema), help=about)


def _help(parameter: Parameter) -> str:
    text: str = parameter.schema["description"]
    default = parameter.schema.get("default")
    if parameter.read is not None or default in (None, False):
        return text
    return f"{text} [default: {default}]"


def _type(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return click.Choice(schema["enum"])
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if schema.get("type") == "integer":
        return click.IntRange(low, high)
    if schema.get("type") == "number":
        opened = ("exclusiveMinimum" in schema, "exclusiveMaximum" in schema)
        return click.FloatRange(low, high, *opened)
    return click.STRING


def model_options() -> tuple[Option, ...]:
    """Return the options that say which model is meant; every inference command has them."""
    return (
        click.option(
            "--interpolation",
            metavar="CODES|FILE",
            help="Such as normsys=code1,histosys=code0, or a file of pyhf's modifier_settings.",
        ),
        click.option(
            "--bounds", multiple=True, metavar="NAME=LO,HI", help="Bounds of a parameter."
        ),
        click.option("--fix", multiple=True, metavar="NAME=VALUE", help="Hold a parameter."),
        click.option("--poi", help="Parameter of interest instead of the measurement's."),
        click.option("--measurement", help="Which measurement; the first if not given."),
        click.option("--patchset", type=READABLE, help="The patchset that --patch names one of."),
        click.option(
            "--patch",
            metavar="NAME|POINT|FILE",
            help="A patch of the patchset by its name or its point such as 900,300, or a file of "
            "JSON Patch.",
        ),
    )
