# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos combine`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import orjson
from demos_engine import Model, ModelError
from demos_engine.combining import combined_workspace
from demos_formats.convert import convert_pyhf_to_demos
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import error
from demos_formats.inference import Prepared, prepare

from demos_client.files import JSON_OPTION, OUT_OPTION, READABLE, source, write
from demos_client.outcome import FINE, fail, print_findings, print_json

BY_NAME = "by-name"


@click.command
@click.argument("files", nargs=-1, required=True, type=READABLE)
@click.option(
    "--correlate",
    metavar="by-name|none|FILE",
    default=BY_NAME,
    show_default=True,
    help="Parameters of one name are one; or all but that of interest are told apart; or a file "
    "of JSON says which are shared: name to list of [model number from 0, parameter].",
)
@click.option(
    "--channels",
    type=click.Choice(["refuse", "rename"]),
    default="refuse",
    show_default=True,
    help="What becomes of a channel name that stands in several models.",
)
@OUT_OPTION
@JSON_OPTION
@click.pass_context
def combine(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    correlate: str,
    channels: str,
    out: str | None,
    as_json: bool,
) -> None:
    """Combine the models FILES into one: the product of their likelihoods.

    The parameter of interest is shared. The result is a pyhf workspace, or a DEMOS document where
    the models are interpolated otherwise than pyhf does by default.
    """
    if len(files) < 2:
        raise click.UsageError("A combination has two models or more.")
    if as_json and out is None:
        raise click.UsageError("--json needs --output: the model itself goes there.")
    shared = _correlation(correlate)
    loaded = []
    codes: dict[str, Any] = {}
    for file in files:
        try:
            prepared = prepare(source(file))
            print_findings(prepared.findings, file)
            loaded.append(_model(prepared, codes))
        except FormatError as e:
            ctx.exit(fail(e, file, as_json=as_json))
    try:
        whole = combined_workspace(loaded, correlate=shared, channels=channels)
        made = Model.load(whole, **{kind: one["interpcode"] for kind, one in codes.items()})
    except ModelError as e:
        refused = FormatError(error(e.code, e.pointer, e.message))
        ctx.exit(fail(refused, " and ".join(files), as_json=as_json))
    _finish(whole, made, codes, out)
    if as_json:
        about = {"channels": list(made.channels), "parameters": list(made.parameter_names)}
        print_json({"file": out, "models": list(files), "poi": made.poi, **about})
    ctx.exit(FINE)


def _correlation(given: str) -> Any:
    if given in (BY_NAME, "none"):
        return given
    try:
        found = json.loads(Path(given).read_bytes())
        return {
            str(name): [(int(n), str(p)) for n, p in members] for name, members in found.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as e:
        message = f"--correlate {given} is neither by-name, none nor a file of a mapping: {e}"
        raise click.UsageError(message) from None


def _model(prepared: Prepared, codes: dict[str, Any]) -> Model:
    """Load a model as a workspace; ``codes`` are those of the models before it."""
    workspace, settings = prepared.pyhf()
    if codes and settings != codes:
        message = f"Its interpolation is {settings}, that of the models before it {codes}."
        raise RefusedError(error("cannot_convert", "", message))
    codes.update(settings)
    return Model.load(workspace, **{kind: one["interpcode"] for kind, one in settings.items()})


def _finish(whole: dict[str, Any], made: Model, codes: dict[str, Any], out: str | None) -> None:
    plain = made.interpolation == {"normsys": "code4", "histosys": "code4p"}
    document = whole if plain else convert_pyhf_to_demos(whole, settings=codes)
    write(orjson.dumps(document).decode() + "\n", out)
