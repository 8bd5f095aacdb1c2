# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry as what catalogues ask for. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from demos_fair.resource import (
    CONTRIBUTORS,
    DATES,
    RELATIONS,
    Affiliation,
    Agent,
    File,
    Grant,
    Moment,
    Quantity,
    Related,
    Resource,
    Term,
    licence_url,
    plain,
    spdx,
)
from demos_fair.vocabulary import address

from ..registry.types import PORTAL_HOST

CONFORMS_TO = {
    "pyhf": "https://scikit-hep.org/pyhf/schemas/1.0.0/workspace.json",
    "hs3": "https://github.com/hep-statistics-serialization-standard/"
    "hep-statistics-serialization-standard",
    "demos": "https://demos-portal.org/schemas/demos-document/1.0.json",
}
"""The community's specification of each format."""

STATISTICAL_MODEL = "https://www.wikidata.org/entity/Q3284399"
KINDS = {"histfactory": "histfactory_model", "hs3": "hs3_model"}
SUMMARY = ("n_channels", "n_bins", "n_samples", "n_parameters")
DOCUMENTS = (("demos", "demos", "demos"), ("hs3-root", "hs3", "hs3"), ("pyhf", "pyhf", "pyhf"))
"""Derivatives: name, link of the entry, and format."""

TITLES = {"demos": "DEMOS document", "hs3": "HS3 document", "pyhf": "pyhf workspace"}


def agent_of(given: Mapping[str, Any], *, is_contributor: bool = False) -> Agent:
    """Return a person or an organisation of an entry.

    Args:
        given: As the registry has it.
        is_contributor: Whether a role is said.

    >>> agent_of({"name": "Quill, Ada", "type": "personal"}).family
    'Quill'
    """
    is_person = given.get("type") != "organizational"
    family, given_name = given.get("family_name"), given.get("given_name")
    if is_person and not family and "," in given["name"]:
        family, given_name = (part.strip() for part in given["name"].split(",", 1))
    role = CONTRIBUTORS.get((given.get("role") or "other").lower(), "Other")
    return Agent(
        name=given["name"],
        is_person=is_person,
        family=family if is_person else None,
        given=given_name if is_person else None,
        orcid=given.get("orcid"),
        ror=given.get("ror"),
        affiliations=tuple(
            Affiliation(a.get("name") or a["ror"], a.get("ror"))
            for a in given.get("affiliations") or ()
            if a.get("name") or a.get("ror")
        ),
        role=role if is_contributor else None,
    )


def describe(
    entry: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]] | None = None
) -> Resource:
    """Return an entry as what catalogues ask for.

    Args:
        entry: The entry with its links, as its reader may see it.
        documents: What was made of its bytes: ``state``, ``size``, ``sha256`` and
            ``converter`` by name.

    >>> made = describe({"id": "u", "demos_id": "u", "kind": "other", "created": "2026-01-01",
    ...     "metadata": {"title": "T"}, "links": {"self_html": "https://x/models/u"}})
    >>> made.general, made.page, made.cited
    ('Model', 'https://x/models/u', 'https://x/models/u')
    """
    metadata, links = entry["metadata"], entry.get("links") or {}
    citation, licence = metadata.get("citation") or {}, metadata.get("licence")
    collaborations = metadata.get("collaborations") or ()
    creators = metadata.get("creators") or [
        {"name": name, "type": "organizational"} for name in collaborations
    ]
    is_url = bool(licence) and licence.startswith(("http://", "https://"))
    page = links.get("self_html") or f"urn:uuid:{entry['demos_id']}"
    structure = entry.get("structure") or {}
    return Resource(
        id=entry["id"],
        page=page,
        api=links.get("self") or page,
        title=metadata["title"],
        creators=tuple(agent_of(one) for one in creators),
        contributors=tuple(
            agent_of(one, is_contributor=True) for one in metadata.get("contributors") or ()
        ),
        publisher=citation.get("publisher") or "DEMOS portal",
        published=metadata.get("publication_date") or citation.get("year"),
        created=entry.get("created"),
        updated=entry.get("updated"),
        cite_doi=citation.get("doi"),
        identifiers=(("UUID", f"urn:uuid:{entry['demos_id']}"),),
        description=plain(metadata["description"]) if metadata.get("description") else None,
        version=str((entry.get("version") or {}).get("number", 1)),
        subjects=(
            *(Term(word) for word in metadata.get("keywords") or ()),
            *_terms(entry.get("kind"), structure),
        ),
        licence=spdx(licence) if licence and not is_url else None,
        licence_url=licence_url(licence),
        general="Model",
        label="Statistical model",
        schema_type="Dataset",
        additional_type=STATISTICAL_MODEL,
        is_open=(entry.get("access") or {}).get("files") == "public",
        files=tuple(files_of(entry, links, documents or {})) if structure else (),
        related=tuple(dict.fromkeys(_related(entry))),
        grants=tuple(
            Grant(
                f.get("funder") or "Unknown",
                f.get("funder_id"),
                f.get("number"),
                f.get("title"),
                f.get("url"),
            )
            for f in metadata.get("funding") or ()
        ),
        moments=tuple(
            Moment(d["date"], DATES.get(d.get("type", ""), "Other"), d.get("description"))
            for d in metadata.get("dates") or ()
            if d.get("date")
        ),
        conforms_to=formats_of(entry.get("format")),
        measured=tuple(measured(structure)),
        facts=tuple(facts(structure)),
    )


def formats_of(name: str | None) -> tuple[str, ...]:
    """Return the specifications that a format satisfies.

    Args:
        name: The format.
    """
    return (CONFORMS_TO[name],) if name in CONFORMS_TO else ()


def measured(structure: Mapping[str, Any]) -> Iterable[Quantity]:
    """Yield a model's parameters of interest.

    Args:
        structure: The model's, whole or as it is indexed.
    """
    names = [m.get("poi") for m in structure.get("measurements") or () if isinstance(m, Mapping)]
    names += list(structure.get("pois") or ())
    for name in dict.fromkeys(n for n in names if n):
        yield Quantity(name, term=address("parameter_of_interest"))


def facts(structure: Mapping[str, Any]) -> Iterable[Quantity]:
    """Yield the numbers that describe a model's structure.

    Args:
        structure: The model's, whole or as it is indexed.
    """
    for name in SUMMARY:
        if isinstance(structure.get(name), int):
            yield Quantity(name, structure[name], address(name))


def _terms(kind: str | None, structure: Mapping[str, Any]) -> Iterable[Term]:
    """Yield what a model is, and its kinds of modifiers, as terms of the vocabulary."""
    names = [KINDS.get(kind or "", "statistical_model"), *(structure.get("modifiers") or ())]
    for name in names:
        if url := address(str(name)):
            yield Term(str(name).replace("_", " "), url)


def files_of(
    entry: Mapping[str, Any],
    links: Mapping[str, str],
    documents: Mapping[str, Mapping[str, Any]],
) -> Iterable[File]:
    """Yield the documents of an entry: as deposited, then what was made of it.

    Args:
        entry: The entry, whose reader may read its files.
        links: Its links.
        documents: What was made of its bytes.
    """
    if "file" not in links:
        return
    hosted = next((s for s in entry.get("sources") or () if s.get("sha256")), {})
    yield File(
        name=hosted.get("member") or hosted.get("filename") or "model.json",
        url=links["file"],
        media_type="application/json",
        size=hosted.get("size"),
        sha256=hosted.get("sha256"),
        title="As deposited",
        conforms_to=formats_of(entry.get("format")),
    )
    for name, link, format_ in DOCUMENTS:
        made = documents.get(name) or {}
        if link in links and made.get("sha256") and format_ != entry.get("format"):
            yield File(
                name=f"{entry['id']}.{name}.json",
                url=links[link],
                media_type="application/json",
                size=made.get("size"),
                sha256=made["sha256"],
                title=TITLES[format_],
                conforms_to=formats_of(format_),
                made_from=links["file"],
                made_by=made.get("converter"),
                made_at=made.get("created"),
            )


def _related(entry: Mapping[str, Any]) -> Iterable[Related]:
    metadata = entry["metadata"]
    publication = metadata.get("publication") or {}
    for name, scheme in (("doi", "DOI"), ("arxiv", "arXiv")):
        if publication.get(name):
            yield Related(publication[name], scheme, "IsSupplementTo")
    for source in entry.get("sources") or ():
        # A deposit holds the model among other things; elsewhere these are the same bytes.
        relation = "IsPartOf" if source.get("host") == PORTAL_HOST else "IsIdenticalTo"
        if source.get("doi"):
            yield Related(source["doi"], "DOI", relation)
        elif source.get("url"):
            yield Related(source["url"], "URL", relation)
    references = metadata.get("external_references") or {}
    hosts: Sequence[Any] = [v for k, v in references.items() if k != "others"]
    for one in [*hosts, *(references.get("others") or ())]:
        if one.get("doi"):
            yield Related(one["doi"], "DOI", "IsIdenticalTo")
    for given in metadata.get("related") or ():
        relation = RELATIONS.get(given["relation"], "Other")
        yield Related(given["identifier"], given["scheme"], relation)
