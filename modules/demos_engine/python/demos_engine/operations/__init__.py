# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The questions that can be asked of a model: a table whose entries describe themselves.

An operation is one module of this folder with an ``OPERATION``, or an entry point of the group
``demos.operations`` that names one. Requests, JSON Schemas, commands, the worker and the
documentation ask the table. Nothing here imports the engine itself.

>>> operations()["cls"].parameters["mu"].aliases
('test_poi', 'poi_test')
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

from demos_engine.operations.base import (
    LONG,
    SHORT,
    Answer,
    Operation,
    Parameter,
    Question,
    Table,
)
from demos_engine.operations.canonical import RequestError, canonical

GROUP: Final = "demos.operations"
"""Entry points of other packages' operations."""

DEFAULT: Final = "cls"
"""What a request without an operation asks of a HistFactory model."""


class OperationClash(ValueError):
    """Two operations have one name, or one command."""


def _ours() -> Iterable[tuple[str, Operation]]:
    for module in pkgutil.iter_modules(__path__):
        found = getattr(import_module(f"{__name__}.{module.name}"), "OPERATION", None)
        if isinstance(found, Operation):
            yield f"{__name__}.{module.name}", found


def _others() -> Iterable[tuple[str, Operation]]:
    for point in entry_points(group=GROUP):
        yield point.value, point.load()


def table(found: Iterable[tuple[str, Operation]]) -> Mapping[str, Operation]:
    """Build the table.

    Args:
        found: Where each operation comes from, and the operation.

    Returns:
        The operations by name, sorted.

    Raises:
        OperationClash: Two have one name or one command.
    """
    named: dict[str, tuple[str, Operation]] = {}
    commands: dict[str, str] = {}
    for home, operation in found:
        for what, other in (
            (operation.name, named.get(operation.name, ("",))[0]),
            (operation.command_name, commands.get(operation.command_name, "")),
        ):
            if other:
                raise OperationClash(f"{home} and {other} both define {what!r}")
        named[operation.name] = (home, operation)
        commands[operation.command_name] = home
    return MappingProxyType({name: named[name][1] for name in sorted(named)})


@cache
def operations() -> Mapping[str, Operation]:
    """Return all operations by name, those of other packages included.

    Returns:
        The table.

    Raises:
        OperationClash: Two have one name or one command.
    """
    return table([*_ours(), *_others()])


__all__ = [
    "DEFAULT",
    "GROUP",
    "LONG",
    "SHORT",
    "Answer",
    "Operation",
    "OperationClash",
    "Parameter",
    "Question",
    "RequestError",
    "Table",
    "canonical",
    "operations",
    "table",
]
