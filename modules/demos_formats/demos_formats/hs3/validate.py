# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Validation of HS3 documents: JSON Schema first, then what the schema cannot say."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jsonschema_rs
import orjson

from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import Finding, error, pointer, warning
from demos_formats.hs3.canonical import to_canonical
from demos_formats.hs3.dialects import find, recognise
from demos_formats.hs3.semantics import check
from demos_formats.limits import DEFAULT, Limits
from demos_formats.schema import shape_errors, short, to_findings
from demos_formats.version import DEMOS_VERSION, HS3_VERSION

_VERSIONS: Final = re.compile(r"0\.1\.90|0\.2(\.\d+)?")


def validate(
    document: Any, *, limits: Limits = DEFAULT, dialect: str | None = None
) -> list[Finding]:
    """Finds everything that is wrong with an HS3 document.

    Args:
        document: A parsed JSON document.
        limits: ``findings`` caps the list.
        dialect: How to read it; None detects the dialect.

    Returns:
        Errors of the schema; where there are none, errors and warnings of the content.
    """
    found = _shape(document, limits) or _block(document, limits)
    if found:
        return found
    read_as = find(dialect or recognise(document))
    found = [*_metadata(document), *check(document, read_as)]
    if not any(f.severity == "error" for f in found):
        # Contradicting constraints show when they are written out one by one.
        try:
            to_canonical(document, read_as)
        except RefusedError as e:
            found += [replace(f, severity="warning") for f in e.findings]
        except FormatError as e:
            found += e.findings
    return found[: limits.findings]


@cache
def _validator() -> jsonschema_rs.Draft7Validator:
    text = (files("demos_formats.hs3") / "schemas" / "hs3-0.2.json").read_bytes()
    return jsonschema_rs.Draft7Validator(orjson.loads(text))


def _shape(document: Any, limits: Limits) -> list[Finding]:
    return to_findings(shape_errors(_validator(), document), limits.findings)


@cache
def _block_validator() -> jsonschema_rs.Draft202012Validator:
    """Checks what a conversion remembers, also in HS3 that was written for other tools."""
    folder = files("demos_formats.demos") / "schemas" / DEMOS_VERSION
    schema = orjson.loads((folder / "demos-document.json").read_bytes())
    block = schema["properties"]["misc"]["properties"]["demos"]
    kept = {k: v for k, v in block.items() if k != "required"}
    return jsonschema_rs.Draft202012Validator(
        {"properties": {"misc": {"type": "object", "properties": {"demos": kept}}}}
    )


def _block(document: dict[str, Any], limits: Limits) -> list[Finding]:
    if "misc" not in document:
        return []
    held = {"misc": document["misc"]}
    return to_findings(shape_errors(_block_validator(), held), limits.findings)


def _metadata(document: dict[str, Any]) -> list[Finding]:
    metadata = document.get("metadata")
    if metadata is None:
        message = "The document does not say which version of HS3 it is."
        if "ROOT_internal" in (document.get("misc") or {}):
            return [
                warning(
                    "schema_error",
                    pointer("metadata"),
                    message,
                    f"The first writers of ROOT left it out; read as HS3 {HS3_VERSION}.",
                )
            ]
        return [error("schema_error", "", message, "Add metadata.hs3_version.")]
    version = metadata.get("hs3_version")
    if version is None:
        return [
            warning(
                "schema_error",
                pointer("metadata"),
                f"The document does not say its version of HS3; it is read as {HS3_VERSION}.",
                "Add metadata.hs3_version.",
            )
        ]
    if _VERSIONS.fullmatch(version):
        return []
    return [
        error(
            "unsupported_version",
            "/metadata/hs3_version",
            f"Version {short(version)} of HS3 is not known.",
            "Known: 0.1.90 and 0.2.x.",
        )
    ]
