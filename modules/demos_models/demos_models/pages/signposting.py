# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""FAIR Signposting of a model's page: typed links for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..resources.serializers.common import licence_url

MAX_AUTHORS = 20
DESCRIPTIONS = (
    "application/json",
    "application/ld+json",
    "application/vnd.datacite.datacite+json",
    "application/vnd.datacite.datacite+xml",
)
CONTENTS = ("file", "demos", "hs3", "pyhf")


def links_of_entry(entry: Mapping[str, Any], doi: str | None) -> list[dict[str, str]]:
    """Give the links of an entry's page.

    Args:
        entry: the entry with its links, as its reader may see it.
        doi: the DOI to cite, if there is one.

    Returns:
        ``[{"rel", "href", "type"?}]``.

    >>> entry = {"metadata": {"licence": "MIT"}, "links": {"self": "https://example.org/m"}}
    >>> [link["rel"] for link in links_of_entry(entry, "10.1/x")]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['cite-as', 'type', 'type', 'license', 'describedby', 'describedby', 'describedby',
     'describedby']
    """
    metadata, links = entry["metadata"], entry["links"]
    found = [{"rel": "cite-as", "href": f"https://doi.org/{doi}"}] if doi else []
    found += [
        {"rel": "type", "href": "https://schema.org/AboutPage"},
        {"rel": "type", "href": "https://schema.org/Dataset"},
    ]
    found += [
        {"rel": "author", "href": f"https://orcid.org/{creator['orcid']}"}
        for creator in (metadata.get("creators") or ())[:MAX_AUTHORS]
        if creator.get("orcid")
    ]
    if licence := licence_url(metadata.get("licence")):
        found.append({"rel": "license", "href": licence})
    found += [{"rel": "describedby", "href": links["self"], "type": kind} for kind in DESCRIPTIONS]
    if entry.get("structure"):
        found += [
            {"rel": "item", "href": links[name], "type": "application/json"}
            for name in CONTENTS
            if name in links
        ]
    return found
