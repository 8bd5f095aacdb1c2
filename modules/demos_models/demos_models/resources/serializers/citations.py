# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry as BibTeX and as CSL JSON: persons are persons, organisations are kept whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_resources.serializers.base import BaseSerializer

from .common import TranslatedJSONSerializer, creators_of, without_empty

MAX_AUTHORS = 100
"""Authors that are named in BibTeX; further ones are "and others"."""

_TEX = str.maketrans(
    {
        "\\": r"\textbackslash ",
        "{": r"\lbrace ",
        "}": r"\rbrace ",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "$": r"\$",
        "~": r"\textasciitilde ",
        "^": r"\textasciicircum ",
        "\n": " ",
    }
)


def names_of(creator: Mapping[str, Any]) -> tuple[str, str]:
    """Return a person's family and given names; of an organisation its name and nothing.

    >>> names_of({"name": "Quill, Ada", "type": "personal"})
    ('Quill', 'Ada')
    >>> names_of({"name": "ATLAS Collaboration", "type": "organizational"})
    ('ATLAS Collaboration', '')
    """
    if creator.get("type") == "organizational":
        return creator["name"], ""
    if creator.get("family_name"):
        return creator["family_name"], creator.get("given_name") or ""
    family, comma, given = creator["name"].partition(",")
    if comma:
        return family.strip(), given.strip()
    return creator["name"], ""


def _is_person(creator: Mapping[str, Any]) -> bool:
    return creator.get("type") == "personal" or bool(names_of(creator)[1])


def _author(creator: Mapping[str, Any]) -> str:
    family, given = (name.translate(_TEX) for name in names_of(creator))
    if not _is_person(creator):
        return f"{{{family}}}"
    return f"{family}, {given}" if given else family


def bibtex(entry: Mapping[str, Any]) -> str:
    r"""Return the citation of an entry as BibTeX.

    Args:
        entry: The entry with its links, as its reader may see it.

    >>> print(bibtex({"id": "0a", "links": {"self_html": "https://x"}, "version": {"number": 1},
    ...     "metadata": {"title": "100 % of {all}", "creators": [
    ...         {"name": "Quill, Ada", "type": "personal"},
    ...         {"name": "ATLAS Collaboration", "type": "organizational"}],
    ...     "citation": {"doi": "10.1/x", "year": "2026", "publisher": "HEPData"}}}))
    @misc{demos0a,
      author = {Quill, Ada and {ATLAS Collaboration}},
      title = {{100 \% of \lbrace all\rbrace }},
      year = {2026},
      publisher = {HEPData},
      version = {1},
      doi = {10.1/x},
      url = {https://doi.org/10.1/x},
    }
    """
    metadata = entry["metadata"]
    citation = metadata.get("citation") or {}
    creators = creators_of(metadata)
    authors = [_author(c) for c in creators[:MAX_AUTHORS]]
    if len(creators) > MAX_AUTHORS:
        authors.append("others")
    doi = citation.get("doi")
    fields = {
        "author": " and ".join(authors),
        "title": f"{{{metadata['title'].translate(_TEX)}}}",
        "year": citation.get("year") or "",
        "publisher": str(citation.get("publisher") or "").translate(_TEX),
        "version": str((entry.get("version") or {}).get("number", 1)),
        "doi": doi or "",
        "url": f"https://doi.org/{doi}" if doi else entry["links"]["self_html"],
    }
    key = re.sub(r"[^0-9a-f]", "", entry["id"])[:12]
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{demos{key},", *lines, "}"])


def csl(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the citation of an entry as CSL JSON.

    Args:
        entry: The entry with its links, as its reader may see it.

    >>> csl({"id": "0a", "links": {"self_html": "https://x"}, "metadata": {"title": "T",
    ...     "creators": [{"name": "Quill, Ada", "type": "personal"}]}})["author"]
    [{'family': 'Quill', 'given': 'Ada'}]
    """
    metadata = entry["metadata"]
    citation = metadata.get("citation") or {}
    date = str(metadata.get("publication_date") or citation.get("year") or "").split("/")[0]
    parts = [int(part) for part in date.split("-") if part.isdigit()][:3]
    doi = citation.get("doi")
    authors = []
    for creator in creators_of(metadata):
        family, given = names_of(creator)
        person = without_empty({"family": family, "given": given})
        authors.append(person if _is_person(creator) else {"literal": creator["name"]})
    return without_empty(
        {
            "id": entry["id"],
            "type": "dataset",
            "title": metadata["title"],
            "author": authors,
            "issued": {"date-parts": [parts]} if parts else None,
            "abstract": metadata.get("description"),
            "publisher": citation.get("publisher"),
            "version": str((entry.get("version") or {}).get("number", 1)),
            "DOI": doi,
            "URL": f"https://doi.org/{doi}" if doi else entry["links"]["self_html"],
        }
    )


class BibTeXSerializer(BaseSerializer):
    """BibTeX."""

    def serialize_object(self, obj):
        """Serialise one entry."""
        return bibtex(obj) + "\n"

    def serialize_object_list(self, obj_list):
        """Serialise a page of search results."""
        return "\n\n".join(bibtex(hit) for hit in obj_list["hits"]["hits"]) + "\n"


class CSLSerializer(TranslatedJSONSerializer):
    """CSL JSON."""

    translate = staticmethod(csl)
