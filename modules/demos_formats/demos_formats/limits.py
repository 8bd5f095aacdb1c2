# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How much of an input is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 254
"""Levels of nesting of a JSON document; what the JSON writer can write. Real models have 12."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one input; everything over a cap is a ``resource_limit`` finding.

    Args:
        document_bytes: Size of one JSON document, decompressed.
        values: Values (numbers, strings, objects, lists ...) of one JSON document.
        containers: Objects and lists of one JSON document.
        patches: Patches of one patch set.
        operations: Operations of one JSON Patch.
        archive_entries: Members of one archive, nested ones included.
        archive_bytes: Decompressed size of one archive, all members and nested ones.
        ratio: Decompressed over compressed size, judged beyond ``ratio_floor_bytes``.
        ratio_floor_bytes: Decompressed size below which the ratio does not matter.
        archive_depth: Archives inside archives; a compressed tar is one.
        nested_zip_bytes: Size of a zip inside another archive; it is held in memory.
        name_chars: Characters of a member's path.
        findings: Findings reported for one document.
    """

    document_bytes: int = 64 << 20
    values: int = 10_000_000
    containers: int = 2_000_000
    patches: int = 20_000
    operations: int = 10_000
    archive_entries: int = 10_000
    archive_bytes: int = 1 << 30
    ratio: int = 400
    ratio_floor_bytes: int = 32 << 20
    archive_depth: int = 4
    nested_zip_bytes: int = 128 << 20
    name_chars: int = 1024
    findings: int = 200


DEFAULT: Final = Limits()
"""The caps that the command and the portal use."""
