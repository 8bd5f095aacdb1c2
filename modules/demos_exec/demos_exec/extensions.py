# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Find what comes in kinds: one file in a folder here, or an entry point of another package."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any, Protocol


class ExtensionClash(ValueError):
    """Two extensions of one kind have the same name."""


class Named(Protocol):
    """What can stand in a table.

    Attributes:
        name: as in requests, in answers and in the database.
        rank: the lowest one is taken where none is named; 100 for what comes from elsewhere.
    """

    name: str
    rank: int


def table_of(found: Iterable[tuple[str, Any]]) -> Mapping[str, Any]:
    """Make the table of what was found, in the order of rank and name.

    Args:
        found: where each was found, and the extension.

    Returns:
        Name to extension.

    Raises:
        ExtensionClash: if two have one name.
    """
    places: dict[str, str] = {}
    table: dict[str, Any] = {}
    for place, extension in sorted(found, key=lambda one: (one[1].rank, one[1].name)):
        if extension.name in table:
            both = f"{places[extension.name]} and {place}"
            raise ExtensionClash(f"{extension.name!r} is the name of two extensions: {both}.")
        places[extension.name], table[extension.name] = place, extension
    return MappingProxyType(table)


def discover(package: str, attribute: str, group: str) -> Mapping[str, Any]:
    """Find the extensions of one kind.

    Args:
        package: the package whose modules offer them.
        attribute: the attribute of a module that offers one.
        group: the group of entry points by which other packages offer theirs.

    Returns:
        Name to extension, in the order of rank and name.

    Raises:
        ExtensionClash: if two have one name.
    """
    found = []
    for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        extension = getattr(import_module(module.name), attribute, None)
        if extension is not None:
            found.append((module.name, extension))
    found += [(point.value, point.load()) for point in entry_points(group=group)]
    return table_of(found)
