# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Names of archive members: which are safe, and how they are shown."""

from __future__ import annotations

import re
from typing import Final

from demos_formats.findings import Finding, error
from demos_formats.limits import Limits
from demos_formats.schema import cut, short

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")


def readable(name: str) -> str:
    r"""Gives a member's name as valid Unicode, however the archive spelled it.

    >>> readable("ok.json"), readable("caf\udce9")
    ('ok.json', 'caf�')
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def refusal(path: str, limits: Limits) -> Finding | None:
    """Says why a member's path is refused.

    Args:
        path: The path inside the archive.
        limits: ``name_chars`` caps its length.

    Returns:
        An error, or None for a safe path.

    >>> refusal("a/../../etc/passwd", Limits()).code
    'unsafe_archive'
    >>> refusal("models/a..b.json", Limits())
    """
    parts = re.split(r"[/\\]", path)
    if len(path) > limits.name_chars:
        return error("resource_limit", "", f"The member name {short(path)} is too long.")
    if ".." in parts or not parts[0] or _DRIVE.match(path) or _CONTROL.search(path):
        return error(
            "unsafe_archive",
            "",
            f"The member {cut(short(path), 120)} has an absolute path, a path that leaves the "
            "archive, or control characters.",
            "Make the archive again with plain relative paths.",
        )
    return None
