# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DataCite's kernel 4.7 as JSON."""

from __future__ import annotations

from typing import Any

from ..resource import Affiliation, Agent, Grant, Resource
from . import Export, text, without_empty

KERNEL = "http://datacite.org/schema/kernel-4"


def affiliation(one: Affiliation) -> dict[str, Any]:
    """Return an affiliation in DataCite's JSON.

    Args:
        one: The affiliation.
    """
    scheme = {
        "affiliationIdentifier": f"https://ror.org/{one.ror}",
        "affiliationIdentifierScheme": "ROR",
        "schemeUri": "https://ror.org",
    }
    return {"name": one.name, **(scheme if one.ror else {})}


def agent(one: Agent) -> dict[str, Any]:
    """Return a creator or contributor in DataCite's JSON.

    Args:
        one: The person or organisation.
    """
    identifiers = []
    if one.orcid:
        identifiers.append((f"https://orcid.org/{one.orcid}", "ORCID", "https://orcid.org"))
    if one.ror:
        identifiers.append((f"https://ror.org/{one.ror}", "ROR", "https://ror.org"))
    return without_empty(
        {
            "name": one.name,
            "nameType": "Personal" if one.is_person else "Organizational",
            "givenName": one.given,
            "familyName": one.family,
            "nameIdentifiers": [
                {"nameIdentifier": value, "nameIdentifierScheme": scheme, "schemeUri": uri}
                for value, scheme, uri in identifiers
            ],
            "affiliation": [affiliation(a) for a in one.affiliations],
            "contributorType": one.role,
        }
    )


def grant(one: Grant) -> dict[str, Any]:
    """Return a grant in DataCite's JSON.

    Args:
        one: The grant.
    """
    return without_empty(
        {
            "funderName": one.funder,
            "funderIdentifier": f"https://ror.org/{one.ror}" if one.ror else None,
            "funderIdentifierType": "ROR" if one.ror else None,
            "awardNumber": one.number,
            "awardTitle": one.title,
            "awardUri": one.url,
        }
    )


def document(resource: Resource) -> dict[str, Any]:
    """Return an object in DataCite's JSON.

    Args:
        resource: The object.

    >>> made = document(Resource("1", "https://x/1", "https://x/api/1", "T",
    ...     created="2026-01-01T00:00:00+00:00"))
    >>> made["publicationYear"], made["identifiers"]
    ('2026', [{'identifier': 'https://x/1', 'identifierType': 'URL'}])
    """
    moments = [(m.date, m.kind, m.description) for m in resource.moments]
    if resource.published:
        moments.append((resource.published, "Issued", None))
    if resource.created:
        moments.append((resource.created[:10], "Created", None))
    if resource.updated:
        moments.append((resource.updated[:10], "Updated", None))
    creators = resource.creators or (Agent("Unknown", is_person=False),)
    rights = without_empty(
        {
            "rights": resource.licence_title or resource.licence,
            "rightsUri": resource.licence_url,
            "rightsIdentifier": (resource.licence or "").lower(),
            "rightsIdentifierScheme": "SPDX" if resource.licence else None,
            "schemeUri": "https://spdx.org/licenses/" if resource.licence else None,
        }
    )
    # As DataCite's own API answers it: what has no DOI is named by its address.
    identifiers = [] if resource.doi else [("URL", resource.page)]
    return without_empty(
        {
            "doi": resource.doi,
            "url": resource.page,
            "types": {
                "resourceTypeGeneral": resource.general,
                "resourceType": resource.label,
            },
            "titles": [{"title": resource.title}],
            "creators": [agent(one) for one in creators],
            "contributors": [agent(one) for one in resource.contributors],
            "publisher": {"name": resource.publisher or "Unknown"},
            "publicationYear": resource.year,
            "descriptions": [{"description": resource.description, "descriptionType": "Abstract"}]
            if resource.description
            else [],
            "subjects": [
                without_empty({"subject": s.label, "valueUri": s.url}) for s in resource.subjects
            ],
            "language": resource.language,
            "dates": [
                without_empty({"date": date, "dateType": kind, "dateInformation": words})
                for date, kind, words in dict.fromkeys(moments)
            ],
            "identifiers": [
                {"identifier": value, "identifierType": kind} for kind, value in identifiers
            ],
            "alternateIdentifiers": [
                {"alternateIdentifier": value, "alternateIdentifierType": kind}
                for kind, value in resource.identifiers
            ],
            "relatedIdentifiers": [
                without_empty(
                    {
                        "relatedIdentifier": one.identifier,
                        "relatedIdentifierType": one.scheme,
                        "relationType": one.relation,
                        "resourceTypeGeneral": one.general,
                    }
                )
                for one in dict.fromkeys(resource.related)
            ],
            "fundingReferences": [grant(one) for one in resource.grants],
            "rightsList": [rights] if "rightsIdentifier" in rights else [],
            "sizes": [f"{one.size} bytes" for one in resource.files if one.size is not None],
            "formats": sorted({one.media_type for one in resource.files}),
            "version": resource.version,
            "schemaVersion": KERNEL,
        }
    )


EXPORT = Export(
    name="datacite-json",
    title="DataCite JSON",
    media_type="application/vnd.datacite.datacite+json",
    suffix=".datacite.json",
    write=lambda resource: text(document(resource)),
)
