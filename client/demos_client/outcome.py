# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How a command ends: exit codes, and findings shown to the user."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import click
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import Finding

FINE: Final = 0
BAD: Final = 1
USAGE: Final = 2
CANNOT: Final = 3


def exit_code(error: FormatError) -> int:
    """Gives the exit code of a failure."""
    return CANNOT if isinstance(error, RefusedError) else BAD


def worst(codes: Iterable[int]) -> int:
    """Gives the exit code of several files: bad input before what cannot be done.

    >>> worst([0, 3, 1]), worst([0, 3]), worst([])
    (1, 3, 0)
    """
    found = set(codes)
    return next((code for code in (USAGE, BAD, CANNOT) if code in found), FINE)


def print_json(value: Any) -> None:
    """Prints one JSON value on a line of its own."""
    click.echo(json.dumps(value, allow_nan=False))


def print_findings(findings: Iterable[Finding], file: str = "") -> None:
    """Prints findings to the standard error, one a line."""
    for finding in findings:
        click.echo(plain(f"{file}: {finding}" if file else str(finding)), err=True)


def fail(error: FormatError, file: str, *, as_json: bool) -> int:
    """Shows why one file failed.

    Args:
        error: The failure.
        file: The file's name.
        as_json: Whether the answer is one JSON object.

    Returns:
        The exit code.
    """
    if as_json:
        shown = [f.to_dict() for f in error.findings]
        print_json({"file": file, "valid": False, "findings": shown})
    else:
        print_findings(error.findings, file)
    return exit_code(error)


def plain(text: str) -> str:
    r"""Makes a text harmless for a terminal: names in a file may hold escape sequences.

    >>> plain("a\x1b[31mb\tc")
    'a\\x1b[31mb\tc'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def report_crash(error: Exception) -> None:
    """Tells the user about an error that nobody foresaw, or that the machine caused."""
    if isinstance(error, MemoryError):
        message = "resource_limit: there is not enough memory for this input"
    elif isinstance(error, OSError):
        message = f"cannot read or write: {error}"
    else:
        message = (
            f"unexpected {type(error).__name__}: {error}. Please report this; "
            "DEMOS_DEBUG=1 shows more"
        )
    click.echo(plain(f"demos: {message}."), err=True)


def lists(value: Any) -> Any:
    """Turns arrays back into JSON; what is not a number is null."""
    if isinstance(value, dict):
        return {k: lists(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        return lists(value.tolist())
    if isinstance(value, list):
        return [lists(v) for v in value]
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN
