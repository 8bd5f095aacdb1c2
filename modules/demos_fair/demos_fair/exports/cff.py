# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The Citation File Format 1.2.0: contributors are no authors."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ..resource import Agent, Resource
from . import Export, without_empty

DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-\.\(\)\[\]\\]+")
"""What the format takes as a DOI."""


def author(one: Agent) -> dict[str, str]:
    """Return a name in the Citation File Format.

    Args:
        one: The person or organisation.
    """
    if not one.is_person:
        return {"name": one.name}
    place = one.affiliations[0].name if one.affiliations else None
    return without_empty(
        {
            "family-names": one.family or one.name,
            "given-names": one.given,
            "affiliation": place,
            "orcid": f"https://orcid.org/{one.orcid}" if one.orcid else None,
        }
    )


def document(resource: Resource) -> dict[str, Any]:
    """Return the citation of an object as the Citation File Format has it.

    Args:
        resource: The object.

    >>> document(Resource("1", "https://x/1", "https://x/api/1", "T", published="2026"))["type"]
    'dataset'
    """
    doi = resource.doi or resource.cite_doi
    day = resource.day or ""
    creators = resource.creators or (Agent("Unknown", is_person=False),)
    is_doi = bool(doi and DOI.fullmatch(doi))
    return without_empty(
        {
            "cff-version": "1.2.0",
            "message": "If you use this, please cite it as below.",
            "type": "software" if resource.general == "Software" else "dataset",
            "title": resource.title,
            "abstract": resource.description,
            "authors": [author(one) for one in creators],
            "version": resource.version,
            "date-released": day if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else None,
            "doi": doi if is_doi else None,
            "identifiers": [{"type": "url", "value": resource.page}],
            "url": resource.page,
            "keywords": list(dict.fromkeys(one.label for one in resource.subjects)),
            "license": resource.licence,
            "license-url": None if resource.licence else resource.licence_url,
        }
    )


def write(resource: Resource) -> str:
    """Return the citation of an object as a file ``CITATION.cff``.

    Args:
        resource: The object.
    """
    made: str = yaml.safe_dump(document(resource), allow_unicode=True, sort_keys=False)
    return made


EXPORT = Export(
    name="cff",
    title="Citation File Format",
    media_type="application/vnd.cff+yaml",
    suffix=".cff",
    write=write,
    write_many=lambda resources: "---\n".join(write(one) for one in resources),
    accepts=("application/x-yaml", "application/yaml"),
)
