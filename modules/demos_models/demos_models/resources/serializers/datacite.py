# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry as DataCite 4.5, in JSON and in XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datacite import schema45
from flask_resources.serializers.base import BaseSerializer
from lxml import etree

from .common import (
    UNKNOWN_CREATOR,
    TranslatedJSONSerializer,
    creators_of,
    licence_url,
    without_empty,
    xml_safe,
)

PUBLISHER = "DEMOS portal"
PORTAL = "portal"
ROLES = {
    role.lower(): role
    for role in (
        "ContactPerson",
        "DataCollector",
        "DataCurator",
        "DataManager",
        "Distributor",
        "Editor",
        "HostingInstitution",
        "Producer",
        "ProjectLeader",
        "ProjectManager",
        "ProjectMember",
        "RegistrationAgency",
        "RegistrationAuthority",
        "RelatedPerson",
        "Researcher",
        "ResearchGroup",
        "RightsHolder",
        "Sponsor",
        "Supervisor",
        "WorkPackageLeader",
        "Other",
    )
}
"""DataCite's contributor types by the ids of the deposits' roles."""

DATES = {
    name.lower(): name
    for name in (
        "Accepted",
        "Available",
        "Collected",
        "Copyrighted",
        "Created",
        "Issued",
        "Submitted",
        "Updated",
        "Valid",
        "Withdrawn",
        "Other",
    )
}
"""DataCite's types of dates by the ids of the deposits' ones."""

_KERNEL = "http://datacite.org/schema/kernel-4"


def datacite_json(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Translate an entry to DataCite's JSON.

    Args:
        entry: the entry with its links, as its reader may see it.

    Returns:
        What DataCite's schema 4.5 accepts. An entry has no DOI of its own: the DOIs
        belong to the deposits and papers that it is related to.

    >>> document = datacite_json({"demos_id": "u", "created": "2026-01-01T00:00:00+00:00",
    ...     "metadata": {"title": "T"}})
    >>> document["publicationYear"], schema45.validate(document)
    ('2026', True)
    """
    metadata, links = entry["metadata"], entry.get("links") or {}
    created = entry["created"][:10]
    licence = metadata.get("licence")
    document = without_empty(
        {
            "types": {"resourceTypeGeneral": "Model", "resourceType": "Statistical model"},
            "titles": [{"title": metadata["title"]}],
            "creators": [_creator(c) for c in creators_of(metadata) or [UNKNOWN_CREATOR]],
            "contributors": [_contributor(c) for c in metadata.get("contributors") or ()],
            "fundingReferences": [_grant(f) for f in metadata.get("funding") or ()],
            "publisher": {"name": PUBLISHER},
            "publicationYear": (metadata.get("publication_date") or created)[:4],
            "descriptions": [
                {"description": metadata["description"], "descriptionType": "Abstract"}
            ]
            if metadata.get("description")
            else None,
            "subjects": [{"subject": k} for k in metadata.get("keywords") or ()],
            "dates": [
                {"date": created, "dateType": "Created"},
                {"date": (entry.get("updated") or created)[:10], "dateType": "Updated"},
                *(
                    {"date": d["date"], "dateType": DATES.get(d.get("type", ""), "Other")}
                    for d in metadata.get("dates") or ()
                    if d.get("date")
                ),
            ],
            "alternateIdentifiers": [
                {"alternateIdentifier": value, "alternateIdentifierType": kind}
                for value, kind in ((entry["demos_id"], "UUID"), (links.get("self_html"), "URL"))
                if value
            ],
            "relatedIdentifiers": _related(entry),
            "rightsList": [without_empty({"rights": licence, "rightsUri": licence_url(licence)})]
            if licence
            else None,
            "sizes": [
                f"{s['size']} bytes" for s in (entry.get("sources") or ())[:1] if s.get("size")
            ],
            "formats": ["application/json"] if entry.get("structure") else None,
            "version": str((entry.get("version") or {}).get("number", 1)),
            "url": links.get("self_html"),
        }
    )
    return {**document, "schemaVersion": _KERNEL}


def _creator(creator: Mapping[str, Any]) -> dict[str, Any]:
    personal = creator.get("type") != "organizational"
    given = (
        ("orcid", "ORCID", "https://orcid.org/"),
        ("ror", "ROR", "https://ror.org/"),
    )
    return without_empty(
        {
            "name": creator["name"],
            "nameType": "Personal" if personal else "Organizational",
            "familyName": creator.get("family_name"),
            "givenName": creator.get("given_name"),
            "affiliation": [_affiliation(a) for a in creator.get("affiliations") or ()],
            "nameIdentifiers": [
                {
                    "nameIdentifier": creator[name],
                    "nameIdentifierScheme": scheme,
                    "schemeUri": uri,
                }
                for name, scheme, uri in given
                if creator.get(name)
            ],
        }
    )


def _affiliation(affiliation: Mapping[str, Any]) -> dict[str, Any]:
    ror = affiliation.get("ror")
    return without_empty(
        {
            "name": affiliation.get("name") or ror,
            "affiliationIdentifier": f"https://ror.org/{ror}" if ror else None,
            "affiliationIdentifierScheme": "ROR" if ror else None,
        }
    )


def _contributor(person: Mapping[str, Any]) -> dict[str, Any]:
    role = (person.get("role") or "other").lower()
    return {**_creator(person), "contributorType": ROLES.get(role, "Other")}


def _grant(grant: Mapping[str, Any]) -> dict[str, Any]:
    return without_empty(
        {
            "funderName": grant.get("funder") or "Unknown",
            "awardNumber": grant.get("number"),
            "awardTitle": grant.get("title"),
            "awardUri": grant.get("url"),
        }
    )


def _related(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    metadata = entry["metadata"]
    publication = metadata.get("publication") or {}
    related = [
        (publication[name], kind, "IsSupplementTo")
        for name, kind in (("doi", "DOI"), ("arxiv", "arXiv"))
        if publication.get(name)
    ]
    references = metadata.get("external_references") or {}
    citation = metadata.get("citation") or {}
    same = [citation, *(v for k, v in references.items() if k != "others")]
    dois = dict.fromkeys(one.get("doi") for one in [*same, *(references.get("others") or ())])
    related += [(doi, "DOI", "IsIdenticalTo") for doi in dois if doi]
    # A deposit holds the model among other things; elsewhere these are the same bytes.
    related += [
        (s["url"], "URL", "IsPartOf" if s.get("host") == PORTAL else "IsIdenticalTo")
        for s in entry.get("sources") or ()
        if s.get("url")
    ]
    return [
        {"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": relation}
        for value, kind, relation in dict.fromkeys(related)
    ]


def datacite_etree(entry: Mapping[str, Any]) -> etree._Element:
    """Translate an entry to DataCite's XML.

    Args:
        entry: the entry with its links, as its reader may see it.
    """
    document = xml_safe(datacite_json(entry))
    root = schema45.dump_etree(document)
    # The XML schema wants one identifier; without a DOI it is the entry's address.
    identifier = etree.Element(f"{{{_KERNEL}}}identifier", identifierType="URL")
    identifier.text = document.get("url") or f"urn:uuid:{entry['demos_id']}"
    root.insert(0, identifier)
    return root


class DataCiteJSONSerializer(TranslatedJSONSerializer):
    """DataCite's JSON."""

    translate = staticmethod(datacite_json)


class DataCiteXMLSerializer(BaseSerializer):
    """DataCite's XML."""

    def serialize_object(self, obj):
        """Serialise one entry."""
        return _text(datacite_etree(obj))

    def serialize_object_list(self, obj_list):
        """Serialise a page of search results."""
        root = etree.Element("resources")
        root.extend(datacite_etree(hit) for hit in obj_list["hits"]["hits"])
        return _text(root)


def _text(root: etree._Element) -> str:
    body = etree.tostring(root, pretty_print=True, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
