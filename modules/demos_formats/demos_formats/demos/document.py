# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What can be asked of a DEMOS document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

from demos_formats import hs3
from demos_formats.findings import Finding, error
from demos_formats.limits import DEFAULT, Limits
from demos_formats.schema import shape_errors, short, to_findings
from demos_formats.version import DEMOS_VERSION, DIALECT


def is_demos(document: object) -> bool:
    """Tells whether a parsed document is a DEMOS document.

    >>> is_demos({"metadata": {"dialect": "demos/1"}, "misc": {"demos": {}}})
    True
    """
    if not isinstance(document, Mapping):
        return False
    metadata, misc = document.get("metadata"), document.get("misc")
    return (
        isinstance(metadata, Mapping)
        and metadata.get("dialect") == DIALECT
        and isinstance(misc, Mapping)
        and isinstance(misc.get("demos"), Mapping)
    )


@cache
def schema() -> dict[str, Any]:
    """Gives the JSON Schema of DEMOS documents."""
    path = files("demos_formats.demos") / "schemas" / DEMOS_VERSION / "demos-document.json"
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema())


def validate(document: Any, *, limits: Limits = DEFAULT) -> list[Finding]:
    """Finds everything that is wrong with a DEMOS document.

    Args:
        document: A parsed JSON document.
        limits: ``findings`` caps the list.

    Returns:
        Errors of its JSON Schema; where there are none, those of HS3.
    """
    if not is_demos(document):
        return [
            error(
                "wrong_format",
                "",
                "This is not a DEMOS document.",
                f"It says metadata.dialect {DIALECT!r} and has misc.demos.",
            )
        ]
    version = document["misc"]["demos"].get("demos_version")
    if version != DEMOS_VERSION and isinstance(version, str):
        return [
            error(
                "unsupported_version",
                "/misc/demos/demos_version",
                f"Version {short(version)} of DEMOS documents is not known.",
                f"Known: {DEMOS_VERSION}.",
            )
        ]
    if found := to_findings(shape_errors(_validator(), document), limits.findings):
        return found
    return hs3.validate(document, limits=limits)


def structure(document: Mapping[str, Any]) -> dict[str, Any]:
    """Describes a valid DEMOS document, as :func:`demos_formats.hs3.structure` does."""
    return hs3.structure(document)
