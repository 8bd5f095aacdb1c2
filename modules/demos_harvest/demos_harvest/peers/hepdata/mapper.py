# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From HEPData's record and resources to a ``PeerRecord``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..licences import licence_of
from ..text import arxiv_of, doi_of, energy, fingerprint, iso_time, plain
from ..types import MappingError, Metadata, ModelFile, PeerRecord

PEER = "hepdata"
KINDS = {"histfactory": "histfactory", "hs3": "hs3", "combine": "combine"}
"""HEPData's resource types that are statistical models, in lower case."""

_RESOURCE = re.compile(r"/record/resource/(\d+)")


def _mapping(value: Any, pointer: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MappingError("an object is due here", pointer)
    return value


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            yield item


def resource_id(url: Any) -> str | None:
    """Return the identifier in a resource's URL.

    Examples:
        >>> resource_id("https://www.hepdata.net/record/resource/3458718?landing_page=true")
        '3458718'
    """
    match = _RESOURCE.search(url) if isinstance(url, str) else None
    return match.group(1) if match else None


def may_have_resources(answer: Mapping[str, Any]) -> bool:
    """Tell whether a record's list of resources can hold a model.

    The record's JSON does not name what is attached to its tables, so any table will do.

    Examples:
        >>> may_have_resources({"record": {}, "data_tables": [{"name": "Table 1"}]})
        True
        >>> may_have_resources({"record": {"analyses": []}, "additional_resources": False})
        False
    """
    record = answer.get("record")
    record = record if isinstance(record, Mapping) else {}
    return bool(
        answer.get("additional_resources")
        or answer.get("data_tables")
        or record.get("analyses")
        or record.get("resources")
    )


def record_fingerprint(answer: Mapping[str, Any]) -> str:
    """Return what changes when HEPData's record changes."""
    record = _mapping(answer.get("record"), "/record")
    return fingerprint(answer.get("version"), iso_time(record.get("last_updated")))


def record_from_json(
    answer: Mapping[str, Any], resources: Mapping[str, Any] | None, site: str
) -> PeerRecord:
    """Translate one record.

    Args:
        answer: ``/record/ins{id}?format=json``.
        resources: ``/record/resources/{recid}/{version}``; None if it was not asked for.
        site: HEPData's base URL.

    Returns:
        The record with its model files.

    Raises:
        MappingError: If the identifiers are missing.
    """
    record = _mapping(answer.get("record"), "/record")
    recid = str(answer.get("recid") or record.get("recid") or "")
    if not recid.isdigit():
        raise MappingError("HEPData's record number is missing", "/recid")
    version = str(answer.get("version") or record.get("version") or 1)
    inspire = str(record.get("inspire_id") or "").removeprefix("ins")
    record_id = f"ins{inspire}" if inspire else recid
    url = f"{site}/record/{record_id}"
    files = tuple(_files(answer, resources, recid, version, site))
    return PeerRecord(
        peer=PEER,
        record_id=record_id,
        lineage=recid,
        version=version,
        fingerprint=record_fingerprint(answer),
        url=url,
        metadata=_metadata(record, recid, version, record_id, url),
        files=files,
    )


def _metadata(
    record: Mapping[str, Any], recid: str, version: str, record_id: str, url: str
) -> dict[str, Any]:
    doi = doi_of(record.get("hepdata_doi")) or f"10.17182/hepdata.{recid}"
    concept = re.sub(r"\.v\d+$", "", doi)
    publication = {
        "doi": doi_of(record.get("doi")),
        "arxiv": arxiv_of(record.get("arxiv_id")),
        "inspire_id": record_id.removeprefix("ins") if record_id.startswith("ins") else None,
    }
    collaborations = [plain(c, 200) for c in record.get("collaborations") or [] if c]
    energies = sorted(
        {
            float(value)
            for entry in _objects((record.get("data_keywords") or {}).get("cmenergies"))
            for value in (entry.get("gte"), entry.get("lte"))
            if isinstance(value, int | float)
        }
    )
    creators = [
        {"name": plain(author.get("full_name"), 200), "type": "personal"}
        for author in _objects(record.get("summary_authors"))
        if author.get("full_name")
    ]
    keywords = record.get("data_keywords") or {}
    phrases = [
        plain(value, 200)
        for name in ("phrases", "reactions", "observables")
        for value in keywords.get(name) or []
        if isinstance(value, str)
    ]
    metadata = Metadata()
    metadata.put("title", plain(record.get("title"), 1000) or f"HEPData record {record_id}")
    metadata.put("description", plain(record.get("abstract")))
    metadata.put("creators", creators)
    metadata.put("collaborations", collaborations)
    metadata.put("experiment", collaborations[0] if collaborations else None)
    metadata.put("energies", [energy(e) for e in energies])
    metadata.put("keywords", list(dict.fromkeys(phrases)))
    metadata.put("publication_date", (record.get("publication_date") or "")[:10])
    metadata.put("publication", {k: v for k, v in publication.items() if v})
    metadata.refer(PEER, record_id=record_id, doi=f"{concept}.v{version}", url=url)
    metadata.alias(f"{concept}.v{version}", concept, doi, url, record_id)
    return metadata.fields


def _files(
    answer: Mapping[str, Any],
    resources: Mapping[str, Any] | None,
    recid: str,
    version: str,
    site: str,
) -> Iterator[ModelFile]:
    """Yield the model files, each once, from the fullest list that HEPData gave."""
    names = {
        resource_id(entry.get("analysis")): entry.get("filename")
        for entry in _objects(_mapping(answer.get("record"), "/record").get("analyses"))
    }
    with_doi = {
        str(entry.get("filename")): doi_of(entry.get("doi"))
        for entry in _objects(answer.get("resources_with_doi"))
    }
    seen = set()
    listed = _from_resources(resources) if resources else _from_record(answer)
    for number, kind, location, licence, doi, name in listed:
        filename = plain(names.get(number) or name, 255)
        key = number or location
        if not key or key in seen:
            continue
        seen.add(key)
        if number:
            spelled, mirror = licence_of(*licence) if any(licence) else ("CC0-1.0", True)
            filename = filename or f"resource-{number}"
            yield ModelFile(
                key=f"{recid}.v{version}/{number}",
                filename=filename,
                url=f"{site}/record/resource/{number}?landing_page=true",
                download_url=f"{site}/record/resource/{number}?view=true",
                kind=kind,
                licence=spelled,
                mirror=mirror,
                doi=doi or with_doi.get(filename),
            )
        elif urlsplit(location).scheme in ("http", "https"):
            # A link to somewhere else: described here, its bytes belong to another archive.
            yield ModelFile(
                key=f"{recid}/{location}"[:1000],
                filename=filename or urlsplit(location).path.rpartition("/")[2] or "link",
                url=location,
                download_url=None,
                kind=kind,
                doi=doi_of(location),
            )


Row = tuple[str | None, str, str, tuple[Any, ...], str | None, str | None]


def _from_resources(resources: Mapping[str, Any]) -> Iterator[Row]:
    for item in _objects(resources.get("submission_items")):
        for entry in _objects(item.get("resources")):
            kind = KINDS.get(str(entry.get("file_type", "")).lower())
            if not kind:
                continue
            location = str(entry.get("location") or "")
            licence = entry.get("data_license")
            licence = licence if isinstance(licence, Mapping) else {}
            link = urlsplit(location).netloc and resource_id(location) is None
            number = None if link else (resource_id(location) or str(entry.get("id") or "") or None)
            yield (
                number,
                kind,
                location,
                (licence.get("url"), licence.get("name")),
                doi_of(entry.get("doi")),
                entry.get("filename"),
            )


def _from_record(answer: Mapping[str, Any]) -> Iterator[Row]:
    record = _mapping(answer.get("record"), "/record")
    for entry in _objects(record.get("analyses")):
        kind = KINDS.get(str(entry.get("type", "")).lower())
        if kind:
            url = str(entry.get("analysis") or "")
            yield resource_id(url), kind, url, (), None, entry.get("filename")
    for group in (record, *_objects(answer.get("data_tables"))):
        for entry in _objects(group.get("resources")):
            kind = KINDS.get(str(entry.get("type", "")).lower())
            if kind:
                url = str(entry.get("url") or "")
                yield resource_id(url), kind, url, (), None, None
