# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``demos/1``: the dialect of DEMOS documents, with every convention written out."""

from __future__ import annotations

from typing import Any, ClassVar

from demos_formats.hs3.dialects.base import At, Dialect, Json, Writing
from demos_formats.version import DIALECT


class Canonical(Dialect):
    """Absolute uncertainties and templates, codes in pyhf's names, explicit constraints."""

    name: ClassVar[str] = DIALECT
    title: ClassVar[str] = "DEMOS"
    purpose: ClassVar[str] = "Every convention written out, with provenance."
    alpha_constraint: ClassVar[str | None] = None

    def write_modifier(self, m: Json, at: At, out: Writing) -> dict[str, Any]:
        """Writes a canonical modifier as it is."""
        return dict(m)
