# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From a deposit's metadata to the registry's. Pure: no database, no application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from ..registry.identifiers import normalise

_TAG = re.compile(r"<[^>]*>")
_PAPER_RELATIONS = frozenset({"issupplementto", "isdescribedby", "isdocumentedby", "iscitedby"})
_HOSTS = (
    ("hepdata", re.compile(r"hepdata|10\.17182/", re.IGNORECASE)),
    ("zenodo", re.compile(r"zenodo", re.IGNORECASE)),
    ("github", re.compile(r"^https?://(?:www\.)?github\.com/", re.IGNORECASE)),
)


def plain(text: str) -> str:
    """Take the markup out of a description.

    >>> plain("<p>A&nbsp;<b>search</b></p><p>for it</p>")
    'A search for it'
    """
    return " ".join(unescape(_TAG.sub(" ", text)).split())


def host_of(identifier: str) -> str | None:
    """Say which host an identifier points to.

    >>> host_of("10.17182/hepdata.89408"), host_of("https://github.com/a/b"), host_of("x")
    ('hepdata', 'github', None)
    """
    return next((name for name, pattern in _HOSTS if pattern.search(identifier)), None)


def model_metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give the registry's metadata of a deposit.

    Args:
        record: the published record with ``metadata``, ``custom_fields`` and ``pids``.

    Returns:
        The fields of the registry's metadata block, without ``demos_id``.

    >>> model_metadata({"metadata": {"title": "T", "creators": [
    ...     {"person_or_org": {"type": "organizational", "name": "ATLAS Collaboration"}}]},
    ...     "pids": {"doi": {"identifier": "10.5072/x"}}})
    ... # doctest: +NORMALIZE_WHITESPACE
    {'title': 'T', 'creators': [{'name': 'ATLAS Collaboration', 'type': 'organizational'}],
     'collaborations': ['ATLAS Collaboration'], 'experiment': 'ATLAS',
     'aliases': ['10.5072/x']}
    """
    metadata = record.get("metadata") or {}
    custom = record.get("custom_fields") or {}
    references = dict(custom.get("demos:references") or {})
    creators = [_creator(c["person_or_org"]) for c in metadata.get("creators") or ()]
    collaborations = list(custom.get("demos:collaboration") or ()) or [
        c["name"]
        for c in creators
        if c["type"] == "organizational" and "collaboration" in c["name"].lower()
    ]
    publication, external, aliases = _identifiers(metadata, references)
    if doi := ((record.get("pids") or {}).get("doi") or {}).get("identifier"):
        aliases.append(doi)
    experiment = custom.get("demos:experiment") or (
        re.sub(r"\s*collaboration\s*", "", collaborations[0], flags=re.IGNORECASE)
        if len(collaborations) == 1
        else None
    )
    rights = metadata.get("rights") or ()
    values = {
        "title": metadata.get("title"),
        "description": plain(metadata["description"]) if metadata.get("description") else None,
        "creators": creators,
        "collaborations": collaborations,
        "experiment": experiment,
        "energies": custom.get("demos:energy"),
        "luminosity": custom.get("demos:luminosity"),
        "analysis_id": custom.get("demos:analysis"),
        "keywords": [s["subject"] for s in metadata.get("subjects") or () if s.get("subject")],
        "licence": next((r["id"] for r in rights if r.get("id")), None),
        "publication_date": metadata.get("publication_date"),
        "publication": publication,
        "external_references": external,
        "container": _container(custom.get("demos:container")),
        "declared_results": custom.get("demos:results"),
        "aliases": aliases,
    }
    return {k: v for k, v in values.items() if v not in (None, "", [], {})}


def _creator(person: Mapping[str, Any]) -> dict[str, Any]:
    creator = {"name": person.get("name", ""), "type": person.get("type", "personal")}
    orcid = next(
        (i["identifier"] for i in person.get("identifiers") or () if i.get("scheme") == "orcid"),
        None,
    )
    return {**creator, "orcid": orcid} if orcid else creator


def _identifiers(
    metadata: Mapping[str, Any], references: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Any], list[str]]:
    publication: dict[str, str] = {}
    for key, name in (("doi", "doi"), ("arxiv", "arxiv"), ("inspire", "inspire_id")):
        if references.get(key):
            found = normalise(references[key])
            publication[name] = found[1] if found and key != "inspire" else references[key]
    external: dict[str, Any] = {
        name: references[name] for name in ("hepdata", "zenodo", "github") if references.get(name)
    }
    aliases = [i["identifier"] for i in metadata.get("identifiers") or () if i.get("identifier")]
    for related in metadata.get("related_identifiers") or ():
        identifier = related.get("identifier") or ""
        relation = (related.get("relation_type") or {}).get("id")
        found = normalise(identifier)
        if host := host_of(identifier):
            external.setdefault(host, identifier)
        elif found and relation in _PAPER_RELATIONS and found[0] in ("doi", "arxiv"):
            publication.setdefault(found[0], found[1])
        if relation == "isidenticalto":
            aliases.append(identifier)
    return publication, external, aliases


def _container(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not value:
        return None
    image = value["image"]
    container = {k: str(v) for k, v in value.items() if v}
    if "registry" not in container and "/" in image and "." in image.split("/")[0]:
        container["registry"] = image.split("/")[0]
    if "@sha256:" in image:
        container["digest"] = image.split("@", 1)[1]
    return container
