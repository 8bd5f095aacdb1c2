# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos diff`."""

from __future__ import annotations

from typing import Any

import click
from demos_formats.difference import Change
from demos_formats.difference import diff as compare
from demos_formats.document import load
from demos_formats.errors import FormatError
from demos_formats.schema import cut

from demos_client.files import JSON_OPTION, READABLE, source
from demos_client.outcome import BAD, FINE, fail, print_json
from demos_client.tables import print_table


@click.command
@click.argument("first", type=READABLE)
@click.argument("second", type=READABLE)
@JSON_OPTION
@click.pass_context
def diff(ctx: click.Context, first: str, second: str, as_json: bool) -> None:
    """Say what the models FIRST and SECOND differ in.

    Parts are matched by name. Models of different formats are compared as DEMOS documents. Exit
    code 0 says that they are equal, 1 that they are not.
    """
    documents = []
    for file in (first, second):
        try:
            documents.append(load(source(file)))
        except FormatError as e:
            ctx.exit(fail(e, file, as_json=as_json))
    try:
        difference = compare(*documents)
    except FormatError as e:
        ctx.exit(fail(e, f"{first} and {second}", as_json=as_json))
    if as_json:
        print_json(difference.to_dict())
    elif difference.changes:
        print_table(
            ["change", "where", "from", "to"],
            ([c.kind, c.path, *_cells(c)] for c in difference.changes),
            "Changes",
        )
    else:
        click.echo("The models are equal.")
    ctx.exit(FINE if difference.equal else BAD)


def _cells(change: Change) -> tuple[str, str]:
    """Shows both sides of a change; of long lists of numbers, the bins that differ."""
    old, new = change.old, change.new
    if not (isinstance(old, list) and isinstance(new, list) and len(old) == len(new) > 4):
        return _short(old), _short(new)
    bins = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    return (
        _short(", ".join(f"bin {i}: {old[i]}" for i in bins)),
        _short(", ".join(f"bin {i}: {new[i]}" for i in bins)),
    )


def _short(value: Any) -> str:
    return "" if value is None else cut(str(value), 60)
