# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of HS3 dialects: one file says what a dialect reads and writes differently.

Every class of a module in this folder that is a :class:`~.base.Dialect` with a name is in the
table, and every class under the entry point group ``demos.dialects`` of an installed package.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from demos_formats.errors import FormatError
from demos_formats.findings import error
from demos_formats.hs3.dialects.base import Dialect

GROUP: Final = "demos.dialects"
"""Entry point group of dialects that other packages bring."""


class DialectConflictError(ValueError):
    """Two dialects claim the same name, or both read what nothing gives away."""


@cache
def dialects() -> Mapping[str, Dialect]:
    """Return every dialect that can be read, by name.

    Raises:
        DialectConflictError: Where two of them clash.

    >>> list(dialects())
    ['demos/1', 'pyhs3', 'root', 'root-2022', 'spec']
    """
    return table(kind() for kind in (*_own(), *_installed()))


def table(found: Iterable[Dialect]) -> dict[str, Dialect]:
    """Make a table of dialects, in the order of their names.

    Args:
        found: The dialects.

    Returns:
        The dialects by name.

    Raises:
        DialectConflictError: Where two have one name or one package, or not exactly one of them
            is the fallback.
    """
    made: dict[str, Dialect] = {}
    packages: dict[str, str] = {}
    for dialect in sorted(found, key=lambda d: d.name):
        if dialect.name in made:
            raise DialectConflictError(f"Two dialects are called {dialect.name!r}.")
        made[dialect.name] = dialect
        for package in dialect.packages:
            if packages.setdefault(package, dialect.name) != dialect.name:
                raise DialectConflictError(
                    f"The dialects {packages[package]!r} and {dialect.name!r} both say that the "
                    f"package {package!r} writes them."
                )
    fallbacks = [d.name for d in made.values() if d.fallback]
    if len(fallbacks) != 1:
        raise DialectConflictError(f"One dialect must be the fallback, here are {fallbacks}.")
    return made


def writable() -> tuple[str, ...]:
    """Return the names of the dialects that can be written for other readers.

    >>> writable()
    ('pyhs3', 'root', 'spec')
    """
    return tuple(n for n, d in dialects().items() if d.writable)


def find(name: str) -> Dialect:
    """Find a dialect.

    Args:
        name: Its name.

    Returns:
        The dialect.

    Raises:
        FormatError: For an unknown name.

    >>> find("root").title
    'HS3, dialect root'
    """
    if name not in dialects():
        known = ", ".join(dialects())
        raise FormatError(
            error("unsupported_type", "", f"Unknown HS3 dialect {name!r}.", f"Known: {known}.")
        )
    return dialects()[name]


def recognise(document: Mapping[str, Any]) -> str:
    """Name the dialect of an HS3 document.

    Args:
        document: A document for which :func:`demos_formats.hs3.is_hs3` holds.

    Returns:
        What the document itself says; else the dialect of the package that wrote it; else the one
        whose marks it has; else the fallback.

    >>> recognise({"metadata": {"hs3_version": "0.2", "packages": [{"name": "ROOT"}]}})
    'root'
    """
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    said = metadata.get("dialect")
    if isinstance(said, str) and said in dialects():
        return said
    ranked = sorted(dialects().values(), key=lambda d: -d.precedence)
    packages = metadata.get("packages")
    names = {
        str(p.get("name", "")).lower()
        for p in (packages if isinstance(packages, list) else ())
        if isinstance(p, Mapping)
    }
    by_package = (d.name for d in ranked if names & set(d.packages))
    by_marks = (d.name for d in ranked if d.marks(document))
    fallback = (d.name for d in ranked if d.fallback)
    return next(n for names in (by_package, by_marks, fallback) for n in names)


def _own() -> Iterator[type[Dialect]]:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for kind in vars(import_module(module.name)).values():
            own = isinstance(kind, type) and kind.__module__ == module.name
            if own and issubclass(kind, Dialect) and kind.name:
                yield kind


def _installed() -> Iterator[type[Dialect]]:
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        kind = point.load()
        if not (isinstance(kind, type) and issubclass(kind, Dialect) and kind.name == point.name):
            raise DialectConflictError(
                f"The entry point {point.name!r} ({point.value}) is no dialect of this name."
            )
        yield kind


__all__ = ["Dialect", "DialectConflictError", "dialects", "find", "recognise", "table", "writable"]
