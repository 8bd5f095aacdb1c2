# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of HS3 dialects: one file says what a dialect reads and writes differently."""

from __future__ import annotations

from typing import Final

from demos_formats.findings import FormatError, error
from demos_formats.hs3.dialects.base import Dialect
from demos_formats.hs3.dialects.canonical import Canonical
from demos_formats.hs3.dialects.pyhs3 import PyHS3
from demos_formats.hs3.dialects.root import Root, Root2022
from demos_formats.hs3.dialects.spec import Spec

DIALECTS: Final[dict[str, Dialect]] = {
    d.name: d for d in (Root(), PyHS3(), Spec(), Root2022(), Canonical())
}
"""Every dialect that can be read, by name."""
WRITABLE: Final = tuple(n for n, d in DIALECTS.items() if d.writable)
"""Dialects that can be written for other readers."""


def find(name: str) -> Dialect:
    """Finds a dialect.

    Args:
        name: Its name.

    Returns:
        The dialect.

    Raises:
        FormatError: For an unknown name.

    >>> find("root").name
    'root'
    """
    if name not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise FormatError(
            error("unsupported_type", "", f"Unknown HS3 dialect {name!r}.", f"Known: {known}.")
        )
    return DIALECTS[name]


__all__ = ["DIALECTS", "WRITABLE", "Dialect", "find"]
