# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Patches and patch sets as files: which one is meant, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demos_formats import formats
from demos_formats.detect import Format
from demos_formats.document import Document
from demos_formats.errors import FormatError
from demos_formats.findings import error
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf import patchset
from demos_formats.pyhf.patches import apply_patch
from demos_formats.schema import short


def workspace(document: Document, *, limits: Limits = DEFAULT) -> Any:
    """Gives the content of a document that is a valid workspace.

    Raises:
        FormatError: For any other.
    """
    return _valid(document, "pyhf", limits)


def patch_set(document: Document, *, limits: Limits = DEFAULT) -> Any:
    """Gives the content of a document that is a valid patch set.

    Raises:
        FormatError: For any other.
    """
    return _valid(document, "pyhf-patchset", limits)


def operations(
    document: Document, name: str | None = None, *, limits: Limits = DEFAULT
) -> list[dict[str, Any]]:
    """Gives the operations that a file means.

    Args:
        document: A JSON Patch, or a patch set.
        name: Which patch of a set: its name, or its point such as ``900,300``; a set of a single
            patch needs none.
        limits: Caps.

    Returns:
        A JSON Patch.

    Raises:
        FormatError: Where the document is not valid, or has no such patch.
    """
    if document.format == "json-patch":
        patch: list[dict[str, Any]] = _valid(document, "json-patch", limits)
        return patch
    found: list[dict[str, Any]] = _entry(document, name, limits)["patch"]
    return found


@dataclass(frozen=True, slots=True)
class Applied:
    """A workspace with a patch applied.

    Args:
        workspace: The patched workspace, which is valid.
        metadata: ``name``, ``values`` and ``labels`` of a patch from a set; None for another.
    """

    workspace: Any
    metadata: dict[str, Any] | None


def apply(
    base: Document, document: Document, name: str | None = None, *, limits: Limits = DEFAULT
) -> Applied:
    """Applies a patch, or one of a patch set, to a workspace.

    Args:
        base: The workspace.
        document: A JSON Patch, or a patch set; the digests of a set must be those of the workspace.
        name: As in :func:`operations`.
        limits: Caps.

    Returns:
        The patched workspace.

    Raises:
        FormatError: Where something is not valid or does not fit.
    """
    content = workspace(base, limits=limits)
    if document.format == "json-patch":
        patch = operations(document, limits=limits)
        return Applied(apply_patch(content, patch, limits=limits), None)
    entry = _entry(document, name, limits)
    if found := patchset.verify(document.content, content):
        raise FormatError(found)
    metadata = {
        "name": entry["metadata"]["name"],
        "values": entry["metadata"]["values"],
        "labels": document.content["metadata"]["labels"],
    }
    return Applied(apply_patch(content, entry["patch"], limits=limits), metadata)


def _entry(document: Document, name: str | None, limits: Limits) -> Any:
    patches = patch_set(document, limits=limits)
    names = [p["name"] for p in patchset.patchset_patches(patches)]
    if name is None and len(names) > 1:
        raise FormatError(
            error(
                "unresolved_reference",
                "/patches",
                f"The set has {len(names)} patches: say which one by its name.",
                f"Such as {short(names[0])}.",
            )
        )
    if name is None:
        return patches["patches"][0]
    return patchset.entry(patches, name if name in names else _point(patches, name))


def _valid(document: Document, format_: Format, limits: Limits) -> Any:
    found = formats.validate(document.content, format_, limits)
    if errors := [f for f in found if f.severity == "error"]:
        raise FormatError(errors)
    return document.content


def _point(patches: Any, text: str) -> Any:
    """Gives the values of the point that a text such as ``900,300`` names, or the text."""
    wanted = [part.strip() for part in text.strip("()[] ").split(",")]
    for patch in patchset.patchset_patches(patches):
        if len(patch["values"]) == len(wanted) and all(map(_equal, patch["values"], wanted)):
            return patch["values"]
    return text


def _equal(value: str | float, text: str) -> bool:
    if isinstance(value, str):
        return value == text
    try:
        return float(text) == value
    except ValueError:
        return False
