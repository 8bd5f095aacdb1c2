# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The stored side of a work: its entry, its aliases, its tombstones, its leaving."""

from datetime import UTC, datetime

import sqlalchemy as sa
from flask import current_app
from invenio_db import db
from sqlalchemy.orm.attributes import flag_modified

from ..records.api import Entry
from ..records.models import EntryMetadata, ModelAlias, ModelTombstone
from ..signals import entry_stored
from .audience import EVERYBODY, EVERYTHING
from .entry import build_entry, names_of_source
from .index import BATCH, IndexWorksOp, load
from .types import PORTAL_HOST


def leave(sources, reason, uow):
    """Mark sources as gone.

    Args:
        sources: rows; those that are gone already stay as they are.
        reason: why, in a word or two.
        uow: the unit of work.
    """
    now = datetime.now(UTC)
    works = set()
    for source in sources:
        if source.gone_at is None:
            source.gone_at, source.gone_reason = now, reason
            if source.version is not None:
                works.add(source.version.work_id)
    refresh(works, uow)


def refresh(work_ids, uow):
    """Compute the stored entries of works again and index them after the commit.

    Args:
        work_ids: the works.
        uow: the unit of work.
    """
    work_ids = sorted(work_ids, key=str)
    for start in range(0, len(work_ids), BATCH):
        works = (
            db.session.query(EntryMetadata)
            .filter(EntryMetadata.id.in_(work_ids[start : start + BATCH]))
            .order_by(EntryMetadata.id)
            .populate_existing()
            .with_for_update()
            .all()
        )
        for rows in load(works):
            _store(rows)
            _announce(rows)
    if work_ids:
        uow.register(IndexWorksOp(work_ids))


def _announce(rows):
    deposits = {source.record_id for source in rows.sources if source.host == PORTAL_HOST}
    entry_stored.send(
        current_app._get_current_object(),
        work_id=rows.work.id,
        record_ids=sorted(deposits - {None}),
    )


def _store(rows):
    entry = stored_entry(rows)
    is_new = not rows.work.json
    was_public = bool((rows.work.json or {}).get("public"))
    rows.work.json = Entry.checked({"$schema": Entry.schema.value, **entry})
    flag_modified(rows.work, "json")  # a new version of the row, though only its views may differ
    if was_public != entry["public"]:
        if entry["public"] and not is_new:
            lift_tombstone("model", str(rows.work.id))
        elif was_public:
            write_tombstone("model", str(rows.work.id), "restricted" if rows.models else "deleted")


def stored_entry(rows):
    """Give what a work's row should hold.

    Args:
        rows: the work's rows.

    Returns:
        The entry as the system sees it, without what is large.
    """
    entry = build_entry(rows, EVERYTHING) or {"id": str(rows.work.id)}
    return {
        "id": entry["id"],
        "public": bool(rows.visible_versions(EVERYBODY)),
        **{k: entry[k] for k in ("kind", "version", "metadata", "records") if k in entry},
    }


def write_tombstone(subject_type, subject, reason, set_spec="models"):
    """Write that something has left public view."""
    db.session.add(
        ModelTombstone(subject_type=subject_type, subject=subject, reason=reason, set_spec=set_spec)
    )


def lift_tombstone(subject_type, subject):
    """Write that something has come back into public view."""
    db.session.execute(
        sa.update(ModelTombstone)
        .where(
            ModelTombstone.subject_type == subject_type,
            ModelTombstone.subject == subject,
            ModelTombstone.lifted_at.is_(None),
        )
        .values(lifted_at=datetime.now(UTC))
    )


def write_aliases(named):
    """Write the aliases that sources give, in place of those they gave before.

    Args:
        named: sources, the versions they belong to, and whether they gave any before.
    """
    before = [source.id for source, _, replace in named if replace]
    if before:
        db.session.execute(sa.delete(ModelAlias).where(ModelAlias.source_id.in_(before)))
    for source, version, _ in named:
        for scheme, value in sorted(names_of_source(source)):
            db.session.add(
                ModelAlias(scheme=scheme, value=value, work_id=version.work_id, source_id=source.id)
            )
