# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From the older Invenio JSON (Zenodo before 2023, RODARE) to a ``PeerRecord``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..filenames import may_hold_model
from ..licences import licence_of
from ..text import arxiv_of, doi_of, fingerprint, iso_time, plain
from ..types import MappingError, Metadata, ModelFile, PeerRecord


def record_from_json(answer: Mapping[str, Any], peer: str, site: str) -> PeerRecord:
    """Translate one record.

    Args:
        answer: ``/api/records/{id}``.
        peer: The archive's name as a peer.
        site: Its base URL.

    Returns:
        The record. If no file of it can be a HistFactory or HS3 model, the record as a whole
        is described: models beyond particle physics live here.

    Raises:
        MappingError: If it has no identifier or metadata.
    """
    record_id = str(answer.get("id") or "")
    metadata = answer.get("metadata")
    if not record_id.isdigit():
        raise MappingError("the identifier is missing", "/id")
    if not isinstance(metadata, Mapping):
        raise MappingError("the metadata are missing", "/metadata")
    url = f"{site}/record/{record_id}"
    doi = doi_of(answer.get("doi") or metadata.get("doi"))
    concept = doi_of(answer.get("conceptdoi") or metadata.get("conceptdoi"))
    licence, mirror = licence_of((metadata.get("license") or {}).get("id"))
    public = metadata.get("access_right", "open") == "open"
    files = tuple(
        _file(entry, site, record_id, (licence, mirror and public))
        for entry in answer.get("files") or []
        if isinstance(entry, Mapping) and may_hold_model(str(entry.get("key") or ""))
    )
    if not files:
        name = f"record {record_id}"
        files = (ModelFile(record_id, name, url, None, "other", licence, doi=doi),)
    return PeerRecord(
        peer=peer,
        record_id=record_id,
        lineage=str(answer.get("conceptrecid") or record_id),
        version=str(_index(metadata)),
        fingerprint=fingerprint(
            iso_time(answer.get("updated")),
            answer.get("revision"),
            [entry.get("checksum") for entry in answer.get("files") or []],
        ),
        url=url,
        metadata=_metadata(metadata, (peer, record_id), (doi, concept, url), licence),
        files=files,
        public=public,
    )


def _index(metadata: Mapping[str, Any]) -> int:
    versions = (metadata.get("relations") or {}).get("version") or [{}]
    index = versions[0].get("index")
    return index + 1 if isinstance(index, int) else 1


def _file(
    entry: Mapping[str, Any], site: str, record_id: str, licence: tuple[str | None, bool]
) -> ModelFile:
    name = str(entry["key"])
    checksum = str(entry.get("checksum") or "")
    bucket = entry.get("bucket")
    own = (entry.get("links") or {}).get("self")
    download = f"{site}/api/files/{bucket}/{quote(name, safe='')}" if bucket else own
    return ModelFile(
        key=f"{record_id}/{name}"[:1000],
        filename=name[:1000],
        url=f"{site}/record/{record_id}/files/{quote(name, safe='')}",
        download_url=download,
        licence=licence[0],
        mirror=licence[1],
        size=entry.get("size") if isinstance(entry.get("size"), int) else None,
        checksum=checksum if ":" in checksum else (f"md5:{checksum}" if checksum else None),
    )


def _metadata(
    metadata: Mapping[str, Any],
    place: tuple[str, str],
    names: tuple[str | None, str | None, str],
    licence: str | None,
) -> dict[str, Any]:
    doi, concept, url = names
    publication: dict[str, str] = {}
    for entry in metadata.get("related_identifiers") or []:
        value = str(entry.get("identifier") or "")
        if "arxiv" in value.lower() and (arxiv := arxiv_of(value)):
            publication.setdefault("arxiv", arxiv)
        elif str(entry.get("relation")) == "isSupplementTo" and (paper := doi_of(value)):
            publication.setdefault("doi", paper)
    names_of = [plain(creator.get("name"), 200) for creator in metadata.get("creators") or []]
    creators = [{"name": name} for name in names_of if name]
    found = Metadata()
    found.put("title", plain(metadata.get("title"), 1000) or url)
    found.put("description", plain(metadata.get("description")))
    found.put("creators", creators[:100])
    found.put("keywords", [plain(k, 200) for k in metadata.get("keywords") or []])
    found.put("publication_date", str(metadata.get("publication_date") or "")[:10])
    found.put("licence", licence)
    found.put("publication", publication)
    found.refer(place[0], record_id=place[1], doi=doi, url=url)
    found.alias(doi, concept, url)
    return found.fields
