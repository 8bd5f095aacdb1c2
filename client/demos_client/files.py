# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Files named on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from demos_formats.errors import FormatError
from demos_formats.findings import error
from demos_formats.limits import DEFAULT

READABLE: Final = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
"""A file that is there, or `-`."""
WRITABLE: Final = click.Path(dir_okay=False, writable=True)
"""A file to be written."""
JSON_OPTION = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per file on a line of its own."
)
FILES_ARGUMENT = click.argument("files", nargs=-1, required=True, type=READABLE)
OUT_OPTION = click.option(
    "-o", "--output", "out", type=WRITABLE, help="Write to this file instead of standard output."
)


def source(file: str) -> bytes | Path:
    """Gives what the formats read from: the path, or the bytes of the standard input.

    Raises:
        FormatError: ``resource_limit`` for an endless standard input.
    """
    if file != "-":
        return Path(file)
    data = sys.stdin.buffer.read(DEFAULT.archive_bytes + 1)
    if len(data) > DEFAULT.archive_bytes:
        raise FormatError(
            error("resource_limit", "", f"More than {DEFAULT.archive_bytes} bytes of input.")
        )
    return data


def each(files: Sequence[str], label: str) -> Iterator[str]:
    """Goes through files, with a progress bar where there are several and somebody looks.

    Args:
        files: Their names.
        label: What is being done.

    Yields:
        Each name.
    """
    if len(files) > 1 and sys.stderr.isatty() and not sys.stdout.isatty():
        with click.progressbar(files, label=label, file=sys.stderr) as bar:
            yield from bar
    else:
        yield from files


@contextmanager
def working(label: str) -> Iterator[None]:
    """Shows that something is going on, where somebody looks."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - slow, and only for a terminal

    with Console(stderr=True).status(label):
        yield


def write(text: str, out: str | None) -> None:
    """Writes a document to a file, or to the standard output."""
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        Path(out).write_text(text, encoding="utf-8")
