# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From INSPIRE's literature records to metadata in the registry's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..text import arxiv_of, doi_of, energy, plain
from ..types import MappingError, Metadata

_EXPERIMENT = re.compile(r"^(?:CERN|FNAL|KEK|DESY|BNL)-[A-Z0-9]+-(.+)$")
_ENERGY = re.compile(r"^(\d+(?:\.\d+)?)\s*(GeV|TeV)-cms", re.IGNORECASE)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            yield item


def enrichment(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Translate one literature record.

    Args:
        answer: ``/api/literature/{id}``.

    Returns:
        Title, collaborations, experiment, energies, publication identifiers.

    Raises:
        MappingError: If it carries no metadata.

    Examples:
        >>> enrichment({"id": "1", "metadata": {"control_number": 1,
        ...     "titles": [{"title": "A search"}], "collaborations": [{"value": "ATLAS"}],
        ...     "keywords": [{"value": "13000 GeV-cms"}]}})["energies"]
        [{'value': 13.0, 'unit': 'TeV'}]
    """
    metadata = answer.get("metadata")
    if not isinstance(metadata, Mapping):
        raise MappingError("the metadata are missing", "/metadata")
    title = next((plain(t.get("title"), 1000) for t in _objects(metadata.get("titles"))), "")
    abstract = next((plain(a.get("value")) for a in _objects(metadata.get("abstracts"))), "")
    collaborations = [plain(c.get("value"), 200) for c in _objects(metadata.get("collaborations"))]
    experiments = [
        str(e.get("legacy_name") or "") for e in _objects(metadata.get("accelerator_experiments"))
    ]
    short = [match.group(1) for e in experiments if (match := _EXPERIMENT.match(e))]
    energies = {
        float(match.group(1)) * (1000 if match.group(2).lower() == "tev" else 1)
        for k in _objects(metadata.get("keywords"))
        if (match := _ENERGY.match(str(k.get("value"))))
    }
    eprint = next((e.get("value") for e in _objects(metadata.get("arxiv_eprints"))), None)
    doi = next((d.get("value") for d in _objects(metadata.get("dois"))), None)
    number = metadata.get("control_number") or answer.get("id")
    publication = {
        "doi": doi_of(doi),
        "arxiv": arxiv_of(eprint),
        "inspire_id": str(number) if number else None,
    }
    found = Metadata()
    found.put("title", title)
    found.put("description", abstract)
    found.put("collaborations", collaborations)
    found.put("experiment", next(iter([*short, *collaborations]), None))
    found.put("energies", [energy(e) for e in sorted(energies)])
    found.put("publication", {k: v for k, v in publication.items() if v})
    return found.fields


def hepdata_ids(answer: Mapping[str, Any]) -> list[str]:
    """Return the HEPData records that INSPIRE links to a paper.

    Examples:
        >>> hepdata_ids({"metadata": {"external_system_identifiers": [
        ...     {"schema": "HEPData", "value": "ins1906174"}]}})
        ['ins1906174']
    """
    metadata = answer.get("metadata")
    entries = (metadata or {}).get("external_system_identifiers")
    return [str(e.get("value")) for e in _objects(entries) if e.get("schema") == "HEPData"]


def enrich(record: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Fill what a record leaves open; what it says itself stays.

    Examples:
        >>> enrich({"title": "T", "publication": {"arxiv": "1"}},
        ...        {"title": "U", "experiment": "CMS", "publication": {"doi": "10.1/x"}})
        {'title': 'T', 'experiment': 'CMS', 'publication': {'doi': '10.1/x', 'arxiv': '1'}}
    """
    merged = {**found, **{key: value for key, value in record.items() if value}}
    publication = {**found.get("publication", {}), **record.get("publication", {})}
    if publication:
        merged["publication"] = publication
    return merged
