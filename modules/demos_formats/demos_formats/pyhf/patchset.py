# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""pyhf patch sets: the signals of a scan as named patches of one background-only workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from demos_formats import jsonpatch
from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf import patches
from demos_formats.pyhf.digest import ALGORITHMS, digest
from demos_formats.pyhf.validate import schema_findings
from demos_formats.schema import short


def is_patchset(document: Any) -> bool:
    """Tells whether a document is meant as a patch set.

    >>> is_patchset({"patches": [], "metadata": {}, "version": "1.0.0"})
    True
    """
    return isinstance(document, dict) and isinstance(document.get("patches"), list)


def validate(document: Any, *, limits: Limits = DEFAULT) -> list[Finding]:
    """Finds everything that is wrong with a patch set by itself.

    Args:
        document: A parsed JSON document.
        limits: Caps.

    Returns:
        Errors; empty for a good patch set.
    """
    if is_patchset(document) and len(document["patches"]) > limits.patches:
        return [
            error(
                "resource_limit",
                "/patches",
                f"The set has {len(document['patches'])} patches, more than the "
                f"{limits.patches} allowed.",
            )
        ]
    if found := schema_findings(document, "patchset", limits=limits):
        return found
    labels = document["metadata"]["labels"]
    names: dict[str, int] = {}
    points: dict[tuple[Any, ...], int] = {}
    for i, item in enumerate(document["patches"]):
        name, values = item["metadata"]["name"], item["metadata"]["values"]
        at = ("patches", i, "metadata")
        if names.setdefault(name, i) != i:
            found.append(
                error(
                    "duplicate_name",
                    pointer(*at, "name"),
                    f"The patch {short(name)} exists already at /patches/{names[name]}.",
                )
            )
        if points.setdefault(tuple(values), i) != i:
            found.append(
                error(
                    "duplicate_name",
                    pointer(*at, "values"),
                    f"The point {short(values)} exists already at "
                    f"/patches/{points[tuple(values)]}.",
                )
            )
        if len(values) != len(labels):
            found.append(
                error(
                    "length_mismatch",
                    pointer(*at, "values"),
                    f"{len(values)} values for {len(labels)} labels.",
                )
            )
        found.extend(
            _inside(f, pointer("patches", i, "patch"))
            for f in patches.validate(item["patch"], limits=limits)
        )
        if len(found) >= limits.findings:
            break
    return found[: limits.findings]


def validate_against(document: Any, workspace: Any, *, limits: Limits = DEFAULT) -> list[Finding]:
    """Finds what is wrong with a patch set together with its workspace.

    Args:
        document: A parsed JSON document.
        workspace: The background-only workspace.
        limits: Caps.

    Returns:
        Errors of the set itself, then a ``digest_mismatch`` per digest that differs, then a
        ``patch_conflict`` per patch that does not fit.
    """
    if found := validate(document, limits=limits) or verify(document, workspace):
        return found
    for i, item in enumerate(document["patches"]):
        try:
            jsonpatch.apply_patch(workspace, item["patch"], limits=limits)
        except FormatError as e:
            found.extend(_inside(f, pointer("patches", i, "patch")) for f in e.findings)
        if len(found) >= limits.findings:
            break
    return found


def verify(patchset: Mapping[str, Any], workspace: Any) -> list[Finding]:
    """Compares the digests that a patch set declares with those of a workspace.

    Args:
        patchset: A valid patch set.
        workspace: The workspace.

    Returns:
        One error per digest that differs.
    """
    found = []
    for algorithm, declared in patchset["metadata"]["digests"].items():
        if algorithm in ALGORITHMS and digest(workspace, algorithm) != declared.lower():
            found.append(
                error(
                    "digest_mismatch",
                    pointer("metadata", "digests", algorithm),
                    f"The patches are made for a workspace with {algorithm} {declared}, "
                    f"this one has {digest(workspace, algorithm)}.",
                    "Use the workspace that was published together with the patch set.",
                )
            )
    return found


def patchset_patches(patchset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lists the patches of a valid patch set.

    Args:
        patchset: The document.

    Returns:
        ``name`` and ``values`` of each patch, in the order of the document.
    """
    return [
        {"name": p["metadata"]["name"], "values": p["metadata"]["values"]}
        for p in patchset["patches"]
    ]


def entry(patchset: Mapping[str, Any], key: str | Sequence[Any]) -> dict[str, Any]:
    """Gives one patch with its metadata.

    Args:
        patchset: A valid patch set.
        key: The patch's name, or its point as a list of values.

    Returns:
        ``metadata`` and ``patch``.

    Raises:
        FormatError: ``unresolved_reference`` for a patch that the set does not have.
    """
    candidates: list[dict[str, Any]] = patchset["patches"]
    for candidate in candidates:
        metadata = candidate["metadata"]
        if metadata["name"] == key or (
            not isinstance(key, str) and metadata["values"] == list(key)
        ):
            return candidate
    names = ", ".join(p["name"] for p in patchset_patches(patchset)[:5])
    raise FormatError(
        error(
            "unresolved_reference",
            "/patches",
            f"No patch is called {short(key)}.",
            f"There are {len(patchset['patches'])}: {names} ...",
        )
    )


def structure(patchset: Mapping[str, Any]) -> dict[str, Any]:
    """Describes a valid patch set.

    Args:
        patchset: The document.

    Returns:
        ``patches`` (name, values), ``labels``, ``applies_to_digest`` (the SHA-256 of the
        workspace, or None), ``description`` and ``references``.
    """
    metadata = patchset["metadata"]
    return {
        "patches": patchset_patches(patchset),
        "labels": metadata["labels"],
        "applies_to_digest": metadata["digests"].get("sha256"),
        "description": metadata["description"],
        "references": metadata["references"],
    }


def _inside(f: Finding, prefix: str) -> Finding:
    return Finding(f.code, f.severity, prefix + f.pointer, f.message, f.hint)
