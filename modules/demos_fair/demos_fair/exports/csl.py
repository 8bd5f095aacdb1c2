# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CSL JSON, which citation processors read."""

from __future__ import annotations

from typing import Any

from ..resource import Agent, Resource
from . import Export, text, without_empty

TYPES = {
    "JournalArticle": "article-journal",
    "Preprint": "article",
    "Software": "software",
    "Report": "report",
    "Book": "book",
    "Image": "graphic",
}
"""CSL's type by DataCite's general type; others are datasets."""


def author(one: Agent) -> dict[str, str]:
    """Return a name in CSL.

    Args:
        one: The person or organisation.

    >>> author(Agent("Quill, Ada", family="Quill", given="Ada"))
    {'family': 'Quill', 'given': 'Ada'}
    """
    if not one.is_person or not one.family:
        return {"literal": one.name}
    return without_empty({"family": one.family, "given": one.given})


def document(resource: Resource) -> dict[str, Any]:
    """Return the citation of an object as CSL JSON.

    Args:
        resource: The object.
    """
    parts = [int(part) for part in (resource.day or resource.year).split("-") if part.isdigit()]
    return without_empty(
        {
            "id": resource.id,
            "type": TYPES.get(resource.general, "dataset"),
            "title": resource.title,
            "author": [author(one) for one in resource.creators],
            "issued": {"date-parts": [parts[:3]]} if parts else None,
            "abstract": resource.description,
            "publisher": resource.publisher,
            "version": resource.version,
            "language": resource.language,
            "DOI": resource.doi or resource.cite_doi,
            "URL": resource.cited,
        }
    )


EXPORT = Export(
    name="csl",
    title="CSL JSON",
    media_type="application/vnd.citationstyles.csl+json",
    suffix=".csl.json",
    write=lambda resource: text(document(resource)),
)
