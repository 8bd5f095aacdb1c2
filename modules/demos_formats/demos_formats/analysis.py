# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Everything that the portal wants to know about some bytes, in one call that never raises."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from demos_formats import formats, parse
from demos_formats.archives import Opened, open_content, walk
from demos_formats.archives.budget import Budget
from demos_formats.archives.stream import Stream, read_all
from demos_formats.detect import Format, detect, guess
from demos_formats.document import Source, contents
from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf.digest import digest


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known about a file.

    Args:
        name: The file's name, as given.
        format: ``pyhf``, ``pyhf-patchset``, ``json-patch``, ``hs3``, ``demos``, ``pallet`` or
            ``unknown``. A text that is no JSON document has the format it is probably meant as.
        sha256: Of the bytes, hexadecimal.
        size: Number of bytes.
        findings: What is wrong.
        kind: ``histfactory`` or ``hs3`` for a model without errors, otherwise None.
        dialect: HS3 dialect of ``hs3`` and ``demos``, otherwise None.
        version: Version of the format that the document declares, or None.
        digest: Of the content, whatever its indentation or compression
            (``demos_formats.pyhf.digest``); None for what is no JSON document.
        structure: What is inside; None where there are errors or nothing to describe.
        members: What is inside a pallet; members of no known format are left out.
        compressed: Whether the file holds one document under a compression.
    """

    name: str | None
    format: Format
    sha256: str
    size: int
    findings: tuple[Finding, ...]
    kind: str | None = None
    dialect: str | None = None
    version: str | None = None
    digest: str | None = None
    structure: dict[str, Any] | None = None
    members: tuple[Member, ...] = ()
    compressed: bool = False

    @property
    def valid(self) -> bool:
        """No error, and a model, a patch, a patch set or a pallet."""
        return self.format != "unknown" and all(f.severity != "error" for f in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Gives the analysis as a JSON object."""
        return {
            "name": self.name,
            "format": self.format,
            "kind": self.kind,
            "dialect": self.dialect,
            "version": self.version,
            "sha256": self.sha256,
            "size": self.size,
            "digest": self.digest,
            "structure": self.structure,
            "findings": [f.to_dict() for f in self.findings],
            "valid": self.valid,
            "members": [m.to_dict() for m in self.members],
            "compressed": self.compressed,
        }


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a pallet.

    Args:
        path: Its path; ``outer.tgz!/inner.json`` inside an archive of an archive.
        analysis: What is known about it.
    """

    path: str
    analysis: Analysis

    def to_dict(self) -> dict[str, Any]:
        """Gives the member as a JSON object."""
        return {"path": self.path, "analysis": self.analysis.to_dict()}


def analyse(data: Source, *, name: str | None = None, limits: Limits = DEFAULT) -> Analysis:
    """Detect, check and describe a file, whatever is in it.

    Args:
        data: The path of a file, its bytes, a text, or a parsed document.
        name: The file's name, to be repeated in the answer; it decides nothing.
        limits: Caps.

    Returns:
        The analysis; bad content gives findings, not exceptions.

    Raises:
        OSError: Where the file cannot be read.

    >>> analyse(b"%PDF-1.7").format
    'unknown'
    >>> [str(f) for f in analyse(b'{"channels": [').findings]
    ['error parse_error at /channels/0: The text ends too early, at line 1, column 15: ...']
    """
    held = contents(data)
    if isinstance(held, bytes):
        return _Analyser(BytesIO(held), len(held), name, limits).run()
    path = Path(held)
    with path.open("rb") as file:
        return _Analyser(file, path.stat().st_size, name or path.name, limits).run()


class _Analyser:
    def __init__(self, file: IO[bytes], size: int, name: str | None, limits: Limits) -> None:
        self.file, self.size, self.name, self.limits = file, size, name, limits
        self.sha256 = _sha256(file)
        file.seek(0)

    def run(self) -> Analysis:
        budget = Budget(self.limits, self.size)
        try:
            opened = open_content(Stream(self.file.read), budget)
            if opened.kind == "document":
                data = read_all(opened.stream, self.limits.document_bytes)
                if data is None:
                    return self.too_large()
                return replace(self.document(data), compressed=opened.compressed)
        except FormatError as e:
            return self.answer("unknown", e.findings)
        return self.pallet(opened, budget)

    def answer(self, format_: Format, findings: Iterable[Finding], **known: Any) -> Analysis:
        return Analysis(
            name=self.name,
            format=format_,
            sha256=self.sha256,
            size=self.size,
            findings=tuple(findings),
            **known,
        )

    def too_large(self) -> Analysis:
        return self.answer(
            "unknown",
            [
                error(
                    "resource_limit",
                    "",
                    f"The document has more than {self.limits.document_bytes} bytes.",
                )
            ],
        )

    def document(self, data: bytes) -> Analysis:
        try:
            document = parse.loads(data, limits=self.limits)
        except FormatError as e:
            return self.answer(guess(data), _of_no_json(data) or e.findings)
        format_ = detect(document)
        findings = formats.validate(document, format_, self.limits)
        good = all(f.severity != "error" for f in findings)
        structure = formats.structure(document, format_) if good else None
        return self.answer(
            format_,
            findings,
            kind=formats.kind(structure, format_),
            dialect=formats.dialect(document, format_),
            version=formats.version(document, format_),
            digest=digest(document),
            structure=structure,
        )

    def pallet(self, opened: Opened, budget: Budget) -> Analysis:
        findings: list[Finding] = []
        members: list[Member] = []
        try:
            for entry in walk(opened, self.file, budget):
                if entry.finding:
                    findings.append(entry.finding)
                elif entry.data is not None:
                    name = entry.path.rpartition("/")[2]
                    inner = _Analyser(BytesIO(entry.data), len(entry.data), name, self.limits)
                    analysis = inner.document(entry.data)
                    if analysis.format != "unknown":
                        members.append(Member(entry.path, analysis))
                if len(findings) >= self.limits.findings:
                    break
        except FormatError as e:
            findings.extend(e.findings)
        if not members and not findings:
            findings.append(error("wrong_format", "", "No file in this archive is a model."))
        return self.answer("pallet" if members else "unknown", findings, members=tuple(members))


def _sha256(file: IO[bytes]) -> str:
    total = hashlib.sha256()
    while chunk := file.read(1 << 20):
        total.update(chunk)
    return total.hexdigest()


def _of_no_json(data: bytes) -> list[Finding]:
    """What to say about bytes that were never meant as JSON."""
    if not data.strip() or data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in b"{[":
        return []
    return [error("parse_error", "", "Neither a JSON document nor a readable archive.")]
