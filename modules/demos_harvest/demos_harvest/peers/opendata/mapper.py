# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From CERN Open Data's records to a ``PeerRecord``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..licences import licence_of
from ..text import doi_of, fingerprint, plain
from ..types import MappingError, Metadata, ModelFile, PeerRecord

PEER = "opendata"


def record_from_json(answer: Mapping[str, Any], site: str) -> PeerRecord:
    """Translate one record; it is described, its files stay behind ``root://``.

    Args:
        answer: ``/api/records/{recid}``.
        site: The portal's base URL.

    Raises:
        MappingError: If it has no metadata.
    """
    metadata = answer.get("metadata")
    if not isinstance(metadata, Mapping):
        raise MappingError("the metadata are missing", "/metadata")
    record_id = str(metadata.get("recid") or answer.get("id") or "")
    url = f"{site}/record/{record_id}"
    licence, _ = licence_of((metadata.get("license") or {}).get("attribution"))
    doi = doi_of(metadata.get("doi"))
    experiment = metadata.get("experiment")
    experiment = experiment[0] if isinstance(experiment, list) and experiment else experiment
    collaboration = (metadata.get("collaboration") or {}).get("name")
    abstract = metadata.get("abstract") or {}
    found = Metadata()
    found.put("title", plain(metadata.get("title"), 1000) or url)
    found.put(
        "description", plain(abstract.get("description") if isinstance(abstract, Mapping) else "")
    )
    found.put("experiment", plain(experiment, 200))
    found.put("collaborations", [plain(collaboration, 200)] if collaboration else [])
    found.put("licence", licence)
    found.refer(PEER, record_id=record_id, doi=doi, url=url)
    found.alias(doi, url)
    return PeerRecord(
        peer=PEER,
        record_id=record_id,
        lineage=record_id,
        version="1",
        fingerprint=fingerprint(metadata),
        url=url,
        metadata=found.fields,
        files=(ModelFile(record_id, f"record {record_id}", url, None, "other", licence, doi=doi),),
    )
