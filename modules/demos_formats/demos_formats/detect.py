# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which format a document has, told from its content and never from its name."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from demos_formats.pyhf.patches import is_patch
from demos_formats.pyhf.patchset import is_patchset

Format = Literal["pyhf", "pyhf-patchset", "json-patch", "hs3", "demos", "pallet", "unknown"]

_WORKSPACE_KEYS: Final = {"channels", "measurements", "observations"}
_GUESSES: Final[tuple[tuple[Format, re.Pattern[bytes]], ...]] = (
    ("demos", re.compile(rb'"demos_version"\s*:')),
    ("hs3", re.compile(rb'"(?:hs3_version|histfactory_dist|likelihoods)"')),
    ("pyhf-patchset", re.compile(rb'"patches"\s*:\s*\[')),
    ("pyhf", re.compile(rb'"channels"\s*:\s*\[')),
    ("json-patch", re.compile(rb'^\s*\[\s*\{[^{}]*"op"\s*:')),
)


def detect(document: Any) -> Format:
    """Tells the format of a parsed JSON document.

    Args:
        document: The document.

    Returns:
        A format; ``unknown`` for a document that is meant as none of them.

    >>> detect({"channels": [], "observations": []}), detect([])
    ('pyhf', 'unknown')
    >>> detect([{"channels": [], "observations": []}])
    'pyhf'
    """
    if is_patch(document):
        return "json-patch"
    if isinstance(document, list) and any(_is_workspace(item) for item in document):
        return "pyhf"  # wrapped by mistake: better told so than called no model
    if not isinstance(document, dict):
        return "unknown"
    if _is_workspace(document):
        return "pyhf"
    if is_patchset(document):
        return "pyhf-patchset"
    from demos_formats import demos  # noqa: PLC0415 - only where needed
    from demos_formats.hs3.detect import is_hs3  # noqa: PLC0415

    if demos.is_demos(document):
        return "demos"
    return "hs3" if is_hs3(document) else "unknown"


def _is_workspace(document: Any) -> bool:
    """Tells whether an object is meant as a workspace, also where parts of it are missing."""
    if not isinstance(document, dict):
        return False
    if len(_WORKSPACE_KEYS & document.keys()) > 1:
        return True
    channels = document.get("channels")
    return isinstance(channels, list) and any(
        isinstance(channel, dict) and "samples" in channel for channel in channels
    )


def guess(data: bytes) -> Format:
    """Tells what a text that is no JSON document is probably meant as.

    Args:
        data: The text.

    Returns:
        A format, or ``unknown``.

    >>> guess(b'{"channels": [{"name": ')
    'pyhf'
    """
    return next((name for name, mark in _GUESSES if mark.search(data)), "unknown")
