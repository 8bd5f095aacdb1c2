# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the registry knows of deposits, for their exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from demos_fair.resource import Resource
from flask import current_app
from invenio_db import db
from invenio_files_rest.models import ObjectVersion
from invenio_pidstore.models import PersistentIdentifier
from invenio_rdm_records.proxies import current_rdm_records_service

from ..permissions import audience_of
from ..records.models import AnalysedFile, EntryMetadata, ModelSource, ModelVersion
from ..registry.entry import Rows, build_entry
from ..registry.types import PORTAL_HOST
from .description import describe
from .links import model_links

MOST_MODELS = 100
"""Models of one deposit that its exports name; a pallet can hold thousands."""


def sha256_of_files(record_ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the sha256 of files of published deposits, by deposit and name.

    Args:
        record_ids: The deposits.
    """
    record = current_rdm_records_service.record_cls.model_cls
    query = (
        sa.select(PersistentIdentifier.pid_value, ObjectVersion.key, AnalysedFile.sha256)
        .join(record, record.id == PersistentIdentifier.object_uuid)
        .join(ObjectVersion, ObjectVersion.bucket_id == record.bucket_id)
        .join(AnalysedFile, AnalysedFile.file_id == ObjectVersion.file_id)
        .where(
            PersistentIdentifier.pid_type == "recid",
            PersistentIdentifier.pid_value.in_(list(record_ids)),
            ObjectVersion.is_head,
        )
    )
    return {(recid, key): sha256 for recid, key, sha256 in db.session.execute(query)}


def described_models(
    identity: Any, record_ids: Iterable[str], limit: int = MOST_MODELS
) -> dict[str, Sequence[Resource]]:
    """Return the models of published deposits, as their reader may see them.

    Args:
        identity: The reader.
        record_ids: The deposits.
        limit: Of each deposit.

    Returns:
        The models by deposit.
    """
    audience = audience_of(identity)
    query = (
        sa.select(ModelSource.record_id, ModelVersion)
        .join(ModelVersion, ModelVersion.id == ModelSource.version_id)
        .where(
            ModelSource.host == PORTAL_HOST,
            ModelSource.role == "model",
            ModelSource.gone_at.is_(None),
            ModelSource.record_id.in_(list(record_ids)),
        )
        .order_by(ModelSource.record_id, ModelSource.key)
    )
    versions: dict[str, list[ModelVersion]] = {}
    for recid, version in db.session.execute(query):
        mine = versions.setdefault(recid, [])
        if len(mine) < limit and version not in mine:
            mine.append(version)
    ids = {version.work_id for mine in versions.values() for version in mine}
    if not ids:
        return {}
    works = db.session.query(EntryMetadata).filter(EntryMetadata.id.in_(ids)).all()
    loaded = Rows.load_all(works, current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])
    rows = {one.work.id: one for one in loaded}
    return {
        recid: [one for version in mine if (one := _described(rows, audience, version))]
        for recid, mine in versions.items()
    }


def _described(rows: Any, audience: Any, version: ModelVersion) -> Resource | None:
    found = rows[version.work_id]
    shown = next((v for v in found.versions if v.id == version.id), None)
    entry = shown and build_entry(found, audience, shown)
    return entry and describe({**entry, "links": model_links(entry["id"], entry["kind"])})
