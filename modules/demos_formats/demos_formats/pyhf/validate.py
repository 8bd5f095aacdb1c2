# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Validation of pyhf documents: JSON Schema first, then what the schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import jsonschema_rs
import orjson

from demos_formats.findings import Finding, error, pointer
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf.semantics import BLINDED, check
from demos_formats.schema import shape_errors, short, to_finding

Kind = Literal["workspace", "patchset", "jsonpatch"]
VERSIONS: Final = ("1.0.0",)
"""Versions of pyhf's schema that are known."""
MODIFIERS: Final = (
    "histosys",
    "lumi",
    "normfactor",
    "normsys",
    "shapefactor",
    "shapesys",
    "staterror",
)
"""Modifier types of pyhf."""


def validate(document: Any, *, limits: Limits = DEFAULT) -> list[Finding]:
    """Finds everything that is wrong with a pyhf workspace.

    Args:
        document: A parsed JSON document.
        limits: ``findings`` caps the list.

    Returns:
        Errors of the schema; where the channels have the right shape, errors and warnings of
        the content too.
    """
    found = [_blinded(f, document) for f in schema_findings(document, "workspace", limits=limits)]
    if found and not _only_sections_missing(document, found):
        return found
    return [*found, *check(document, limits)]


def _blinded(finding: Finding, document: Any) -> Finding:
    """Say what can be asked of a workspace whose data are not there."""
    if isinstance(document, dict) and not document.get("observations"):
        missing = finding.pointer == "/observations" or '"observations"' in finding.message
        if missing:
            return replace(finding, hint=BLINDED)
    return finding


def _only_sections_missing(document: Any, found: list[Finding]) -> bool:
    """A model without data or measurements: its channels can still be checked."""
    return (
        isinstance(document, dict)
        and "channels" in document
        and all(f.pointer == "" for f in found)
    )


def schema_findings(document: Any, kind: Kind, *, limits: Limits = DEFAULT) -> list[Finding]:
    """Checks a document against pyhf's JSON Schema.

    Args:
        document: A parsed JSON document.
        kind: Which schema.
        limits: ``findings`` caps the list.

    Returns:
        Errors; empty for a document of the right shape.
    """
    found = _version(document) if kind != "jsonpatch" else []
    if found:
        return found
    for e in shape_errors(_validator(f"#/definitions/{kind}"), document):
        found.extend(_explain(e) if e.kind.name == "anyOf" else [to_finding(e)])
        if len(found) >= limits.findings:
            break
    return found


def _version(document: Any) -> list[Finding]:
    given = document.get("version", VERSIONS[0]) if isinstance(document, dict) else VERSIONS[0]
    if given in VERSIONS or not isinstance(given, str):
        return []
    return [
        error(
            "unsupported_version",
            "/version",
            f"Version {short(given)} of pyhf's format is not known.",
            f"Known: {', '.join(VERSIONS)}.",
        )
    ]


@cache
def _definitions() -> dict[str, Any]:
    text = files("demos_formats.pyhf").joinpath("schemas/pyhf-1.0.0.json").read_bytes()
    definitions: dict[str, Any] = orjson.loads(text)["definitions"]
    return definitions


@cache
def _validator(reference: str) -> jsonschema_rs.Draft6Validator:
    return jsonschema_rs.Draft6Validator({"$ref": reference, "definitions": _definitions()})


def _explain(e: jsonschema_rs.ValidationError) -> Iterator[Finding]:
    """Says what is wrong with a modifier by the schema of its own type."""
    modifier, at = e.instance, tuple(e.instance_path)
    type_ = modifier.get("type") if isinstance(modifier, dict) else None
    if "modifiers" not in at or type_ is None:
        yield to_finding(e)
    elif type_ not in MODIFIERS:
        yield error(
            "schema_error",
            pointer(*at, "type"),
            f"{short(type_)} is not a modifier type.",
            f"pyhf has {', '.join(MODIFIERS)}.",
        )
    else:
        for inner in _validator(f"#/definitions/modifier/{type_}").iter_errors(modifier):
            yield to_finding(inner, at)
