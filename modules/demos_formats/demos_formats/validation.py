# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Whether a file can be used, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from demos_formats import formats
from demos_formats.analysis import analyse
from demos_formats.detect import Format, guess
from demos_formats.document import Source, contents, load, read_json
from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf import patches, patchset

AS: Final[dict[str, Format]] = {
    "pyhf": "pyhf",
    "hs3": "hs3",
    "demos": "demos",
    "patchset": "pyhf-patchset",
    "json-patch": "json-patch",
}
"""What a file can be validated as."""


@dataclass(frozen=True, slots=True)
class Validation:
    """The verdict on one file.

    Args:
        format: The format it was judged by.
        findings: What is wrong; of a pallet, of all its members.
        members: The member that each finding is about, where it is one.
    """

    format: Format
    findings: tuple[Finding, ...]
    members: tuple[str | None, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether there is no error."""
        return all(f.severity != "error" for f in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Gives the verdict as a JSON object."""
        members = self.members or (None,) * len(self.findings)
        return {
            "valid": self.valid,
            "format": self.format,
            "findings": [
                f.to_dict() | ({"member": member} if member else {})
                for f, member in zip(self.findings, members, strict=True)
            ],
        }


def validate(
    source: Source,
    *,
    format_: Format | None = None,
    against: Source | None = None,
    limits: Limits = DEFAULT,
) -> Validation:
    """Check a file.

    Args:
        source: The path of a file, its bytes, a text, or a parsed document.
        format_: The format it must have; None takes the one that it seems to have.
        against: The workspace that a patch or patch set is meant for.
        limits: Caps.

    Returns:
        The verdict.

    Raises:
        FormatError: Where ``against`` is no valid workspace.
        OSError: Where a file cannot be read.

    >>> validate(b"[1", format_="pyhf").valid
    False
    """
    if format_ is None and against is None:
        return _as_it_is(source, limits)
    workspace = None if against is None else _workspace(against, limits)
    try:
        document = load(source, limits=limits)
    except FormatError as e:
        return Validation(format_ or _guessed(source, limits), e.findings)
    format_ = format_ or document.format
    found = formats.validate(document.content, format_, limits)
    if against is not None and all(f.severity != "error" for f in found):
        found = _together(document.content, format_, workspace, limits)
    return Validation(format_, tuple(found))


def _as_it_is(source: Source, limits: Limits) -> Validation:
    analysis = analyse(source, limits=limits)
    found: list[tuple[Finding, str | None]] = [(f, None) for f in analysis.findings]
    for member in analysis.members:
        found.extend((f, member.path) for f in member.analysis.findings)
    return Validation(
        analysis.format, tuple(f for f, _ in found), tuple(member for _, member in found)
    )


def _guessed(source: Source, limits: Limits) -> Format:
    try:
        return guess(read_json(contents(source), limits=limits))
    except FormatError:
        return "unknown"


def _workspace(source: Source, limits: Limits) -> Any:
    document = load(source, limits=limits)
    found = formats.validate(document.content, "pyhf", limits)
    if errors := [f for f in found if f.severity == "error"]:
        raise FormatError(errors)
    return document.content


def _together(document: Any, format_: Format, workspace: Any, limits: Limits) -> list[Finding]:
    if format_ == "json-patch":
        return patches.validate_against(document, workspace, limits=limits)[0]
    if format_ == "pyhf-patchset":
        return patchset.validate_against(document, workspace, limits=limits)
    return [
        error(
            "wrong_format",
            "",
            f"This is {formats.DESCRIPTIONS[format_]}; only a patch or a patch set can be "
            "checked against a workspace.",
        )
    ]
