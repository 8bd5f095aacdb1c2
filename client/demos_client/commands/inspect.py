# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos inspect`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from demos_formats.errors import FormatError
from demos_formats.findings import Finding
from demos_formats.inspection import inspect as describe

from demos_client.files import FILES_ARGUMENT, JSON_OPTION, each, source
from demos_client.outcome import BAD, FINE, fail, plain, print_findings, print_json, worst
from demos_client.tables import print_table


@click.command
@FILES_ARGUMENT
@JSON_OPTION
@click.pass_context
def inspect(ctx: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Say what FILES are and what is in them.

    Tells the format by content, and lists channels, samples, modifiers, parameters, measurements,
    the points of a patch set, and the files of an archive.
    """
    ctx.exit(worst([_one(file, as_json) for file in each(files, "Inspecting")]))


def _one(file: str, as_json: bool) -> int:
    try:
        found = describe(source(file), name=file)
    except FormatError as e:
        return fail(e, file, as_json=as_json)
    if as_json:
        print_json(found)
    else:
        _show(found)
        print_findings((Finding(**f) for f in found["findings"]), file)
    bad = any(f["severity"] == "error" for f in found["findings"])
    return BAD if bad else FINE


def _show(found: dict[str, Any]) -> None:
    click.echo(plain(f"{found['file']}: {_headline(found)}"))
    for member in found.get("members", ()):
        click.echo(plain(f"  {member['path']}: {_headline(member)}"))
    structure = found["structure"] or {}
    if "channels" in structure:
        _histfactory(structure)
    elif "patches" in structure:
        print_table(
            ["patch", *structure["labels"]],
            ([p["name"], *p["values"]] for p in structure["patches"]),
            "Patches",
        )
    elif structure:
        print_table(["what", "type", "count"], _counts(structure), "Contents")


def _headline(found: dict[str, Any]) -> str:
    parts = [found["format"], found["version"], found["kind"], found["dialect"]]
    size = f"{found['bytes']} bytes"
    digest = f"digest {found['digest'][:16]}" if found["digest"] else ""
    return ", ".join(str(p) for p in (*parts, size, digest) if p)


def _histfactory(structure: dict[str, Any]) -> None:
    things = ("channel", "bin", "sample", "parameter")
    click.echo(", ".join(_count(structure[f"n_{thing}s"], thing) for thing in things))
    print_table(
        ["channel", "bins", "samples"],
        ([c["name"], c["bins"], ", ".join(c["samples"])] for c in structure["channels"]),
        "Channels",
    )
    print_table(["modifier", "count"], structure["modifiers"].items(), "Modifiers")
    print_table(
        ["measurement", "parameter of interest", "defined"],
        (
            [m["name"], m["poi"] or "(none)", "yes" if m["poi_defined"] else "no"]
            for m in structure["measurements"]
        ),
        "Measurements",
    )


def _count(number: int, thing: str) -> str:
    """Name a number of things.

    >>> _count(1, "channel"), _count(2, "bin")
    ('1 channel', '2 bins')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _counts(structure: dict[str, Any]) -> Iterator[list[object]]:
    for what, value in structure.items():
        if isinstance(value, dict):
            yield from ([what, type_, count] for type_, count in value.items())
        else:
            yield [what, "", value]
