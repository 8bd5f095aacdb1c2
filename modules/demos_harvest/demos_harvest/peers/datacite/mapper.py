# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From DataCite's JSON:API to a ``PeerRecord``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..licences import licence_of
from ..text import doi_of, fingerprint, iso_time, plain
from ..types import MappingError, Metadata, ModelFile, PeerRecord

_HEPDATA = re.compile(r"^10\.17182/hepdata\.(\d+)(?:\.v(\d+))?(?:/([rt]\d+))?$")
_QUOTED = re.compile(r'^"(?P<file>[^"]+)" of "(?P<title>.*)"$', re.DOTALL)
KINDS = {"histfactory file": "histfactory", "hs3 file": "hs3"}


def hepdata_recid(doi: str) -> str | None:
    """Return HEPData's record number from one of its DOIs.

    Examples:
        >>> hepdata_recid("10.17182/hepdata.89408.v3/r2")
        '89408'
    """
    match = _HEPDATA.match(doi.lower())
    return match.group(1) if match else None


def record_from_json(item: Mapping[str, Any]) -> PeerRecord:
    """Translate one DOI's metadata.

    Args:
        item: An element of ``data``.

    Returns:
        A record that describes: DataCite holds no bytes.

    Raises:
        MappingError: If it has no DOI or attributes.

    Examples:
        >>> record = record_from_json({"id": "10.17182/hepdata.1.v2/r3", "attributes": {
        ...     "titles": [{"title": '"a.json" of "A search"'}],
        ...     "types": {"resourceType": "HS3 file"}}})
        >>> record.peer, record.files[0].filename, record.files[0].kind, record.metadata["title"]
        ('hepdata', 'a.json', 'hs3', 'A search')
    """
    attributes = item.get("attributes")
    if not isinstance(attributes, Mapping):
        raise MappingError("the DOI's attributes are missing", "/attributes")
    doi = doi_of(attributes.get("doi") or item.get("id"))
    if not doi:
        raise MappingError("the DOI is missing", "/id")
    titles = attributes.get("titles") or [{}]
    title = plain(titles[0].get("title"), 1000) or doi
    quoted = _QUOTED.match(title)
    types = attributes.get("types") or {}
    kind = KINDS.get(str(types.get("resourceType", "")).lower(), "")
    url = str(attributes.get("url") or f"https://doi.org/{doi}")
    match = _HEPDATA.match(doi)
    holder = "hepdata" if match else "datacite"
    lineage, version = (match.group(1), match.group(2) or "1") if match else (doi, "1")
    related = _related(attributes)
    metadata = Metadata()
    metadata.put("title", quoted["title"] if quoted else title)
    metadata.put("description", _description(attributes))
    metadata.put("creators", _creators(attributes))
    metadata.put("publication_date", str(attributes.get("publicationYear") or ""))
    metadata.put("publication", related)
    if match:
        metadata.refer("hepdata", record_id=lineage, doi=doi, url=url)
    metadata.alias(doi, url)
    files: tuple[ModelFile, ...] = ()
    if kind:
        licence, _ = licence_of(*_rights(attributes))
        number = re.search(r"/record/resource/(\d+)", url)
        files = (
            ModelFile(
                key=f"{lineage}.v{version}/{number.group(1)}" if number else doi,
                filename=quoted["file"] if quoted else doi,
                url=url,
                download_url=None,
                kind=kind,
                licence=licence,
                doi=doi,
            ),
        )
    return PeerRecord(
        peer=holder,
        record_id=doi,
        lineage=lineage,
        version=version,
        fingerprint=fingerprint(iso_time(attributes.get("updated")), attributes.get("titles")),
        url=url,
        metadata=metadata.fields,
        files=files,
    )


def _related(attributes: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in attributes.get("relatedIdentifiers") or []:
        if str(entry.get("relationType")).lower() != "issupplementto":
            continue
        value = str(entry.get("relatedIdentifier") or "")
        if match := re.search(r"inspirehep\.net/(?:literature|record)/(\d+)", value):
            found["inspire_id"] = match.group(1)
        elif doi := doi_of(value):
            found["doi"] = doi
    return found


def _description(attributes: Mapping[str, Any]) -> str:
    for entry in attributes.get("descriptions") or []:
        if text := plain(entry.get("description")):
            return text
    return ""


def _creators(attributes: Mapping[str, Any]) -> list[dict[str, str]]:
    names = [plain(c.get("name"), 200) for c in attributes.get("creators") or []]
    return [{"name": name} for name in names[:100] if name]


def _rights(attributes: Mapping[str, Any]) -> list[Any]:
    return [
        value
        for entry in attributes.get("rightsList") or []
        for value in (entry.get("rightsIdentifier"), entry.get("rightsUri"), entry.get("rights"))
    ]
