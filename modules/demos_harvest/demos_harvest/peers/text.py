# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Text of strangers, made harmless and short."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree, html

_BLANKS = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>?#]+", re.IGNORECASE)


def plain(value: Any, limit: int = 20_000) -> str:
    """Return text without markup, control characters and bidirectional overrides.

    Examples:
        >>> plain("<p>Search for <i>X</i><script>alert(1)</script> with p<sub>T</sub> < 5</p>")
        'Search for X with pT < 5'
        >>> plain("m < 5 GeV and m > 3 GeV")
        'm < 5 GeV and m > 3 GeV'
    """
    if not isinstance(value, str):
        return ""
    text = _CONTROL.sub(" ", value[: limit * 4])
    if re.search(r"<[a-zA-Z!/]", text) or "&" in text:
        try:
            root = html.fragment_fromstring(text, create_parent="div")
        except (etree.ParserError, ValueError):
            text = re.sub(r"<[^>]*>?", " ", text)
        else:
            etree.strip_elements(root, "script", "style", etree.Comment, with_tail=False)
            text = root.text_content()
    return _BLANKS.sub(" ", text).strip()[:limit]


def doi_of(value: Any) -> str | None:
    """Return the DOI in a text, in lower case and without its resolver.

    Examples:
        >>> doi_of("https://doi.org/10.17182/HEPData.104458.v3/r9")
        '10.17182/hepdata.104458.v3/r9'
    """
    match = _DOI.search(value) if isinstance(value, str) else None
    return match.group().rstrip(".,;)").lower() if match else None


def host_of(value: str) -> str | None:
    """Return which archive an identifier leads to, of those that hold models.

    Examples:
        >>> host_of("10.17182/hepdata.1.v1/r1"), host_of("https://github.com/a/b")
        ('hepdata', 'github')
    """
    text = value.lower()
    marks = {
        "hepdata": ("10.17182/hepdata", "hepdata.net/"),
        "zenodo": ("/zenodo.", "zenodo.org/"),
        "github": ("github.com/",),
        "gitlab": ("gitlab.",),
        "cern": ("10.17181/", "repository.cern/"),
        "rodare": ("10.14278/rodare",),
    }
    return next((h for h, found in marks.items() if any(m in text for m in found)), None)


def arxiv_of(value: Any) -> str | None:
    """Return an arXiv identifier without prefix and version.

    Examples:
        >>> arxiv_of("arXiv:2108.07586v2"), arxiv_of("hep-ex/0102030")
        ('2108.07586', 'hep-ex/0102030')
    """
    if not isinstance(value, str):
        return None
    match = re.search(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?$", value.strip())
    return match.group(1) if match else None


def iso_time(value: Any) -> str | None:
    """Return a moment in ISO form, in UTC, whether the peer writes ISO or RFC 1123.

    Examples:
        >>> iso_time("Mon, 13 Nov 2023 13:29:57 GMT"), iso_time("2023-11-13T13:29:57")
        ('2023-11-13T13:29:57Z', '2023-11-13T13:29:57Z')
    """
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def energy(gev: float) -> dict[str, Any]:
    """Return an energy as value and unit, in the unit that people use for it.

    Examples:
        >>> energy(13000.0), energy(900.0)
        ({'value': 13.0, 'unit': 'TeV'}, {'value': 900.0, 'unit': 'GeV'})
    """
    if gev >= 1000:
        return {"value": round(gev / 1000, 6), "unit": "TeV"}
    return {"value": gev, "unit": "GeV"}


def fingerprint(*values: Any) -> str:
    """Return a short digest of JSON values.

    Examples:
        >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
        True
    """
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
