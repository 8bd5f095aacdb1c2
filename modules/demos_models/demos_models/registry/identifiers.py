# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Normal forms of the names by which the world knows a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .references import identifiers_in, references_of

_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_ARXIV = re.compile(
    r"^(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:)?"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?$",
    re.IGNORECASE,
)
_HEPDATA = re.compile(
    r"^(?:https?://(?:www\.)?hepdata\.net/record/|hepdata:)?(ins\d+)(?:\.?v\d+|\?version=\d+)?$",
    re.IGNORECASE,
)
_INSPIRE = re.compile(
    r"^(?:https?://(?:www\.)?inspirehep\.net/(?:literature|record)/|inspire:)(\d+)$", re.IGNORECASE
)
_URL = re.compile(r"^https?://\S+$", re.IGNORECASE)
_PATTERNS = (("doi", _DOI), ("arxiv", _ARXIV), ("hepdata", _HEPDATA), ("inspire", _INSPIRE))

MAX_BYTES = 1000
"""What fits into an index of the database."""


def bounded(key: str) -> str:
    """Shorten a key that is too long for the database's indices, keeping it unique.

    >>> bounded("a/b.json")
    'a/b.json'
    >>> len(bounded("x" * 5000)), bounded("x" * 5000) == bounded("x" * 5001)
    (265, False)
    """
    if len(key.encode()) <= MAX_BYTES:
        return key
    return f"{key[:200]}~{hashlib.sha256(key.encode()).hexdigest()}"


def normalise(value: str) -> tuple[str, str] | None:
    """Recognise an identifier and return its normal form, the same to open and to search.

    Args:
        value: A DOI, an arXiv, HEPData or INSPIRE identifier, or a URL, as somebody wrote it.

    Returns:
        ``(scheme, value)``, or None for what is none of these.

    >>> normalise("https://doi.org/10.17182/HEPDATA.89408.V3")
    ('doi', '10.17182/hepdata.89408.v3')
    >>> normalise("arXiv:1908.03122v2")
    ('arxiv', '1908.03122')
    >>> normalise("ins1748602")
    ('hepdata', 'ins1748602')
    >>> normalise("https://inspirehep.net/literature/1748602")
    ('inspire', '1748602')
    >>> normalise("https://example.org/a")
    ('url', 'https://example.org/a')
    >>> normalise("something") is None
    True
    """
    value = value.strip()
    if len(value.encode()) > MAX_BYTES:
        return None
    for scheme, pattern in _PATTERNS:
        if match := pattern.match(value):
            return scheme, match[1].lower()
    return ("url", value) if _URL.match(value) else None


def aliases_of(data: Mapping[str, Any], extra: Iterable[str] = ()) -> set[tuple[str, str]]:
    """Collect the aliases that one source's metadata gives.

    Args:
        data: a source's metadata, with ``aliases``, ``publication`` and
            ``external_references``.
        extra: further names, such as the source's URL.

    Returns:
        Normal forms; what is no alias is left out.

    >>> sorted(aliases_of({"publication": {"arxiv": "1908.03122", "inspire_id": "1"}}))
    [('arxiv', '1908.03122'), ('inspire', '1')]
    """
    values = [*extra, *(data.get("aliases") or ())]
    publication = data.get("publication") or {}
    values += [publication.get("doi"), publication.get("arxiv")]
    values += identifiers_in(references_of(data.get("external_references")))
    found = {normalised for v in values if isinstance(v, str) and (normalised := normalise(v))}
    if inspire := publication.get("inspire_id"):
        found.add(("inspire", str(inspire)))
    return found
