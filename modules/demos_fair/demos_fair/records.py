# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A record of InvenioRDM as what catalogues ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import current_app
from invenio_base.utils import obj_or_import_string
from invenio_rdm_records.resources.serializers.errors import VocabularyItemNotFoundError
from invenio_rdm_records.resources.serializers.utils import get_vocabulary_props

from .resource import (
    CONTRIBUTORS,
    DATES,
    RELATIONS,
    Affiliation,
    Agent,
    File,
    Grant,
    Moment,
    Related,
    Resource,
    Term,
    licence_url,
    plain,
    spdx,
)

SCHEMES = {
    "doi": "DOI",
    "arxiv": "arXiv",
    "ads": "bibcode",
    "ark": "ARK",
    "cstr": "CSTR",
    "ean13": "EAN13",
    "eissn": "EISSN",
    "handle": "Handle",
    "igsn": "IGSN",
    "isbn": "ISBN",
    "issn": "ISSN",
    "istc": "ISTC",
    "lissn": "LISSN",
    "lsid": "LSID",
    "pmid": "PMID",
    "purl": "PURL",
    "raid": "RAiD",
    "rrid": "RRID",
    "swh": "SWHID",
    "upc": "UPC",
    "url": "URL",
    "urn": "URN",
    "w3id": "w3id",
}
"""DataCite's names of identifiers' kinds by InvenioRDM's schemes."""

Enricher = Callable[[Sequence[Mapping[str, Any]], list[Resource]], list[Resource]]
"""Adds what records do not say themselves; takes the records and what is known of them."""


def describe_all(records: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return records as what catalogues ask for, with what the site's enrichers add.

    Args:
        records: As the REST API answers them.
    """
    found = list(records)
    made = [describe(one) for one in found]
    for name in current_app.config["DEMOS_FAIR_ENRICHERS"]:
        made = obj_or_import_string(name)(found, made)
    return made


def describe(record: Mapping[str, Any]) -> Resource:
    """Return a record as what catalogues ask for.

    Args:
        record: As the REST API answers it.
    """
    metadata, links = record["metadata"], record["links"]
    pids = record.get("pids") or {}
    props = _props((metadata.get("resource_type") or {}).get("id"))
    rights = next(iter(metadata.get("rights") or ()), {})
    licence, address = rights.get("id"), _link(rights)
    is_spdx = bool(licence) and (rights.get("props") or {}).get("scheme", "spdx").lower() == "spdx"
    return Resource(
        id=record["id"],
        page=links["self_html"],
        api=links["self"],
        title=metadata.get("title") or "",
        creators=tuple(_agent(one) for one in metadata.get("creators") or ()),
        contributors=tuple(
            _agent(one, is_contributor=True) for one in metadata.get("contributors") or ()
        ),
        publisher=metadata.get("publisher"),
        published=metadata.get("publication_date"),
        created=record.get("created"),
        updated=record.get("updated"),
        doi=(pids.get("doi") or {}).get("identifier"),
        identifiers=tuple(_identifiers(metadata, pids)),
        description=plain(metadata["description"]) if metadata.get("description") else None,
        version=metadata.get("version"),
        language=next((one["id"] for one in metadata.get("languages") or ()), None),
        subjects=tuple(
            Term(one["subject"], _subject_url(one))
            for one in metadata.get("subjects") or ()
            if one.get("subject")
        ),
        licence=spdx(licence) if is_spdx else None,
        licence_url=licence_url(licence) if is_spdx else address,
        licence_title=_text(rights.get("title")),
        general=props.get("datacite_general") or "Other",
        label=_text((metadata.get("resource_type") or {}).get("title"))
        or props.get("datacite_type")
        or "Other",
        schema_type=(props.get("schema.org") or "https://schema.org/CreativeWork").rsplit("/")[-1],
        is_open=(record.get("access") or {}).get("files") == "public",
        files=tuple(_files(record)),
        related=tuple(_related(metadata, record)),
        grants=tuple(_grant(one) for one in metadata.get("funding") or ()),
        moments=tuple(_moments(metadata)),
    )


def _props(resource_type: str | None) -> Mapping[str, str]:
    wanted = ["props.datacite_general", "props.datacite_type", "props.schema.org"]
    try:
        found: Mapping[str, str] = get_vocabulary_props("resourcetypes", wanted, resource_type)
    except VocabularyItemNotFoundError:
        return {}
    return found


def _text(value: Any) -> str | None:
    """Return a text in English, or in the first language that there is."""
    if isinstance(value, Mapping):
        value = value.get("en") or next(iter(value.values()), None)
    return str(value) if value else None


def _link(rights: Mapping[str, Any]) -> str | None:
    return rights.get("link") or (rights.get("props") or {}).get("url")


def _by_scheme(identifiers: Iterable[Mapping[str, Any]], scheme: str) -> str | None:
    return next((i["identifier"] for i in identifiers if i.get("scheme") == scheme), None)


def _ror(given: Mapping[str, Any]) -> str | None:
    """Return a ROR identifier: of a vocabulary's entry it may be the entry's own id."""
    found = _by_scheme(given.get("identifiers") or (), "ror") or given.get("id")
    found = str(found or "").rpartition("/")[2]
    # Seven characters after the leading zero: https://ror.readme.io/docs/identifier
    return found if len(found) == 9 and found.startswith("0") else None


def _agent(given: Mapping[str, Any], *, is_contributor: bool = False) -> Agent:
    one = given["person_or_org"]
    identifiers = one.get("identifiers") or ()
    role = ((given.get("role") or {}).get("id") or "other") if is_contributor else None
    return Agent(
        name=one.get("name") or one.get("family_name") or "Unknown",
        is_person=one.get("type") != "organizational",
        family=one.get("family_name"),
        given=one.get("given_name"),
        orcid=_by_scheme(identifiers, "orcid"),
        ror=(_by_scheme(identifiers, "ror") or "").rpartition("/")[2] or None,
        affiliations=tuple(
            Affiliation(a.get("name") or a["id"], _ror(a))
            for a in given.get("affiliations") or ()
            if a.get("name") or a.get("id")
        ),
        role=CONTRIBUTORS.get(role, "Other") if role else None,
    )


def _identifiers(metadata: Mapping[str, Any], pids: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if oai := (pids.get("oai") or {}).get("identifier"):
        yield "oai", oai
    for one in metadata.get("identifiers") or ():
        yield SCHEMES.get(one.get("scheme"), one.get("scheme") or "Other"), one["identifier"]


def _subject_url(one: Mapping[str, Any]) -> str | None:
    name = str(one.get("id") or "")
    return name if name.startswith("http") else None


def _files(record: Mapping[str, Any]) -> Iterable[File]:
    site = current_app.config["SITE_UI_URL"]
    for key, one in ((record.get("files") or {}).get("entries") or {}).items():
        if (one.get("access") or {}).get("hidden"):
            continue
        checksum = str(one.get("checksum") or "")
        algorithm, _, value = checksum.partition(":")
        yield File(
            name=key,
            url=f"{site}/records/{record['id']}/files/{quote(key)}",
            media_type=one.get("mimetype") or "application/octet-stream",
            size=one.get("size"),
            sha256=value if algorithm == "sha256" else None,
            md5=value if algorithm == "md5" else None,
        )


def _related(metadata: Mapping[str, Any], record: Mapping[str, Any]) -> Iterable[Related]:
    for one in metadata.get("related_identifiers") or ():
        scheme = SCHEMES.get(one.get("scheme"))
        relation = RELATIONS.get((one.get("relation_type") or {}).get("id") or "")
        if scheme and relation and one.get("identifier"):
            kind = (one.get("resource_type") or {}).get("id")
            general = _props(kind).get("datacite_general") if kind else None
            yield Related(one["identifier"], scheme, relation, general)
    concept = ((record.get("parent") or {}).get("pids") or {}).get("doi") or {}
    if concept.get("identifier"):
        yield Related(concept["identifier"], "DOI", "IsVersionOf")


def _grant(given: Mapping[str, Any]) -> Grant:
    funder, award = given.get("funder") or {}, given.get("award") or {}
    url = _by_scheme(award.get("identifiers") or (), "url")
    return Grant(
        funder=funder.get("name") or funder.get("id") or "Unknown",
        ror=_ror(funder),
        number=award.get("number"),
        title=_text(award.get("title")),
        url=url,
    )


def _moments(metadata: Mapping[str, Any]) -> Iterable[Moment]:
    for one in metadata.get("dates") or ():
        kind = DATES.get((one.get("type") or {}).get("id") or "", "Other")
        if one.get("date"):
            yield Moment(one["date"], kind, one.get("description"))


def with_related(resource: Resource, related: Iterable[Related]) -> Resource:
    """Return an object with further relations, each once.

    Args:
        resource: The object.
        related: What it is related to, besides.
    """
    return replace(resource, related=tuple(dict.fromkeys((*resource.related, *related))))
