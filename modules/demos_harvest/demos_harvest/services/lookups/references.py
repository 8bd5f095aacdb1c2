# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What an identifier or address means: which peer, which record, which file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ...peers.peer import Link, Peer
from ...peers.table import installed
from ...peers.text import arxiv_of, doi_of

MAX_LENGTH = 1000
INSPIRE = r"(?:(?:hepdata:)?ins|inspire(?:hep)?:)(\d{1,12})"


@dataclass(frozen=True)
class Reference:
    """An identifier, understood.

    Attributes:
        scheme: ``doi``, ``arxiv``, ``inspire`` or ``url``.
        value: Its normal form.
        peer: The peer that holds the record; None for papers and unknown places.
        source_id: The peer's identifier of the record.
        file: The file that is meant: a name, or HEPData's number of a resource.
    """

    scheme: str
    value: str
    peer: str | None = None
    source_id: str | None = None
    file: str | None = None


def understand(
    text: str,
    peers: Mapping[str, Peer] | None = None,
    sites: Mapping[str, str] | None = None,
) -> Reference | None:
    """Understand an identifier or address.

    Args:
        text: As somebody wrote it.
        peers: The peers whose links and DOIs are known; the installed ones by default.
        sites: Further host names (with port) of peers, as configured.

    Returns:
        The reference, or None for what is no identifier.

    Examples:
        >>> understand("https://doi.org/10.17182/hepdata.89408.v3/r2").source_id
        '89408'
        >>> understand("arXiv:1908.03122v2").value, understand("ins1748602").source_id
        ('1908.03122', 'ins1748602')
        >>> understand("https://zenodo.org/records/42/files/a%20b.json?download=1").file
        'a b.json'
        >>> understand("https://github.com/a/b/blob/main/c/d.json").source_id
        'a/b@main:c/d.json'
        >>> understand("no identifier") is None
        True
    """
    peers = installed() if peers is None else peers
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or any(c.isspace() for c in text):
        return None
    parts = urlsplit(text)
    if parts.scheme in ("http", "https") and "doi.org" not in parts.netloc:
        return _url(text, peers, sites or {})
    if doi := doi_of(text):
        if doi.startswith("10.48550/arxiv."):
            return Reference("arxiv", doi.removeprefix("10.48550/arxiv."))
        return _named("doi", doi, doi, ((p, p.dois) for p in peers.values()))
    if match := re.fullmatch(INSPIRE, text, re.IGNORECASE):
        return _paper(match.group(1), peers)
    arxiv = re.fullmatch(
        r"(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", text, re.IGNORECASE
    )
    return Reference("arxiv", arxiv.group(1)) if arxiv else None


def _paper(number: str, peers: Mapping[str, Peer]) -> Reference:
    """Return the reference to a paper, and to the record that a peer names after it."""
    for peer in peers.values():
        if peer.inspire:
            return Reference("inspire", number, peer.name, peer.inspire.format(number=number))
    return Reference("inspire", number)


def _url(text: str, peers: Mapping[str, Peer], sites: Mapping[str, str]) -> Reference | None:
    parts = urlsplit(text)
    path = unquote(parts.path).rstrip("/")
    host = parts.netloc.lower()
    if host in ("arxiv.org", "www.arxiv.org", "export.arxiv.org"):
        identifier = arxiv_of(path.removesuffix(".pdf").partition("/")[2].partition("/")[2])
        return Reference("arxiv", identifier) if identifier else None
    if host == "inspirehep.net":
        match = re.search(r"/(?:literature|record)/(\d+)", path)
        return _paper(match.group(1), peers) if match else None
    found = [p for p in peers.values() if host in p.sites or sites.get(host) == p.name]
    return _named("url", text, path, ((p, p.links) for p in found))


def _named(
    scheme: str, value: str, text: str, links: Iterable[tuple[Peer, Iterable[Link]]]
) -> Reference:
    """Return the reference with the record and file of the first peer that knows the text."""
    for peer, known in links:
        for link in known:
            if match := link.match(text):
                source_id, file = match
                return Reference(scheme, value, peer.name, source_id, file)
    return Reference(scheme, value)
