# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""RO-Crate 1.3, and Process Run Crate 0.6 of what programs made of the object."""

from __future__ import annotations

from typing import Any

from ..resource import Action, Affiliation, Agent, File, Resource
from ..vocabulary import BASE
from . import Export, text, without_empty
from .json_ld import quantity

VERSION = "https://w3id.org/ro/crate/1.3"
PROCESS = "https://w3id.org/ro/wfrun/process/0.6"
CONTEXT: list[Any] = [f"{VERSION}/context", {"demos": BASE}]


def single(entity: dict[str, Any]) -> dict[str, Any]:
    """Return an entity without empty properties, and with single values outside of lists.

    Args:
        entity: The entity.

    >>> single({"@id": "#a", "name": ["x"], "author": []})
    {'@id': '#a', 'name': 'x'}
    """
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in without_empty(entity).items()
    }


class Graph:
    """Entities by identifier; what is added twice is there once."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}

    def add(self, entity: dict[str, Any]) -> dict[str, str]:
        """Add an entity, and return a reference to it.

        Args:
            entity: The entity with its ``@id``.
        """
        self.entities.setdefault(entity["@id"], single(entity))
        return {"@id": entity["@id"]}

    def thing(self, url: str, kind: str, /, **properties: Any) -> dict[str, str]:
        """Add something with a name, and return a reference to it.

        Args:
            url: Its identifier.
            kind: Its type.
            properties: Its properties.
        """
        return self.add({"@id": url, "@type": kind, **properties})


def _local(kind: str, name: str) -> str:
    words = "".join(c if c.isalnum() else "-" for c in name.lower())
    return f"#{kind}-{words.strip('-') or 'unnamed'}"


def _affiliation(graph: Graph, one: Affiliation) -> dict[str, str]:
    url = f"https://ror.org/{one.ror}" if one.ror else _local("organisation", one.name)
    return graph.thing(url, "Organization", name=one.name)


def _agent(graph: Graph, one: Agent) -> dict[str, str]:
    kind = "Person" if one.is_person else "Organization"
    return graph.thing(
        one.url or _local(kind.lower(), one.name),
        kind,
        name=one.name,
        givenName=one.given,
        familyName=one.family,
        affiliation=[_affiliation(graph, a) for a in one.affiliations],
    )


def _file(graph: Graph, one: File) -> dict[str, str]:
    formats: list[Any] = [one.media_type]
    for url in one.conforms_to:
        formats.append(graph.thing(url, "WebPage", name=f"Specification {url}"))
    return graph.thing(
        one.url,
        "File",
        name=one.name,
        description=one.title,
        encodingFormat=formats if len(formats) > 1 else formats[0],
        contentSize=str(one.size) if one.size is not None else None,
        sha256=one.sha256,
        contentUrl=one.url,
        conformsTo=[{"@id": url} for url in one.conforms_to],
        isBasedOn={"@id": one.made_from} if one.made_from else None,
    )


def _program(graph: Graph, name: str) -> dict[str, str]:
    words, _, version = name.rpartition("/")
    return graph.thing(
        _local("program", name),
        "SoftwareApplication",
        name=words or name,
        version=version or "unknown",
        url="https://demos-portal.org",
    )


def _action(graph: Graph, one: Action) -> dict[str, str]:
    return graph.thing(
        one.url,
        "CreateAction",
        name=one.name,
        description=f"{one.name} by {one.instrument}",
        instrument=_program(graph, one.instrument),
        object=[{"@id": url} for url in one.source],
        result=[{"@id": url} for url in one.result],
        endTime=one.ended,
        actionStatus=f"http://schema.org/{'Failed' if one.failed else 'Completed'}ActionStatus",
    )


def document(resource: Resource) -> dict[str, Any]:
    """Return an object as a crate's metadata document.

    Args:
        resource: The object.

    >>> crate = document(Resource("1", "https://x/1", "https://x/api/1", "T"))
    >>> [entity["@id"] for entity in crate["@graph"]][:2]
    ['ro-crate-metadata.json', './']
    """
    graph = Graph()
    graph.thing(
        "ro-crate-metadata.json",
        "CreativeWork",
        about={"@id": "./"},
        conformsTo={"@id": VERSION},
    )
    root: dict[str, Any] = {"@id": "./", "@type": "Dataset"}
    graph.entities["./"] = root
    actions = [
        Action(
            f"#made-{position}",
            f"Conversion to {one.name}",
            one.made_by,
            (one.made_from,),
            (one.url,),
            one.made_at,
        )
        for position, one in enumerate(resource.files, start=1)
        if one.made_from and one.made_by
    ]
    actions += resource.actions
    parts = [_file(graph, one) for one in resource.files]
    known = {one["@id"] for one in parts}
    licence = resource.licence_url or "https://choosealicense.com/no-permission/"
    publisher = resource.publisher or "DEMOS portal"
    profile = (
        graph.add(
            {
                "@id": PROCESS,
                "@type": ["CreativeWork", "Profile"],
                "name": "Process Run Crate",
                "version": "0.6",
            }
        )
        if actions
        else None
    )
    related = {
        one.url: graph.thing(one.url, "CreativeWork", name=one.identifier)
        for one in resource.related
        if one.url and one.url not in known
    }
    root |= single(
        {
            "name": resource.title,
            "description": resource.description or resource.title,
            "datePublished": resource.day or (resource.created or "")[:10],
            "dateCreated": resource.created,
            "dateModified": resource.updated,
            "license": graph.thing(
                licence,
                "CreativeWork",
                name=resource.licence_title or resource.licence or "No licence",
                description="The licence of the files.",
            ),
            "identifier": graph.add(
                {
                    "@id": "#identifier",
                    "@type": "PropertyValue",
                    "name": "DOI" if resource.doi or resource.cite_doi else "Address",
                    "propertyID": "https://registry.identifiers.org/registry/doi"
                    if resource.doi or resource.cite_doi
                    else None,
                    "value": resource.doi or resource.cite_doi or resource.page,
                    "url": resource.cited,
                }
            ),
            "url": resource.page,
            "creator": [_agent(graph, one) for one in resource.creators],
            "author": [_agent(graph, one) for one in resource.creators],
            "contributor": [_agent(graph, one) for one in resource.contributors],
            "publisher": graph.thing(
                _local("organisation", publisher), "Organization", name=publisher
            ),
            "funder": [
                graph.thing(
                    f"https://ror.org/{one.ror}" if one.ror else _local("funder", one.funder),
                    "Organization",
                    name=one.funder,
                )
                for one in resource.grants
            ],
            "keywords": ", ".join(dict.fromkeys(one.label for one in resource.subjects)),
            "version": resource.version,
            "conformsTo": profile,
            "hasPart": parts,
            "mentions": [
                *(_action(graph, one) for one in actions),
                *(
                    related[one.url]
                    for one in resource.related
                    if one.url in related and one.relation not in {"IsPartOf", "IsSupplementTo"}
                ),
            ],
            "citation": [
                related[one.url]
                for one in resource.related
                if one.url in related and one.relation == "IsSupplementTo"
            ],
            "isPartOf": [
                related[one.url]
                for one in resource.related
                if one.url in related and one.relation == "IsPartOf"
            ],
            "variableMeasured": [
                graph.add({"@id": _local("variable", one.name), **quantity(one)})
                for one in resource.measured
            ],
            "additionalProperty": [
                graph.add({"@id": _local("fact", one.name), **quantity(one)})
                for one in resource.facts
            ],
        }
    )
    return {"@context": CONTEXT, "@graph": list(graph.entities.values())}


EXPORT = Export(
    name="ro-crate",
    title="RO-Crate",
    media_type='application/ld+json;profile="https://w3id.org/ro/crate"',
    suffix=".ro-crate-metadata.json",
    write=lambda resource: text(document(resource)),
    accepts=tuple(
        f'application/ld+json;profile="https://w3id.org/ro/crate/1.{n}"' for n in (3, 2, 1)
    ),
)
