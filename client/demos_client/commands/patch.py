# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos patch`: signals as JSON Patches of a workspace."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final, cast

import click
from demos_formats.analysis import analyse
from demos_formats.document import load, read_json
from demos_formats.errors import FormatError
from demos_formats.patching import apply, operations, patch_set, workspace
from demos_formats.pyhf import patchset
from demos_formats.signals import read_signal, signal_patch, signal_template, write_template

from demos_client.files import JSON_OPTION, OUT_OPTION, READABLE, source, write
from demos_client.outcome import BAD, FINE, fail, print_findings, print_json
from demos_client.tables import print_table

SYNTAXES: Final = ("csv", "json", "yaml")


@click.group
def patch() -> None:
    """List, apply, make and verify patches that put a signal into a workspace."""


def _guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Turns what a command raises into findings and an exit code."""

    @click.pass_context
    def run(ctx: click.Context, /, **options: Any) -> None:
        try:
            code = command(**options)
        except FormatError as e:
            shown = options.get("patch") or options.get("patches") or options.get("model")
            code = fail(e, str(shown or "-"), as_json=options.get("as_json", False))
        ctx.exit(code)

    return cast(Callable[..., None], update_wrapper(run, command))


@patch.command("list")
@click.argument("patches", metavar="PATCHSET", type=READABLE)
@JSON_OPTION
@_guarded
def list_(patches: str, as_json: bool) -> int:
    """List the patches of PATCHSET with their points in the plane of its labels."""
    found = patchset.structure(patch_set(load(source(patches))))
    if as_json:
        print_json({"file": patches} | found)
    else:
        print_table(
            ["patch", *found["labels"]],
            ([p["name"], *p["values"]] for p in found["patches"]),
            found["description"],
        )
    return FINE


@patch.command("apply")
@click.argument("base", metavar="WORKSPACE", type=READABLE)
@click.argument("patch", metavar="PATCH", type=READABLE)
@click.option("--name", help="Which patch of a patch set: its name, or its point as 900,300.")
@OUT_OPTION
@_guarded
def apply_(base: str, patch: str, name: str | None, out: str | None) -> int:
    """Apply PATCH, a JSON Patch or one of a patch set, to WORKSPACE."""
    patched = apply(load(source(base)), load(source(patch)), name).workspace
    write(json.dumps(patched, indent=1, ensure_ascii=False), out)
    return FINE


@patch.command
@click.argument("patches", metavar="PATCHSET", type=READABLE)
@click.argument("name")
@OUT_OPTION
@_guarded
def extract(patches: str, name: str, out: str | None) -> int:
    """Take the patch called NAME (or at the point 900,300) out of PATCHSET."""
    found = operations(load(source(patches)), name)
    write(json.dumps(found, indent=1, ensure_ascii=False), out)
    return FINE


@patch.command
@click.argument("base", metavar="WORKSPACE", type=READABLE)
@click.argument("patches", metavar="PATCHSET", type=READABLE)
@JSON_OPTION
@_guarded
def verify(base: str, patches: str, as_json: bool) -> int:
    """Check that PATCHSET was made for WORKSPACE: digests, and that each patch fits."""
    found = patchset.validate_against(load(source(patches)).content, workspace(load(source(base))))
    valid = not found
    if as_json:
        shown = [f.to_dict() for f in found]
        print_json({"file": patches, "valid": valid, "findings": shown})
    else:
        click.echo("The patch set fits the workspace." if valid else "It does not fit.")
        print_findings(found, patches)
    return FINE if valid else BAD


@patch.command
@click.argument("model", metavar="MODEL", type=READABLE)
@click.option("--format", "syntax", type=click.Choice(SYNTAXES), default="yaml", show_default=True)
@OUT_OPTION
@_guarded
def template(model: str, syntax: str, out: str | None) -> int:
    """Write an empty signal for MODEL: every channel and bin, to be filled in."""
    analysis = analyse(source(model))
    if not analysis.valid:
        raise FormatError(analysis.findings)
    made = signal_template(analysis.structure)
    write(write_template(made, cast(Any, syntax)), out)
    return FINE


@patch.command
@click.argument("base", metavar="WORKSPACE", type=READABLE)
@click.argument("patch", metavar="SIGNAL", type=READABLE)
@click.option("--poi", help="Parameter that scales the signal.")
@OUT_OPTION
@_guarded
def make(base: str, patch: str, poi: str | None, out: str | None) -> int:
    """Make a JSON Patch of WORKSPACE from SIGNAL: yields per channel in CSV, YAML or JSON."""
    signal = read_signal(read_json(source(patch)))
    found = signal_patch(
        workspace(load(source(base))),
        signal["sample"],
        signal["yields"],
        signal.get("systematics"),
        poi=poi or signal.get("poi"),
    )
    write(json.dumps(found, indent=1, ensure_ascii=False), out)
    return FINE
