# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry as schema.org JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .common import TranslatedJSONSerializer, creators_of, licence_url, without_empty

CONFORMS_TO = {
    "pyhf": "https://scikit-hep.org/pyhf/schemas/1.0.0/workspace.json",
    "hs3": "https://github.com/hep-statistics-serialization-standard",
    "demos": "https://demos-portal.org/schemas/demos-document/1.0.json",
}
"""The community's description of each format."""

DOCUMENTS = {"file": "as deposited", "demos": "DEMOS", "hs3": "HS3", "pyhf": "pyhf"}
"""Names of the links to an entry's documents."""


def schema_org(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Translate an entry to schema.org.

    Args:
        entry: the entry with its links, as its reader may see it.

    Returns:
        A ``Dataset``: catalogues of data do not know statistical models.

    >>> document = schema_org({"demos_id": "u", "kind": "other", "metadata": {"title": "T"},
    ...     "links": {"self_html": "https://example.org/models/u"}})
    >>> document["@type"], document["@id"], document["name"]
    ('Dataset', 'https://example.org/models/u', 'T')
    """
    metadata, links = entry["metadata"], entry.get("links") or {}
    publication = metadata.get("publication") or {}
    format_ = entry.get("format")
    return without_empty(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "additionalType": "https://www.wikidata.org/wiki/Q3284399",
            "@id": links.get("self_html"),
            "identifier": [
                f"urn:uuid:{entry['demos_id']}",
                *([f"https://doi.org/{doi}"] if (doi := _doi(metadata)) else []),
            ],
            "url": links.get("self_html"),
            "name": metadata.get("title"),
            "description": metadata.get("description"),
            "creator": [_creator(c) for c in creators_of(metadata)],
            "contributor": [_creator(c) for c in metadata.get("contributors") or ()],
            "funding": [
                without_empty(
                    {
                        "@type": "Grant",
                        "identifier": f.get("number"),
                        "name": f.get("title"),
                        "funder": {"@type": "Organization", "name": f.get("funder")},
                    }
                )
                for f in metadata.get("funding") or ()
            ],
            "keywords": metadata.get("keywords"),
            "license": licence_url(metadata.get("licence")),
            "datePublished": metadata.get("publication_date"),
            "dateCreated": entry.get("created"),
            "dateModified": entry.get("updated"),
            "version": str((entry.get("version") or {}).get("number", 1)),
            "citation": [
                url
                for url in (
                    publication.get("doi") and f"https://doi.org/{publication['doi']}",
                    publication.get("arxiv") and f"https://arxiv.org/abs/{publication['arxiv']}",
                )
                if url
            ],
            "sameAs": [s["url"] for s in entry.get("sources") or () if s.get("url")],
            "isAccessibleForFree": (entry.get("access") or {}).get("files") == "public",
            "measurementTechnique": entry.get("kind"),
            "variableMeasured": _parameters_of_interest(entry),
            "conformsTo": CONFORMS_TO.get(format_ or ""),
            "distribution": _distribution(entry, links),
        }
    )


def _doi(metadata: Mapping[str, Any]) -> str | None:
    return (metadata.get("citation") or {}).get("doi")


def _creator(creator: Mapping[str, Any]) -> dict[str, Any]:
    kind = "Organization" if creator.get("type") == "organizational" else "Person"
    orcid = creator.get("orcid")
    return without_empty(
        {
            "@type": kind,
            "@id": f"https://orcid.org/{orcid}" if orcid else None,
            "name": creator["name"],
            "familyName": creator.get("family_name"),
            "givenName": creator.get("given_name"),
            "affiliation": [
                without_empty(
                    {
                        "@type": "Organization",
                        "@id": f"https://ror.org/{a['ror']}" if a.get("ror") else None,
                        "name": a.get("name"),
                    }
                )
                for a in creator.get("affiliations") or ()
            ],
        }
    )


def _parameters_of_interest(entry: Mapping[str, Any]) -> list[str]:
    structure = entry.get("structure") or {}
    pois = (m.get("poi") for m in structure.get("measurements") or ())
    return sorted({p for p in pois if p})


def _distribution(entry: Mapping[str, Any], links: Mapping[str, str]) -> list[dict[str, Any]]:
    if not entry.get("structure"):
        return []
    hosted = next((s for s in entry.get("sources") or () if s.get("sha256")), {})
    return [
        without_empty(
            {
                "@type": "DataDownload",
                "name": label,
                "encodingFormat": "application/json",
                "contentUrl": links[name],
                **(
                    {
                        "sha256": hosted.get("sha256"),
                        "contentSize": f"{hosted['size']} B" if hosted.get("size") else None,
                    }
                    if name == "file"
                    else {}
                ),
            }
        )
        for name, label in DOCUMENTS.items()
        if name in links
    ]


class ModelJSONLDSerializer(TranslatedJSONSerializer):
    """schema.org as JSON-LD."""

    translate = staticmethod(schema_org)
