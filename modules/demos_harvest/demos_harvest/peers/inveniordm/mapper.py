# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From InvenioRDM's own JSON to a ``PeerRecord``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ..filenames import may_hold_model
from ..licences import licence_of
from ..text import arxiv_of, doi_of, fingerprint, host_of, iso_time, plain
from ..types import MappingError, Metadata, ModelFile, PeerRecord

IDENTITY = ("isidenticalto",)
"""DataCite's relations that say that two identifiers name the same content."""


def file_entries(files: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the files' entries, a dictionary in the record and a list in ``/files``.

    Examples:
        >>> [e["key"] for e in file_entries({"entries": {"a": {"size": 1}}})]
        ['a']
        >>> [e["key"] for e in file_entries({"entries": [{"key": "b"}]})]
        ['b']
    """
    entries = files.get("entries") if isinstance(files, Mapping) else None
    if isinstance(entries, Mapping):
        for key, entry in entries.items():
            if isinstance(entry, Mapping):
                yield {"key": key, **entry}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and entry.get("key"):
            yield entry


def record_from_json(
    answer: Mapping[str, Any],
    peer: str,
    site: str,
    *,
    kind: str = "",
    papers: Mapping[str, str] | None = None,
) -> PeerRecord:
    """Translate one record in ``application/vnd.inveniordm.v1+json``.

    Args:
        answer: The record.
        peer: The archive's name as a peer.
        site: Its base URL.
        kind: What every record is, in an archive of models that cannot be read here; such
            records are described as they are. "" where files are to be looked at.
        papers: INSPIRE's numbers of papers by the DOIs of their models.

    Returns:
        The record with the files that may be models.

    Raises:
        MappingError: If it is not in that format.
    """
    metadata = answer.get("metadata")
    if not isinstance(metadata, Mapping):
        raise MappingError("the metadata are missing", "/metadata")
    record_id = str(answer.get("id") or "")
    if not record_id:
        raise MappingError("the identifier is missing", "/id")
    if "parent" not in answer:
        raise MappingError("this is Zenodo's older format", "/parent")
    parent = answer.get("parent") or {}
    versions = answer.get("versions") or {}
    access = answer.get("access") or {}
    pids = answer.get("pids") or {}
    url = f"{site}/records/{record_id}"
    doi = doi_of((pids.get("doi") or {}).get("identifier"))
    concept = doi_of(((parent.get("pids") or {}).get("doi") or {}).get("identifier"))
    licence, mirror = _licence(metadata)
    public = access.get("files", "public") == "public" and access.get("record") != "restricted"
    if kind:
        # An archive of one kind that nothing here reads: the record as a whole is the model.
        files: tuple[ModelFile, ...] = (
            ModelFile(record_id, f"record {record_id}", url, None, kind, licence, doi=doi),
        )
    else:
        files = tuple(
            _file(entry, site, record_id, (licence, mirror and public))
            for entry in file_entries(answer.get("files"))
            if may_hold_model(str(entry["key"]))
        )
    return PeerRecord(
        peer=peer,
        record_id=record_id,
        lineage=str(parent.get("id") or record_id),
        version=str(versions.get("index") or 1),
        fingerprint=fingerprint(
            iso_time(answer.get("updated")),
            answer.get("revision_id"),
            [(e["key"], e.get("checksum")) for e in file_entries(answer.get("files"))],
        ),
        url=url,
        metadata=_metadata(
            metadata,
            (peer, record_id),
            (doi, concept, url),
            (licence, (papers or {}).get(doi or "")),
        ),
        files=files,
        public=public,
        latest=bool(versions.get("is_latest", True)),
    )


def _licence(metadata: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Return the licence; with several, all must allow a mirror."""
    found = []
    for right in metadata.get("rights") or []:
        title = right.get("title")
        props = right.get("props") or {}
        found.append(
            licence_of(
                right.get("id"),
                props.get("url") or right.get("link"),
                next(iter(title.values()), None) if isinstance(title, Mapping) else title,
            )
        )
    if not found:
        return None, False
    return found[0][0], all(mirror for _, mirror in found)


def _file(
    entry: Mapping[str, Any], site: str, record_id: str, licence: tuple[str | None, bool]
) -> ModelFile:
    name = str(entry["key"])
    checksum = entry.get("checksum")
    path = f"records/{record_id}/files/{quote(name, safe='')}"
    return ModelFile(
        key=f"{record_id}/{name}"[:1000],
        filename=name[:1000],
        url=f"{site}/{path}",
        download_url=f"{site}/api/{path}/content",
        licence=licence[0],
        mirror=licence[1],
        size=entry.get("size") if isinstance(entry.get("size"), int) else None,
        checksum=checksum if isinstance(checksum, str) and ":" in checksum else None,
    )


def _metadata(
    metadata: Mapping[str, Any],
    place: tuple[str, str],
    names: tuple[str | None, str | None, str],
    known: tuple[str | None, str | None],
) -> dict[str, Any]:
    doi, concept, url = names
    licence, inspire = known
    creators = []
    for creator in metadata.get("creators") or []:
        person = creator.get("person_or_org") or {}
        entry = {"name": plain(person.get("name"), 200)}
        if person.get("type") in ("personal", "organizational"):
            entry["type"] = person["type"]
        for identifier in person.get("identifiers") or []:
            if identifier.get("scheme") == "orcid":
                entry["orcid"] = str(identifier.get("identifier"))
        if entry["name"]:
            creators.append(entry)
    publication, references = _related(metadata)
    if inspire:
        publication.setdefault("inspire_id", inspire)
    keywords = [plain(s.get("subject") or s.get("id"), 200) for s in metadata.get("subjects") or []]
    fields = Metadata()
    fields.put("title", plain(metadata.get("title"), 1000) or url)
    fields.put("description", plain(metadata.get("description")))
    fields.put("creators", creators[:100])
    fields.put("keywords", [k for k in keywords if k])
    fields.put("publication_date", str(metadata.get("publication_date") or "")[:10])
    fields.put("licence", licence)
    fields.put("publication", publication)
    for host, value in references.items():
        fields.refer(host, doi=doi_of(value), url=value)
    fields.refer(place[0], record_id=place[1], doi=doi, url=url)
    fields.alias(doi, concept, url)
    return fields.fields


def _related(metadata: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the paper, and where else the same content is, from the related identifiers.

    Only what is identical is the same content: a repository that a record requires, or one that
    it was compiled from, is another thing.
    """
    publication: dict[str, str] = {}
    references: dict[str, str] = {}
    for entry in metadata.get("related_identifiers") or []:
        value = str(entry.get("identifier") or "")
        relation = str((entry.get("relation_type") or {}).get("id") or "").lower()
        doi = doi_of(value)
        if relation in IDENTITY:
            if host := host_of(value):
                references.setdefault(host, value[:500])
        elif entry.get("scheme") == "arxiv" or "arxiv.org/" in value:
            if arxiv := arxiv_of(value):
                publication.setdefault("arxiv", arxiv)
        elif doi and doi.startswith("10.48550/arxiv."):
            publication.setdefault("arxiv", doi.removeprefix("10.48550/arxiv."))
        elif doi and relation in ("issupplementto", "isdescribedby", "isdocumentedby"):
            publication.setdefault("doi", doi)
    return publication, references
