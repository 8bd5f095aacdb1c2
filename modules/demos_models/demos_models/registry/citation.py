# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""How to cite a version of an entry: credit goes to the first publication of its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .types import PORTAL_HOST

PUBLISHERS = {PORTAL_HOST: "DEMOS portal", "hepdata": "HEPData", "zenodo": "Zenodo"}
"""Names of hosts as publishers; others are named as the registry knows them."""

MAX_NAMES = 10
"""Authors that the one-line text names before "et al."."""


def first_publication(sources: Sequence[Any], authoritative: Sequence[str] = ()) -> Any:
    """Return the source that published a content first.

    Args:
        sources: The sources of the content, at least one.
        authoritative: Hosts that go before all others: they are where their models were
            published, whenever they were registered here.
    """
    ranks = {host: rank for rank, host in enumerate(authoritative)}
    return min(sources, key=lambda s: (ranks.get(s.host, len(ranks)), s.created, s.key))


def doi_of(source: Any) -> str | None:
    """Return the DOI under which a source was published, the most specific one.

    A record's DOI of one file is longer than the DOI of its version, that one longer than
    the DOI of all versions.
    """
    if source.data.get("doi"):
        return str(source.data["doi"])
    publication = (source.data.get("publication") or {}).get("doi") or ""
    own = [
        alias.lower().removeprefix("https://doi.org/") for alias in source.data.get("aliases") or ()
    ]
    own = [a for a in own if a.startswith("10.") and a != publication.lower()]
    own = [a for a in own if not a.startswith("10.48550/")]
    return max(own, key=len, default=None) if source.host != PORTAL_HOST else None


def citation_of(
    metadata: Mapping[str, Any],
    sources: Sequence[Any],
    number: int,
    authoritative: Sequence[str],
    page: str,
) -> dict[str, Any]:
    """Return the citation of a version.

    Args:
        metadata: The entry's metadata.
        sources: The sources of the version by those who may speak for the entry.
        number: The version's number.
        authoritative: Hosts that go before all others.
        page: The entry's page, for what has no DOI.

    Returns:
        ``{"text", "doi", "authors", "year", "publisher"}``.
    """
    first = first_publication(sources, authoritative)
    names = [c["name"] for c in first.data.get("creators") or ()]
    authors = names or list(first.data.get("collaborations") or ())
    authors = authors or [c["name"] for c in metadata.get("creators") or ()]
    year = str(first.data.get("publication_date") or first.created.isoformat())[:4]
    publisher = first.data.get("publisher") or PUBLISHERS.get(first.host, first.host)
    doi = doi_of(first)
    who = "; ".join(authors[:MAX_NAMES]) + (" et al." if len(authors) > MAX_NAMES else "")
    address = f"https://doi.org/{doi}" if doi else page
    title = metadata.get("title")
    return {
        "text": f"{who + ' ' if who else ''}({year}). {title} (version {number}) "
        f"[statistical model]. {publisher}. {address}",
        "doi": doi,
        "authors": authors,
        "year": year,
        "publisher": publisher,
    }
