# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos convert`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson
from demos_formats.convert import (
    convert_demos_to_hs3,
    convert_demos_to_pyhf,
    convert_hs3_to_demos,
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
)
from demos_formats.document import Document, load
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import error
from demos_formats.formats import DESCRIPTIONS
from demos_formats.hs3.dialects import writable
from demos_formats.patching import Applied, apply

from demos_client.files import (
    FILES_ARGUMENT,
    JSON_OPTION,
    READABLE,
    WRITABLE,
    each,
    source,
    working,
)
from demos_client.outcome import FINE, fail, print_json, worst

TARGETS = click.Choice(["demos", "hs3", "pyhf"])
DIALECTS = click.Choice(writable())


@dataclass(frozen=True, slots=True)
class _Wish:
    to: str
    dialect: str
    clipped: bool
    patch: str | None
    patchset: str | None
    codes: dict[str, Any] | None
    measurement: str | None


@click.command
@FILES_ARGUMENT
@click.option("--to", type=TARGETS, required=True, help="The format to write.")
@click.option(
    "--dialect", type=DIALECTS, default="root", show_default=True, help="Which HS3 to write."
)
@click.option(
    "--clipped",
    is_flag=True,
    help="Dialect root: leave negative templates to ROOT, which clips them.",
)
@click.option("--patch", help="A signal: a JSON Patch file, or its name in --patchset.")
@click.option("--patchset", type=READABLE, help="The patch set that --patch is in.")
@click.option(
    "--interpolation",
    type=READABLE,
    help="pyhf's modifier_settings of a pyhf source; code4 and code4p if not given.",
)
@click.option("--measurement", help="Which measurement a pyhf workspace starts from.")
@click.option(
    "-o", "--output", "out", type=click.Path(), help="File to write, or folder for several."
)
@click.option(
    "--settings", type=WRITABLE, help="Write the modifier_settings of a pyhf result to this file."
)
@click.option("--pretty", is_flag=True, help="Indent what is written.")
@JSON_OPTION
@click.pass_context
def convert(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    to: str,
    dialect: str,
    clipped: bool,
    patch: str | None,
    patchset: str | None,
    interpolation: str | None,
    measurement: str | None,
    out: str | None,
    settings: str | None,
    pretty: bool,
    as_json: bool,
) -> None:
    """Convert FILES between pyhf, HS3 and DEMOS documents.

    What the target format cannot say is refused with exit code 3 and one finding per reason.
    """
    folder = out is not None and Path(out).is_dir()
    if len(files) > 1 and out is not None and not folder:
        raise click.UsageError("With several files, --output is a folder that exists.")
    if settings is not None and (to != "pyhf" or len(files) > 1):
        raise click.UsageError("--settings goes with --to pyhf and a single file.")
    if patchset is not None and patch is None:
        raise click.UsageError("--patchset needs --patch NAME.")
    try:
        codes = load(source(interpolation)).content if interpolation else None
    except FormatError as e:
        ctx.exit(fail(e, str(interpolation), as_json=as_json))
    wish = _Wish(to, dialect, clipped, patch, patchset, codes, measurement)
    outcomes = []
    for file in each(files, "Converting"):
        target = str(Path(str(out)) / _name(file, to)) if folder else out
        outcomes.append(
            _one(file, wish, out=target, settings=settings, pretty=pretty, as_json=as_json)
        )
    ctx.exit(worst(outcomes))


def _one(
    file: str, wish: _Wish, *, out: str | None, settings: str | None, pretty: bool, as_json: bool
) -> int:
    try:
        with working(f"Converting {file}"):
            document, codes = _convert(load(source(file)), wish)
    except FormatError as e:
        return fail(e, file, as_json=as_json)
    _write(document, out, pretty)
    if settings is not None:
        _write(codes, settings, pretty)
    if as_json and out is not None:
        print_json({"file": file, "to": wish.to, "output": out, "findings": []})
    return FINE


def _convert(document: Document, wish: _Wish) -> tuple[Any, Any]:
    """Gives the converted document, and the modifier_settings where it is a workspace."""
    applied = _patched(document, wish)
    content = applied.workspace if applied else document.content
    if document.format == "pyhf":
        content = convert_pyhf_to_demos(
            content,
            settings=wish.codes,
            patch=applied.metadata if applied else None,
            sha256=document.sha256,
        )
    elif document.format == "hs3" and wish.to == "pyhf":
        return convert_hs3_to_pyhf(content, measurement=wish.measurement)
    elif document.format == "hs3":
        content = convert_hs3_to_demos(content, sha256=document.sha256)
    elif document.format == "unknown":
        raise FormatError(error("wrong_format", "", "A JSON document, but no model."))
    elif document.format != "demos":
        described = DESCRIPTIONS[document.format]
        raise RefusedError(
            error(
                "cannot_convert",
                "",
                f"This is {described}; a pyhf workspace, HS3 and DEMOS documents convert.",
            )
        )
    if wish.to == "pyhf":
        return convert_demos_to_pyhf(content, measurement=wish.measurement)
    if wish.to == "hs3":
        return convert_demos_to_hs3(content, dialect=wish.dialect, clipped=wish.clipped), None
    return content, None


def _patched(document: Document, wish: _Wish) -> Applied | None:
    if wish.patch is None:
        return None
    if document.format != "pyhf":
        raise RefusedError(
            error("cannot_convert", "", "A patch changes a pyhf workspace, and this is none.")
        )
    if wish.patchset is not None:
        return apply(document, load(source(wish.patchset)), wish.patch)
    if wish.patch != "-" and not Path(wish.patch).is_file():
        raise click.UsageError(
            f"--patch {wish.patch} is no file; a name needs --patchset FILE to be found in."
        )
    return apply(document, load(source(wish.patch)))


def _write(document: Any, out: str | None, pretty: bool) -> None:
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    text = orjson.dumps(document, option=option)
    if out is None or out == "-":
        sys.stdout.buffer.write(text)
    else:
        Path(out).write_bytes(text)


def _name(file: str, to: str) -> str:
    """Names a file of a folder: `a.json` becomes `a.demos.json`.

    >>> _name("models/a.hs3.json", "pyhf"), _name("-", "demos")
    ('a.pyhf.json', 'stdin.demos.json')
    """
    stem = Path(file).name if file != "-" else "stdin"
    for end in (".gz", ".json", ".hs3", ".demos", ".pyhf"):
        stem = stem.removesuffix(end)
    return f"{stem}.{to}.json"
