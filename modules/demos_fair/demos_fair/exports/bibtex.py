# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""BibTeX: persons are persons, organisations are kept whole."""

from __future__ import annotations

import re

from ..resource import Agent, Resource
from . import Export

MAX_AUTHORS = 100
"""Authors that are named; further ones are "and others"."""

ENTRIES = {
    "JournalArticle": "article",
    "Software": "software",
    "Dataset": "dataset",
    "Report": "techreport",
    "Book": "book",
}
"""BibTeX's kind of entry by DataCite's general type; others are ``misc``."""

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


def author(one: Agent) -> str:
    """Return a name as BibTeX wants it.

    Args:
        one: The person or organisation.

    >>> author(Agent("Quill, Ada", family="Quill", given="Ada"))
    'Quill, Ada'
    >>> author(Agent("ATLAS Collaboration", is_person=False))
    '{ATLAS Collaboration}'
    """
    if not one.is_person:
        return f"{{{one.name.translate(_TEX)}}}"
    if not one.family:
        return one.name.translate(_TEX)
    family, given = one.family.translate(_TEX), (one.given or "").translate(_TEX)
    return f"{family}, {given}" if given else family


def entry(resource: Resource) -> str:
    r"""Return the citation of an object as BibTeX.

    Args:
        resource: The object.

    >>> print(entry(Resource("0a", "https://x", "https://x/api", "100 % of {all}",
    ...     cite_doi="10.1/x", creators=(Agent("Quill, Ada", family="Quill", given="Ada"),
    ...         Agent("ATLAS Collaboration", is_person=False)),
    ...     published="2026", publisher="HEPData", version="1", general="Model")))
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
    authors = [author(one) for one in resource.creators[:MAX_AUTHORS]]
    if len(resource.creators) > MAX_AUTHORS:
        authors.append("others")
    fields = {
        "author": " and ".join(authors),
        "title": f"{{{resource.title.translate(_TEX)}}}",
        "year": resource.year,
        "publisher": (resource.publisher or "").translate(_TEX),
        "version": (resource.version or "").translate(_TEX),
        "doi": resource.doi or resource.cite_doi or "",
        "url": resource.cited,
    }
    key = re.sub(r"[^0-9a-z]", "", resource.id.lower())[:12]
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{ENTRIES.get(resource.general, 'misc')}{{demos{key},", *lines, "}"])


EXPORT = Export(
    name="bibtex",
    title="BibTeX",
    media_type="application/x-bibtex",
    suffix=".bib",
    write=lambda resource: entry(resource) + "\n",
)
