# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""JSON Patches of pyhf workspaces: which parts they may touch, and applying them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from demos_formats import jsonpatch
from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf.validate import validate as validate_workspace
from demos_formats.schema import short

SECTIONS: Final = ("channels", "measurements", "observations", "version")
"""Parts of a workspace that a patch may touch."""


def is_patch(document: Any) -> bool:
    """Tells whether a document is meant as a JSON Patch.

    >>> is_patch([{"op": "remove", "path": "/channels/0"}]), is_patch([])
    (True, False)
    """
    return (
        isinstance(document, list)
        and bool(document)
        and all(isinstance(x, dict) and "op" in x and "path" in x for x in document)
    )


def validate(patch: Any, *, limits: Limits = DEFAULT) -> list[Finding]:
    """Finds what is wrong with a patch by itself.

    Args:
        patch: A parsed JSON document.
        limits: Caps.

    Returns:
        Errors of code ``schema_error``, ``invalid_patch`` or ``resource_limit``.
    """
    found = jsonpatch.check(patch, limits)
    if found:
        return found
    for i, operation in enumerate(patch):
        for key in ("path", "from"):
            path = operation.get(key, "/channels")
            if path.split("/")[1:2] not in [[s] for s in SECTIONS]:
                found.append(
                    error(
                        "invalid_patch",
                        pointer(i, key),
                        f"{short(path)} is no place in a workspace.",
                        f"A patch changes {', '.join('/' + s for s in SECTIONS)}.",
                    )
                )
    return found[: limits.findings]


def validate_against(
    patch: Any, workspace: Any, *, limits: Limits = DEFAULT
) -> tuple[list[Finding], Any]:
    """Finds what is wrong with a patch together with the workspace it is meant for.

    Args:
        patch: A parsed JSON document.
        workspace: A parsed JSON document.
        limits: Caps.

    Returns:
        The findings (those of the patched workspace with pointers into it), and the patched
        workspace, or None where the patch cannot be applied.
    """
    if found := validate(patch, limits=limits):
        return found, None
    try:
        patched = jsonpatch.apply_patch(workspace, patch, limits=limits)
    except FormatError as e:
        return list(e.findings), None
    return validate_workspace(patched, limits=limits), patched


def apply_patch(
    workspace: Any, patch: Sequence[dict[str, Any]], *, limits: Limits = DEFAULT
) -> Any:
    """Applies a patch to a workspace; the result is a valid workspace.

    Args:
        workspace: The workspace; it stays as it is.
        patch: The operations.
        limits: Caps.

    Returns:
        The patched workspace.

    Raises:
        FormatError: Where the patch is none, does not fit, or breaks the workspace.
    """
    found, patched = validate_against(patch, workspace, limits=limits)
    if errors := [f for f in found if f.severity == "error"]:
        raise FormatError(errors)
    return patched
