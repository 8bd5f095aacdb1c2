# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From arXiv's Atom feed to metadata in the registry's shape."""

from __future__ import annotations

from typing import Any

from ..oaipmh.parser import parse
from ..text import arxiv_of, doi_of, plain
from ..types import Metadata

ATOM = "{http://www.w3.org/2005/Atom}"


def enrichment(feed: bytes) -> dict[str, Any] | None:
    """Translate the answer for one identifier.

    Args:
        feed: The Atom document.

    Returns:
        Title, abstract, authors, publication identifiers; None if arXiv knows no such paper.

    Raises:
        UnexpectedContentError: If the feed is malformed.
    """
    entry = parse(feed).find(f"{ATOM}entry")
    if entry is None or "/api/errors" in (entry.findtext(f"{ATOM}id") or ""):
        return None
    identifier = arxiv_of((entry.findtext(f"{ATOM}id") or "").rpartition("/abs/")[2])
    if identifier is None:
        return None
    names = [plain(n.text or "", 200) for n in entry.findall(f"{ATOM}author/{ATOM}name")]
    publication = {"arxiv": identifier, "doi": doi_of(entry.findtext("{*}doi"))}
    found = Metadata()
    found.put("title", plain(entry.findtext(f"{ATOM}title"), 1000))
    found.put("description", plain(entry.findtext(f"{ATOM}summary")))
    found.put("creators", [{"name": name} for name in names[:100] if name])
    found.put("publication_date", (entry.findtext(f"{ATOM}published") or "")[:10])
    found.put("publication", {k: v for k, v in publication.items() if v})
    return found.fields
