# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos diff`."""

from __future__ import annotations

from typing import Any

import click
from demos_formats.diff import compare
from demos_formats.document import load
from demos_formats.findings import FormatError

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
            ([c.kind, c.path, _short(c.old), _short(c.new)] for c in difference.changes),
            "Changes",
        )
    else:
        click.echo("The models are equal.")
    ctx.exit(FINE if difference.equal else BAD)


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
