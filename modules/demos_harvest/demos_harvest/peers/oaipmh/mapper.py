# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From ``oai_dc``, ``oai_datacite`` and ``datacite`` metadata to a ``PeerRecord``."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import etree

from ..licences import licence_of
from ..text import arxiv_of, doi_of, fingerprint, plain
from ..types import MappingError, Metadata, PeerRecord
from .parser import Header


def _texts(root: etree._Element, name: str) -> list[str]:
    return [plain(e.text or "") for e in root.iter(f"{{*}}{name}") if (e.text or "").strip()]


def _first(values: list[str]) -> str | None:
    return next(iter(values), None)


def record_from_xml(header: Header, peer: str) -> PeerRecord:
    """Translate one record's metadata.

    Args:
        header: With metadata in Dublin Core or DataCite's schema.
        peer: The archive's name as a peer.

    Returns:
        A record without files: neither format says where files are.

    Raises:
        MappingError: If it carries no metadata or no title.
    """
    root = header.metadata
    if root is None:
        raise MappingError("the record carries no metadata", "metadata")
    title = _first(_texts(root, "title"))
    if not title:
        raise MappingError("the record has no title", "metadata/title")
    identifiers = _texts(root, "identifier") + _texts(root, "alternateIdentifier")
    related = _texts(root, "relation") + _texts(root, "relatedIdentifier")
    doi = _first([d for d in map(doi_of, identifiers) if d])
    urls = [i for i in identifiers if urlsplit(i).scheme in ("http", "https")]
    url = _first(urls) or (f"https://doi.org/{doi}" if doi else header.identifier)
    creators = _texts(root, "creatorName") or _texts(root, "creator")
    licence, _ = licence_of(*_texts(root, "rights"))
    papers = [a for r in [*related, *identifiers] if "arxiv" in r.lower() and (a := arxiv_of(r))]
    publication = {"arxiv": _first(papers)}
    metadata = Metadata()
    metadata.put("title", title[:1000])
    metadata.put("description", _first(_texts(root, "description")))
    metadata.put("creators", [{"name": name[:200]} for name in creators[:100]])
    metadata.put("keywords", [s[:200] for s in _texts(root, "subject")[:100]])
    metadata.put(
        "publication_date", _first(_texts(root, "date") or _texts(root, "publicationYear"))
    )
    metadata.put("licence", licence)
    metadata.put("publication", {k: v for k, v in publication.items() if v})
    metadata.refer(peer, record_id=header.identifier, doi=doi, url=url)
    metadata.alias(doi, url if url != header.identifier else None)
    return PeerRecord(
        peer=peer,
        record_id=header.identifier,
        lineage=header.identifier,
        version="1",
        fingerprint=fingerprint(header.datestamp, metadata.fields),
        url=url,
        metadata=metadata.fields,
    )
