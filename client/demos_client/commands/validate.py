# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos validate`."""

from __future__ import annotations

from pathlib import Path

import click
from demos_formats.errors import FormatError
from demos_formats.validation import AS
from demos_formats.validation import validate as judge

from demos_client.files import FILES_ARGUMENT, JSON_OPTION, READABLE, each, source
from demos_client.outcome import BAD, FINE, fail, plain, print_findings, print_json, worst


@click.command
@FILES_ARGUMENT
@click.option("--as", "format_", type=click.Choice(list(AS)), help="The format they must have.")
@click.option("--against", type=READABLE, help="The workspace that patches are meant for.")
@JSON_OPTION
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[str, ...],
    format_: str | None,
    against: str | None,
    as_json: bool,
) -> None:
    """Check FILES and say everything that is wrong with them.

    Without --as each file is checked as what it seems to be. Warnings leave a file valid.
    """
    base = None if against is None else source(against)
    ctx.exit(worst([_one(f, format_, base, as_json) for f in each(files, "Validating")]))


def _one(file: str, format_: str | None, against: bytes | Path | None, as_json: bool) -> int:
    try:
        verdict = judge(source(file), format_=AS[format_] if format_ else None, against=against)
    except FormatError as e:
        return fail(e, file, as_json=as_json)
    if as_json:
        print_json({"file": file} | verdict.to_dict())
    else:
        click.echo(plain(f"{file}: {'valid' if verdict.valid else 'not valid'} ({verdict.format})"))
        print_findings(verdict.findings, file)
    return FINE if verdict.valid else BAD
