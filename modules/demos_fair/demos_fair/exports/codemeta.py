# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CodeMeta 3."""

from __future__ import annotations

from typing import Any

from ..resource import Resource
from . import Export, text, without_empty
from .json_ld import agent, grant
from .json_ld import document as schema_org

CONTEXT = "https://w3id.org/codemeta/3.0"


def document(resource: Resource) -> dict[str, Any]:
    """Return an object in CodeMeta.

    Args:
        resource: The object.

    >>> document(Resource("1", "https://x/1", "https://x/api/1", "T"))["identifier"]
    'https://x/1'
    """
    found = schema_org(resource)
    is_software = resource.general == "Software"
    return without_empty(
        {
            "@context": CONTEXT,
            "@type": "SoftwareSourceCode" if is_software else "Dataset",
            "@id": found["@id"],
            "identifier": resource.cited,
            "name": resource.title,
            "description": resource.description,
            "author": [agent(one) for one in resource.creators],
            "contributor": [agent(one) for one in resource.contributors],
            "publisher": found.get("publisher"),
            "funding": "; ".join(
                " ".join(part for part in (one.funder, one.number, one.title) if part)
                for one in resource.grants
            ),
            "funder": [grant(one)["funder"] for one in resource.grants],
            "keywords": list(dict.fromkeys(one.label for one in resource.subjects)),
            "license": resource.licence_url,
            "version": resource.version,
            "datePublished": resource.day,
            "dateCreated": (resource.created or "")[:10],
            "dateModified": (resource.updated or "")[:10],
            "url": resource.page,
            "referencePublication": [
                one.url
                for one in resource.related
                if one.url and one.relation in {"IsSupplementTo", "IsDescribedBy", "IsDocumentedBy"}
            ],
            "fileSize": None,
            "relatedLink": [
                one.url
                for one in resource.related
                if one.url and one.relation not in {"IsPartOf", "HasPart"}
            ],
            "isPartOf": found.get("isPartOf"),
            "hasPart": found.get("hasPart"),
        }
    )


EXPORT = Export(
    name="codemeta",
    title="CodeMeta",
    media_type='application/ld+json;profile="https://w3id.org/codemeta"',
    suffix=".codemeta.json",
    write=lambda resource: text(document(resource)),
    accepts=(
        'application/ld+json;profile="https://w3id.org/codemeta/3.0"',
        "application/vnd.codemeta.ld+json",
    ),
)
