# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tell HS3 documents by content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

SECTIONS: Final = (
    "distributions",
    "functions",
    "data",
    "likelihoods",
    "domains",
    "parameter_points",
    "analyses",
)
"""Top-level arrays of HS3."""
HISTFACTORY: Final = "histfactory_dist"


def is_hs3(document: object) -> bool:
    """Tells whether a parsed document is HS3 (DEMOS documents are, too).

    >>> is_hs3({"metadata": {"hs3_version": "0.2"}}), is_hs3({"channels": []})
    (True, False)
    """
    if not isinstance(document, Mapping):
        return False
    metadata = document.get("metadata")
    if isinstance(metadata, Mapping) and "hs3_version" in metadata:
        return True
    # ROOT's first writers had no metadata; two of its sections together are no coincidence.
    found = [s for s in SECTIONS if isinstance(document.get(s), list)]
    return len(found) > 1 and ("distributions" in found or "likelihoods" in found)


def histfactory(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Goes through the HistFactory channels of a document of any quality."""
    distributions = document.get("distributions")
    for d in distributions if isinstance(distributions, list) else ():
        if isinstance(d, Mapping) and d.get("type") == HISTFACTORY:
            yield d


def modifiers(channel: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Go through the modifiers of a channel of any quality."""
    samples = channel.get("samples")
    for sample in samples if isinstance(samples, list) else ():
        found = sample.get("modifiers") if isinstance(sample, Mapping) else None
        for m in found if isinstance(found, list) else ():
            if isinstance(m, Mapping):
                yield m
