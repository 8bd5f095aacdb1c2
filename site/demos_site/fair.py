# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the registry and other records say of a record, for its exports."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from demos_fair.records import with_related
from demos_fair.resource import INVERSE, RELATIONS, Related, Resource
from demos_models.api import described_models, sha256_of_files
from flask import g
from invenio_rdm_records.proxies import current_rdm_records_service

MOST_RELATED = 100
"""Records that name one of the described; further ones are found by search."""


def with_checksums(
    records: Sequence[Mapping[str, Any]], resources: list[Resource]
) -> list[Resource]:
    """Return records with the sha256 of each file; the framework keeps MD5 only.

    Args:
        records: As the REST API answers them.
        resources: What is known of them.
    """
    known = sha256_of_files(record["id"] for record in records)
    return [
        replace(
            resource,
            files=tuple(
                replace(file, sha256=known.get((resource.id, file.name), file.sha256))
                for file in resource.files
            ),
        )
        for resource in resources
    ]


def with_models(records: Sequence[Mapping[str, Any]], resources: list[Resource]) -> list[Resource]:
    """Return records with their models: what they measure, and which formats they satisfy.

    Args:
        records: As the REST API answers them.
        resources: What is known of them.
    """
    models = described_models(g.identity, [record["id"] for record in records])
    return [_with_models(resource, models.get(resource.id, ())) for resource in resources]


def _with_models(resource: Resource, models: Sequence[Resource]) -> Resource:
    if not models:
        return resource
    formats = {m.files[0].name: m.files[0].conforms_to for m in models if m.files}
    subjects = (term for model in models for term in model.subjects if term.url)
    return with_related(
        replace(
            resource,
            additional_type=models[0].additional_type,
            schema_type="Dataset",
            subjects=tuple(dict.fromkeys((*resource.subjects, *subjects))),
            measured=tuple(dict.fromkeys(one for model in models for one in model.measured)),
            conforms_to=tuple(dict.fromkeys(url for m in models for url in m.conforms_to)),
            files=tuple(
                replace(file, conforms_to=formats.get(file.name, ())) for file in resource.files
            ),
        ),
        (Related(model.page, "URL", "HasPart", "Model") for model in models),
    )


def with_inverses(
    records: Sequence[Mapping[str, Any]], resources: list[Resource]
) -> list[Resource]:
    """Return records with the inverse of what other records say of them.

    Args:
        records: As the REST API answers them.
        resources: What is known of them.
    """
    by_doi = {resource.doi.lower(): resource.id for resource in resources if resource.doi}
    if not by_doi:
        return resources
    words = " OR ".join(f'"{resource.doi}"' for resource in resources if resource.doi)
    hits = current_rdm_records_service.search(
        g.identity,
        params={
            "q": f"metadata.related_identifiers.identifier:({words})",
            "size": MOST_RELATED,
        },
    )
    found: dict[str, list[Related]] = {}
    for hit in hits.to_dict()["hits"]["hits"]:
        other = ((hit.get("pids") or {}).get("doi") or {}).get("identifier")
        name = Related(other, "DOI", "") if other else Related(hit["links"]["self_html"], "URL", "")
        for one in hit["metadata"].get("related_identifiers") or ():
            recid = by_doi.get(one["identifier"].lower().removeprefix("https://doi.org/"))
            relation = RELATIONS.get((one.get("relation_type") or {}).get("id") or "")
            if recid and recid != hit["id"] and relation in INVERSE:
                found.setdefault(recid, []).append(replace(name, relation=INVERSE[relation]))
    return [with_related(resource, found.get(resource.id, ())) for resource in resources]
