# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From a deposit's metadata to the registry's. Pure: no database, no application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from ..registry.identifiers import normalise
from ..registry.references import host_of, merge_references, reference, references_of

_TAG = re.compile(r"<[^>]*>")
_PAPER_RELATIONS = frozenset({"issupplementto", "isdescribedby", "isdocumentedby", "iscitedby"})
_SAME = frozenset({"isidenticalto", "isvariantformof"})
"""Relations that say that the model itself is there too; others only mention something."""

LISTED = 1000
"""People, subjects and grants of one deposit that are kept."""


def plain(text: str) -> str:
    """Take the markup out of a description.

    >>> plain("<p>A&nbsp;<b>search</b></p><p>for it</p>")
    'A search for it'
    """
    return " ".join(unescape(_TAG.sub(" ", text)).split())


def model_metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give the registry's metadata of a deposit.

    Args:
        record: The published record with ``metadata``, ``custom_fields`` and ``pids``.

    Returns:
        The fields of the registry's metadata block, without ``demos_id``.

    >>> model_metadata({"metadata": {"title": "T", "creators": [
    ...     {"person_or_org": {"type": "organizational", "name": "ATLAS Collaboration"}}]},
    ...     "pids": {"doi": {"identifier": "10.5072/x"}}})
    ... # doctest: +NORMALIZE_WHITESPACE
    {'title': 'T', 'creators': [{'name': 'ATLAS Collaboration', 'type': 'organizational'}],
     'collaborations': ['ATLAS Collaboration'], 'experiment': 'ATLAS',
     'doi': '10.5072/x'}
    """
    metadata = record.get("metadata") or {}
    custom = record.get("custom_fields") or {}
    references = dict(custom.get("demos:references") or {})
    creators = [_person(c) for c in (metadata.get("creators") or ())[:LISTED]]
    collaborations = list(custom.get("demos:collaboration") or ()) or [
        c["name"]
        for c in creators
        if c["type"] == "organizational" and "collaboration" in c["name"].lower()
    ]
    publication, external, aliases = _identifiers(metadata, references)
    experiment = custom.get("demos:experiment") or (
        re.sub(r"\s*collaboration\s*", "", collaborations[0], flags=re.IGNORECASE)
        if len(collaborations) == 1
        else None
    )
    rights = metadata.get("rights") or ()
    values = {
        "title": metadata.get("title"),
        "description": plain(metadata["description"]) if metadata.get("description") else None,
        "creators": creators,
        "collaborations": collaborations,
        "experiment": experiment,
        "energies": custom.get("demos:energy"),
        "luminosity": custom.get("demos:luminosity"),
        "analysis_id": custom.get("demos:analysis"),
        "keywords": [s["subject"] for s in metadata.get("subjects") or () if s.get("subject")],
        "licence": next((licence for r in rights if (licence := _licence(r))), None),
        "publication_date": metadata.get("publication_date"),
        "publisher": metadata.get("publisher"),
        "contributors": [_person(c) for c in (metadata.get("contributors") or ())[:LISTED]],
        "dates": [_date(d) for d in (metadata.get("dates") or ())[:LISTED]],
        "funding": [_grant(f) for f in (metadata.get("funding") or ())[:LISTED]],
        "related": [r for r in map(_related, _listed(metadata, "related_identifiers")) if r],
        "publication": publication,
        "external_references": external,
        "container": _container(custom.get("demos:container")),
        "declared_results": custom.get("demos:results"),
        "aliases": aliases,
        "doi": ((record.get("pids") or {}).get("doi") or {}).get("identifier"),
    }
    return {k: v for k, v in values.items() if v not in (None, "", [], {})}


def _person(entry: Mapping[str, Any]) -> dict[str, Any]:
    person = entry["person_or_org"]
    identifiers = person.get("identifiers") or ()
    schemes = {i.get("scheme"): i.get("identifier") for i in identifiers}
    role = entry.get("role") or {}
    values = {
        "name": person.get("name", ""),
        "type": person.get("type", "personal"),
        "family_name": person.get("family_name"),
        "given_name": person.get("given_name"),
        "orcid": schemes.get("orcid"),
        "ror": schemes.get("ror"),
        "affiliations": [_affiliation(a) for a in entry.get("affiliations") or ()],
        "role": role.get("id") if isinstance(role, Mapping) else role,
    }
    return {k: v for k, v in values.items() if v not in (None, "", [])} | {"name": values["name"]}


def _affiliation(given: Mapping[str, Any]) -> dict[str, str]:
    identifiers = given.get("identifiers") or ()
    ror = next((i.get("identifier") for i in identifiers if i.get("scheme") == "ror"), None)
    values = {"name": given.get("name") or given.get("id"), "ror": ror or given.get("id")}
    return {k: v for k, v in values.items() if v}


def _licence(right: Mapping[str, Any]) -> str | None:
    """Return a licence's identifier; of a custom one its address, else its title."""
    title = right.get("title")
    if isinstance(title, Mapping):
        title = title.get("en") or next(iter(title.values()), None)
    return right.get("id") or right.get("link") or title


def _date(given: Mapping[str, Any]) -> dict[str, str]:
    kind = given.get("type") or {}
    values = {
        "date": given.get("date"),
        "type": kind.get("id") if isinstance(kind, Mapping) else kind,
        "description": given.get("description"),
    }
    return {k: v for k, v in values.items() if v}


_SCHEMES = {
    "doi": "DOI",
    "arxiv": "arXiv",
    "handle": "Handle",
    "url": "URL",
    "urn": "URN",
    "purl": "PURL",
    "ark": "ARK",
    "isbn": "ISBN",
    "issn": "ISSN",
    "w3id": "w3id",
    "swh": "SWHID",
}
"""DataCite's names of identifiers' kinds."""


def _listed(metadata: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return list(metadata.get(name) or ())[:LISTED]


def _related(given: Mapping[str, Any]) -> dict[str, str] | None:
    """Return a related object; None where DataCite has no kind for its identifier."""
    relation = (given.get("relation_type") or {}).get("id")
    scheme = _SCHEMES.get(str(given.get("scheme") or "").lower())
    if not (relation and scheme and given.get("identifier")):
        return None
    return {"identifier": given["identifier"], "scheme": scheme, "relation": relation}


def _grant(given: Mapping[str, Any]) -> dict[str, str]:
    funder, award = given.get("funder") or {}, given.get("award") or {}
    title = award.get("title")
    if isinstance(title, Mapping):
        title = title.get("en") or next(iter(title.values()), None)
    identifiers = award.get("identifiers") or ()
    values = {
        "funder": funder.get("name") or funder.get("id"),
        "funder_id": funder.get("id"),
        "number": award.get("number"),
        "title": title,
        "url": next((i.get("identifier") for i in identifiers if i.get("identifier")), None),
    }
    return {k: str(v) for k, v in values.items() if v}


def _identifiers(
    metadata: Mapping[str, Any], references: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Any], list[str]]:
    publication: dict[str, str] = {}
    for key, name in (("doi", "doi"), ("arxiv", "arxiv"), ("inspire", "inspire_id")):
        if references.get(key):
            found = normalise(references[key])
            publication[name] = found[1] if found and key != "inspire" else references[key]
    claimed = ("hepdata", "zenodo", "github")
    external = references_of({name: references.get(name) for name in claimed})
    aliases = [i["identifier"] for i in metadata.get("identifiers") or () if i.get("identifier")]
    for related in metadata.get("related_identifiers") or ():
        identifier = related.get("identifier") or ""
        relation = (related.get("relation_type") or {}).get("id")
        found = normalise(identifier)
        if relation in _SAME:
            host = host_of(identifier) or "other"
            merge_references(external, {host: reference(host, identifier)})
            aliases.append(identifier)
        elif relation == "ispartof" and (host := host_of(identifier)) in external:
            # The DOI of the record at the host that the depositor has named.
            merge_references(external, {host: reference(host, identifier)})
        elif found and relation in _PAPER_RELATIONS and found[0] in ("doi", "arxiv"):
            publication.setdefault(found[0], found[1])
    return publication, external, aliases


def _container(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not value:
        return None
    image = value["image"]
    container = {k: str(v) for k, v in value.items() if v}
    if "registry" not in container and "/" in image and "." in image.split("/")[0]:
        container["registry"] = image.split("/")[0]
    if "@sha256:" in image:
        container["digest"] = image.split("@", 1)[1]
    return container
