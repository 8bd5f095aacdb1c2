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
    kind = "Organizational" if creator.get("type") == "organizational" else "Personal"
    orcid = creator.get("orcid")
    return without_empty(
        {
            "name": creator["name"],
            "nameType": kind,
            "nameIdentifiers": [
                {
                    "nameIdentifier": orcid,
                    "nameIdentifierScheme": "ORCID",
                    "schemeUri": "https://orcid.org/",
                }
            ]
            if orcid
            else None,
        }
    )


def _related(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    publication = entry["metadata"].get("publication") or {}
    related = [
        (publication[name], kind, "IsSupplementTo")
        for name, kind in (("doi", "DOI"), ("arxiv", "arXiv"))
        if publication.get(name)
    ]
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
