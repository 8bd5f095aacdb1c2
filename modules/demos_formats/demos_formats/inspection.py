# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a file is and what is in it."""

from __future__ import annotations

from typing import Any

from demos_formats.analysis import Analysis, analyse
from demos_formats.document import Source
from demos_formats.limits import DEFAULT, Limits


def inspect(source: Source, *, name: str | None = None, limits: Limits = DEFAULT) -> dict[str, Any]:
    """Describe a file.

    Args:
        source: The path of a file, its bytes, a text, or a parsed document.
        name: What to call it.
        limits: Caps.

    Returns:
        ``file``, ``format``, ``kind``, ``dialect``, ``version``, ``sha256``, ``bytes``,
        ``digest``, ``structure`` and ``findings``; for a pallet ``members`` too, each with its
        ``path`` and the same description.

    Raises:
        OSError: Where the file cannot be read.

    >>> inspect(b"[]", name="empty.json")["format"]
    'unknown'
    """
    return describe(analyse(source, name=name, limits=limits))


def describe(analysis: Analysis) -> dict[str, Any]:
    """Gives an analysis in the words of the command."""
    shown = analysis.to_dict()
    described = {
        "file": shown["name"],
        **{k: shown[k] for k in ("format", "kind", "dialect", "version", "sha256")},
        "bytes": shown["size"],
        **{k: shown[k] for k in ("digest", "structure", "findings")},
    }
    if analysis.format == "pallet":
        described["members"] = [{"path": m.path} | describe(m.analysis) for m in analysis.members]
    return described
