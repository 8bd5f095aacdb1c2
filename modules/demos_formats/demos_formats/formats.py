# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What can be asked of a parsed document, whatever its format."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, cast

from demos_formats.detect import Format, detect
from demos_formats.findings import Finding, error, pointer, warning
from demos_formats.limits import DEFAULT, Limits
from demos_formats.version import HS3_VERSION

_MODULES: Final[dict[str, str]] = {
    "pyhf": "demos_formats.pyhf",
    "pyhf-patchset": "demos_formats.pyhf.patchset",
    "json-patch": "demos_formats.pyhf.patches",
    "hs3": "demos_formats.hs3",
    "demos": "demos_formats.demos",
}
DESCRIPTIONS: Final[dict[str, str]] = {
    "pyhf": "a pyhf workspace",
    "pyhf-patchset": "a pyhf patch set",
    "json-patch": "a JSON Patch",
    "hs3": "an HS3 document",
    "demos": "a DEMOS document",
    "pallet": "an archive",
    "unknown": "of no known format",
}
"""Each format in a sentence."""


def validate(document: Any, format_: Format, limits: Limits = DEFAULT) -> list[Finding]:
    """Finds what is wrong with a document of a format.

    Args:
        document: A parsed JSON document.
        format_: The format that it is meant to have.
        limits: ``findings`` caps the list.

    Returns:
        The findings; a single ``wrong_format`` for a document of another format.
    """
    seen = detect(document)
    if format_ == "unknown":
        return [
            error(
                "wrong_format",
                "",
                "A JSON document, but neither a pyhf workspace, patch set or patch, nor HS3, "
                "nor a DEMOS document.",
            )
        ]
    if seen not in (format_, "unknown") and (seen, format_) != ("demos", "hs3"):
        return [
            error(
                "wrong_format",
                "",
                f"This is {DESCRIPTIONS[seen]}, not {DESCRIPTIONS[format_]}.",
            )
        ]
    found = cast(list[Finding], import_module(_MODULES[format_]).validate(document))
    return [*found, *_synthetic_axes(document, format_)][: limits.findings]


def _synthetic_axes(document: Any, format_: Format) -> list[Finding]:
    """Says which axes a conversion from pyhf made up."""
    if format_ not in ("hs3", "demos") or not isinstance(document, dict):
        return []
    block: Any = document
    for key in ("misc", "demos", "synthetic_axes"):
        block = block.get(key) if isinstance(block, dict) else None
    if not isinstance(block, list) or not block:
        return []
    return [
        warning(
            "synthetic_axis",
            pointer("misc", "demos", "synthetic_axes"),
            f"The edges of {len(block)} axes count bins; the pyhf workspace has no bin edges.",
        )
    ]


def structure(document: Any, format_: Format) -> dict[str, Any] | None:
    """Describes a document that has no error.

    Args:
        document: A parsed JSON document.
        format_: Its format.

    Returns:
        The structure as the format's module describes it; None for a format without one.
    """
    module = import_module(_MODULES[format_]) if format_ in _MODULES else None
    if not hasattr(module, "structure"):
        return None
    return cast(dict[str, Any], cast(Any, module).structure(document))


def version(document: Any, format_: Format) -> str | None:
    """Return the version of the format that a document declares, or in which HS3 is read.

    >>> version({"version": "1.0.0"}, "pyhf")
    '1.0.0'
    """
    if not isinstance(document, dict):
        return None
    metadata, misc = document.get("metadata"), document.get("misc")
    block = misc.get("demos") if isinstance(misc, dict) else None
    holder, key = {
        "hs3": (metadata, "hs3_version"),
        "demos": (block, "demos_version"),
    }.get(format_, (document, "version"))
    found = holder.get(key) if isinstance(holder, dict) else None
    if found is None and format_ == "hs3":
        return HS3_VERSION  # what the reader takes for a document that does not say
    return found if isinstance(found, str) else None


def dialect(document: Any, format_: Format) -> str | None:
    """Gives the HS3 dialect that a document is written in; None for other formats."""
    if format_ not in ("hs3", "demos"):
        return None
    from demos_formats.hs3.dialects import recognise  # noqa: PLC0415 - only where needed

    return recognise(document)


def kind(structure_: dict[str, Any] | None, format_: Format) -> str | None:
    """Tells the kind of model from its structure.

    >>> kind({"channels": []}, "hs3"), kind({"distributions": {}}, "hs3"), kind({}, "json-patch")
    ('histfactory', 'hs3', None)
    """
    if structure_ is None or format_ not in ("pyhf", "hs3", "demos"):
        return None
    return "histfactory" if "channels" in structure_ else "hs3"
