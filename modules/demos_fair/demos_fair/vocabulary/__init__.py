# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The vocabulary of statistical models: terms of HistFactory and HS3, each with an address.

The terms stand in ``terms.yaml``. Their addresses stay: a term is deprecated, never removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

BASE = "https://demos-portal.org/terms/"
"""The namespace; every portal serves its terms below its own ``/terms/`` too."""

CONTEXT = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos:prefLabel": {"@language": "en"},
    "skos:altLabel": {"@language": "en"},
    "skos:definition": {"@language": "en"},
    "skos:broader": {"@type": "@id"},
    "skos:inScheme": {"@type": "@id"},
    "skos:hasTopConcept": {"@type": "@id"},
    "skos:exactMatch": {"@type": "@id"},
    "dcterms:source": {"@type": "@id"},
    "dcterms:license": {"@type": "@id"},
}


@dataclass(frozen=True)
class Concept:
    """One term.

    Attributes:
        name: The last part of its address.
        label: What it is called.
        definition: What it means.
        broader: The name of the term of which it is a kind.
        sources: Addresses of the specifications that define it.
        also: Other words for it.
        matches: Addresses of the same term in other vocabularies.
    """

    name: str
    label: str
    definition: str
    broader: str | None = None
    sources: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address that names it."""
        return BASE + self.name


@dataclass(frozen=True)
class Vocabulary:
    """All terms.

    Attributes:
        title: Its title.
        description: What it is for.
        version: Raised with every change.
        modified: The day of the last change.
        specifications: Names of the specifications by address.
        concepts: The terms by name.
    """

    title: str
    description: str
    version: str
    modified: str
    specifications: Mapping[str, str]
    concepts: Mapping[str, Concept]


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary.

    >>> vocabulary().concepts["normsys"].broader
    'modifier'
    """
    given = yaml.safe_load((files(__name__) / "terms.yaml").read_text(encoding="utf-8"))
    sources = given["specifications"]
    concepts = {
        name: Concept(
            name=name,
            label=one["label"],
            definition=one["definition"].strip(),
            broader=one.get("broader"),
            sources=tuple(sources[key] for key in one.get("sources", ())),
            also=tuple(one.get("also", ())),
            matches=tuple(one.get("matches", ())),
        )
        for name, one in given["terms"].items()
    }
    return Vocabulary(
        title=given["title"],
        description=given["description"].strip(),
        version=given["version"],
        modified=str(given["modified"]),
        specifications={url: key for key, url in sources.items()},
        concepts=concepts,
    )


def concept_node(one: Concept) -> dict[str, Any]:
    """Return a term in SKOS.

    Args:
        one: The term.
    """
    node = {
        "@id": one.url,
        "@type": "skos:Concept",
        "skos:prefLabel": one.label,
        "rdfs:label": one.label,
        "skos:definition": one.definition,
        "skos:altLabel": list(one.also),
        "skos:broader": BASE + one.broader if one.broader else None,
        "skos:inScheme": BASE,
        "skos:exactMatch": list(one.matches),
        "dcterms:source": list(one.sources),
    }
    return {key: value for key, value in node.items() if value}


def document(name: str | None = None) -> dict[str, Any] | None:
    """Return a term, or the whole vocabulary, as JSON-LD in SKOS.

    Args:
        name: The term; all of them where it is not given.

    Returns:
        The document; None where there is no such term.

    >>> document("channel")["skos:prefLabel"], document("none")
    ('channel', None)
    """
    found = vocabulary()
    if name is not None:
        one = found.concepts.get(name)
        return {"@context": CONTEXT, **concept_node(one)} if one else None
    scheme = {
        "@id": BASE,
        "@type": "skos:ConceptScheme",
        "dcterms:title": found.title,
        "skos:prefLabel": found.title,
        "skos:definition": found.description,
        "owl:versionInfo": found.version,
        "dcterms:modified": found.modified,
        "dcterms:license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "skos:hasTopConcept": [one.url for one in found.concepts.values() if not one.broader],
    }
    nodes = [concept_node(one) for one in found.concepts.values()]
    return {"@context": CONTEXT, "@graph": [scheme, *nodes]}


def address(name: str) -> str | None:
    """Return the address of a term, or None where there is none.

    >>> address("lumi"), address("no such term")
    ('https://demos-portal.org/terms/lumi', None)
    """
    one = vocabulary().concepts.get(name)
    return one.url if one else None
