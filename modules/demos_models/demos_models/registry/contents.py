# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The contents of a file: what an analysis says of it, or of each member of a pallet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MODEL_FORMATS = frozenset({"pyhf", "hs3", "demos"})
"""Formats of documents that are models."""

RECOGNISED_FORMATS = MODEL_FORMATS | {"pyhf-patchset", "json-patch", "pallet"}
"""Formats whose errors are errors of a model deposit."""

COMPRESSIONS = frozenset({"gz", "bz2", "xz"})
"""Endings of file names that say how a file is compressed."""


@dataclass(frozen=True)
class FileContent:
    """One content of a file.

    Args:
        key: the file's name in its deposit or at its host.
        member: the path within the pallet, the name without the compression for one
            document that is compressed, None for a plain file.
        format: ``pyhf``, ``hs3``, ``demos``, ``pyhf-patchset``, ``json-patch``,
            ``pallet`` or ``unknown``.
        kind: ``histfactory`` or ``hs3`` for a model.
        valid: whether it has no finding that is an error.
        structure: channels, modifiers, patches and their counts.
        findings: errors and warnings with their places.
        digest: the canonical digest of a model.
        sha256: of the document's own bytes.
        size: bytes of the document.
        dialect: the format's dialect, if it has several.
    """

    key: str
    member: str | None
    format: str
    kind: str | None
    valid: bool
    structure: Mapping[str, Any] | None
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    digest: str | None = None
    sha256: str | None = None
    size: int | None = None
    dialect: str | None = None

    @property
    def is_model(self) -> bool:
        """Whether this is a model that can be registered."""
        return self.format in MODEL_FORMATS and self.valid and bool(self.digest)

    @property
    def is_patchset(self) -> bool:
        """Whether this is a usable set of patches."""
        return self.format == "pyhf-patchset" and self.valid

    @property
    def applies_to(self) -> str | None:
        """The digest of the model that a patch set applies to."""
        return (self.structure or {}).get("applies_to_digest") if self.is_patchset else None

    @property
    def errors(self) -> list[Mapping[str, Any]]:
        """The findings that are errors."""
        return [f for f in self.findings if f.get("severity") == "error"]

    @property
    def place(self) -> str:
        """The file's name, with the member's path in a pallet."""
        return f"{self.key}#{self.member}" if self.member else self.key


def _one(key: str, member: str | None, result: Mapping[str, Any]) -> FileContent:
    return FileContent(
        key=key,
        member=member,
        format=result.get("format") or "unknown",
        kind=result.get("kind"),
        valid=bool(result.get("valid")),
        structure=result.get("structure"),
        findings=list(result.get("findings") or ()),
        digest=result.get("digest"),
        sha256=result.get("sha256"),
        size=result.get("size"),
        dialect=result.get("dialect"),
    )


def _unpacked(key: str, result: Mapping[str, Any]) -> str | None:
    """Name the document in a file that is nothing but a compression of it."""
    if not result.get("compressed") or not result.get("valid"):
        return None
    stem, dot, suffix = key.rpartition("/")[2].rpartition(".")
    return stem if dot and stem and suffix.lower() in COMPRESSIONS else f"{stem}{dot}{suffix}"


def contents_of(key: str, result: Mapping[str, Any]) -> list[FileContent]:
    """Return the contents that an analysis is about, as one flat list.

    Args:
        key: the file's name.
        result: ``Analysis.to_dict()``.

    Returns:
        The file's one content, or the pallet followed by those of its members that were recognised.

    >>> member = {"path": "a/b.json", "analysis": {"format": "pyhf", "valid": True}}
    >>> [u.place for u in contents_of("p.tgz", {"format": "pallet", "members": [member]})]
    ['p.tgz', 'p.tgz#a/b.json']
    >>> [u.member for u in contents_of("m.json.gz", member["analysis"] | {"compressed": True})]
    ['m.json']
    """
    contents = [_one(key, _unpacked(key, result), result)]
    for member in result.get("members") or ():
        if member["analysis"].get("format") in RECOGNISED_FORMATS:
            contents.append(_one(key, member["path"], member["analysis"]))
    return contents


def problems_of(contents: Iterable[FileContent]) -> list[dict[str, Any]]:
    """Say what keeps files from being published as a model.

    Errors of recognised documents always count. What is not recognised counts only
    when there is no valid model beside it: a model deposit may hold a read-me.

    Args:
        contents: all contents of a deposit's files.

    Returns:
        ``[{"field", "messages"}]``; empty when the deposit holds a model and no errors.

    >>> problems_of([])[0]["field"]
    'files.entries'
    >>> bad = {"format": "pyhf", "valid": False, "findings": [
    ...     {"code": "schema", "severity": "error", "pointer": "/channels", "message": "empty"}]}
    >>> problems_of(contents_of("m.json", bad))
    [{'field': 'files.entries.m.json', 'messages': ['schema at /channels: empty']}]
    """
    contents = list(contents)
    has_model = any(c.is_model for c in contents)
    problems = [
        {"field": f"files.entries.{c.place}", "messages": [message_of(f) for f in c.errors]}
        for c in contents
        if c.errors and (c.format in RECOGNISED_FORMATS or not has_model)
    ]
    if not has_model and not problems:
        problems.append(
            {
                "field": "files.entries",
                "messages": [
                    "A deposit of resource type 'model' needs at least one file that is a valid "
                    "HistFactory (pyhf) or HS3 model. Choose 'model-container' or 'model-other' "
                    "for a model without such a file."
                ],
            }
        )
    return problems


def message_of(finding: Mapping[str, Any]) -> str:
    """Give a finding as one line with its code and its place.

    >>> message_of({"code": "json", "pointer": "", "message": "truncated"})
    'json at the top level: truncated'
    """
    place = finding.get("pointer") or "the top level"
    message = f"{finding['code']} at {place}: {finding.get('message', '')}"
    return f"{message} {finding['hint']}" if finding.get("hint") else message
