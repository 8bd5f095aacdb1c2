# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""schema.org as JSON-LD, with terms of PROV and of the portal's vocabulary."""

from __future__ import annotations

from typing import Any

from ..resource import Agent, File, Grant, Quantity, Related, Resource
from ..vocabulary import BASE
from . import Export, text, without_empty

CONTEXT: list[Any] = [
    "https://schema.org/",
    {
        "demos": BASE,
        "prov": "http://www.w3.org/ns/prov#",
        "dcterms": "http://purl.org/dc/terms/",
        "conformsTo": {"@id": "dcterms:conformsTo", "@type": "@id"},
        "prov:wasDerivedFrom": {"@type": "@id"},
        "prov:wasAttributedTo": {"@type": "@id"},
        "prov:generatedAtTime": {"@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    },
]

PROPERTIES = {
    "IsPartOf": "isPartOf",
    "HasPart": "hasPart",
    "IsIdenticalTo": "sameAs",
    "IsDerivedFrom": "isBasedOn",
    "IsNewVersionOf": "isBasedOn",
    "IsVariantFormOf": "isBasedOn",
    "Requires": "isBasedOn",
    "IsSupplementTo": "citation",
    "IsDescribedBy": "citation",
    "IsDocumentedBy": "citation",
    "References": "citation",
    "Cites": "citation",
    "IsPublishedIn": "citation",
    "IsReferencedBy": "subjectOf",
    "IsCitedBy": "subjectOf",
    "IsSupplementedBy": "subjectOf",
    "IsReviewedBy": "subjectOf",
    "HasMetadata": "subjectOf",
}
"""schema.org's property for a relation of DataCite; others are mentioned."""

TYPES = {
    "JournalArticle": "ScholarlyArticle",
    "Preprint": "ScholarlyArticle",
    "ConferencePaper": "ScholarlyArticle",
    "Dataset": "Dataset",
    "Software": "SoftwareSourceCode",
    "Model": "Dataset",
    "Book": "Book",
    "Report": "Report",
}


def agent(one: Agent) -> dict[str, Any]:
    """Return a person or an organisation in schema.org.

    Args:
        one: The agent.
    """
    return without_empty(
        {
            "@type": "Person" if one.is_person else "Organization",
            "@id": one.url,
            "name": one.name,
            "familyName": one.family,
            "givenName": one.given,
            "identifier": one.url,
            "affiliation": [
                without_empty(
                    {
                        "@type": "Organization",
                        "@id": f"https://ror.org/{a.ror}" if a.ror else None,
                        "name": a.name,
                    }
                )
                for a in one.affiliations
            ],
        }
    )


def grant(one: Grant) -> dict[str, Any]:
    """Return a grant in schema.org; a funder's identifier is an address.

    Args:
        one: The grant.
    """
    funder = {
        "@type": "Organization",
        "@id": f"https://ror.org/{one.ror}" if one.ror else None,
        "name": one.funder,
    }
    return without_empty(
        {
            "@type": "Grant",
            "name": one.title,
            "identifier": one.number,
            "url": one.url,
            "funder": without_empty(funder),
        }
    )


def download(one: File) -> dict[str, Any]:
    """Return a file in schema.org.

    Args:
        one: The file.
    """
    return without_empty(
        {
            "@type": "DataDownload",
            "@id": one.url,
            "name": one.name,
            "description": one.title,
            "encodingFormat": one.media_type,
            "contentUrl": one.url,
            "contentSize": str(one.size) if one.size is not None else None,
            "sha256": one.sha256,
            "conformsTo": list(one.conforms_to),
            "isBasedOn": one.made_from,
            "prov:wasDerivedFrom": one.made_from,
        }
    )


def quantity(one: Quantity) -> dict[str, Any]:
    """Return a number that describes something in schema.org.

    Args:
        one: The number.
    """
    return without_empty(
        {
            "@type": "PropertyValue",
            "name": one.name,
            "value": one.value,
            "propertyID": one.term,
            "description": one.description,
        }
    )


def other(one: Related) -> dict[str, Any] | str:
    """Return a related object in schema.org, its identifier where it has no address.

    Args:
        one: What the object is related to.
    """
    if one.url is None:
        return without_empty(
            {
                "@type": TYPES.get(one.general or "", "CreativeWork"),
                "identifier": f"{one.scheme}:{one.identifier}",
            }
        )
    return {"@type": TYPES.get(one.general or "", "CreativeWork"), "@id": one.url}


def document(resource: Resource) -> dict[str, Any]:
    """Return an object in schema.org.

    Args:
        resource: The object.

    >>> made = document(Resource("1", "https://x/1", "https://x/api/1", "T", doi="10.1/x"))
    >>> made["@type"], made["@id"], made["identifier"]
    ('Dataset', 'https://doi.org/10.1/x', ['https://doi.org/10.1/x', 'https://x/1'])
    """
    names = [resource.cited, *(value for _, value in resource.identifiers), resource.page]
    relations: dict[str, list[Any]] = {}
    for one in resource.related:
        relations.setdefault(PROPERTIES.get(one.relation, "mentions"), []).append(other(one))
    same = [
        one["@id"] if isinstance(one, dict) and "@id" in one else one
        for one in relations.pop("sameAs", [])
    ]
    creators = [agent(one) for one in resource.creators]
    return without_empty(
        {
            "@context": CONTEXT,
            "@type": resource.schema_type,
            "@id": resource.cited if resource.doi else resource.page,
            "additionalType": resource.additional_type,
            "identifier": list(dict.fromkeys(names)),
            "url": resource.page,
            "name": resource.title,
            "description": resource.description or resource.title,
            "creator": creators,
            "author": creators,
            "contributor": [
                {"@type": "Role", "roleName": one.role or "Other", "contributor": agent(one)}
                for one in resource.contributors
            ],
            "publisher": {"@type": "Organization", "name": resource.publisher}
            if resource.publisher
            else None,
            "funding": [grant(one) for one in resource.grants],
            "keywords": [
                without_empty({"@type": "DefinedTerm", "@id": s.url, "name": s.label})
                if s.url
                else s.label
                for s in resource.subjects
            ],
            "license": resource.licence_url,
            "datePublished": resource.day,
            "dateCreated": resource.created,
            "dateModified": resource.updated,
            "temporalCoverage": next(
                (m.date for m in resource.moments if m.kind == "Coverage"), None
            ),
            "temporal": [f"{m.kind}: {m.date}" for m in resource.moments],
            "version": resource.version,
            "inLanguage": resource.language,
            "isAccessibleForFree": resource.is_open,
            "conditionsOfAccess": "open" if resource.is_open else "restricted",
            "conformsTo": list(resource.conforms_to),
            "variableMeasured": [quantity(one) for one in resource.measured],
            "additionalProperty": [quantity(one) for one in resource.facts],
            "distribution": [download(one) for one in resource.files],
            "sameAs": same,
            **relations,
            "prov:generatedAtTime": resource.created,
            "prov:wasAttributedTo": [one.url for one in resource.creators if one.url],
        }
    )


EXPORT = Export(
    name="json-ld",
    title="JSON-LD (schema.org)",
    media_type="application/ld+json",
    suffix=".jsonld",
    write=lambda resource: text(document(resource)),
)
