# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Items follow their sources: what is stale is looked at again, and what changed moves.

An item's datestamp moves exactly when what harvesters see of it changes: a payload, its sets,
whether it is there. That is decided by comparison, not by the kind of the change.
"""

from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from zlib import crc32

import sqlalchemy as sa
from flask import current_app
from invenio_base.utils import obj_or_import_string
from invenio_db import db
from sqlalchemy.dialects.postgresql import insert

from .formats import renderer
from .records.models import OAIItem, OAIMembership, OAIPayload, OAIStale

ATTEMPTS = 8
"""After so many failures an item is left to the administrator."""

FLAG = "demos_oai_stale"
"""Marks a session after whose commit a worker is asked to look at items."""

ITEM_LOCK, DATESTAMP_LOCK = 0x0A10001, 0x0A10002
"""Advisory locks: the one of an item, and the one under which datestamps are given."""


def sources():
    """Return the sources of items by name.

    Raises:
        RuntimeError: When two packages bring a source of one name.
    """
    found = {}
    for point in entry_points(group="demos_oai.sources"):
        if point.name in found:
            raise RuntimeError(f"two sources of OAI-PMH items are called {point.name}")
        found[point.name] = point.value
    found |= current_app.config["DEMOS_OAI_SOURCES"]
    return {name: obj_or_import_string(one)() for name, one in found.items() if one}


def stale_statement(rows, *, delay=timedelta()):
    """Return the statement that marks items as stale.

    Args:
        rows: pairs of source and key, or a select of the two.
        delay: how long to wait before they are looked at.
    """
    due = datetime.now(UTC) + delay
    columns = ["source", "key", "due", "generation", "attempts"]
    if isinstance(rows, sa.Select):
        values = sa.select(*rows.subquery().c, sa.literal(due), sa.literal(0), sa.literal(0))
        statement = insert(OAIStale).from_select(columns, values)
    else:
        # In one order everywhere, so that two writers cannot wait for each other.
        statement = insert(OAIStale).values(
            [dict(zip(columns, (*row, due, 0, 0), strict=True)) for row in sorted(set(rows))]
        )
    return statement.on_conflict_do_update(
        constraint="pk_demos_oai_stale",
        set_={
            "due": due,
            "generation": OAIStale.generation + 1,
            "attempts": 0,
            "error": None,
        },
    )


def mark_stale(source, *keys):
    """Have items looked at again, within the present transaction.

    Args:
        source: name of their source.
        keys: their keys.
    """
    if keys:
        mark_stale_rows([(source, str(key)) for key in keys])


def mark_stale_rows(rows):
    """Have items looked at again, within the present transaction.

    Args:
        rows: pairs of source and key, or a select of the two.
    """
    db.session.execute(stale_statement(rows))
    db.session().info[FLAG] = True


def refresh_stale(limit=1000):
    """Look at the items that are stale and due.

    Each has a transaction of its own. Its attempt is counted before it is looked at, so that one
    that ends its process does not do so for ever.

    Args:
        limit: at most so many.

    Returns:
        How many changed.
    """
    known, changed = sources(), 0
    for _ in range(limit):
        claim = _claim()
        if claim is None:
            break
        source, key, generation = claim
        try:
            changed += refresh(known[source], key) if source in known else 0
            db.session.execute(
                sa.delete(OAIStale).where(
                    OAIStale.source == source,
                    OAIStale.key == key,
                    OAIStale.generation == generation,
                )
            )
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            current_app.logger.exception("OAI-PMH: %s %s cannot be refreshed", source, key)
            db.session.execute(
                sa.update(OAIStale)
                .where(OAIStale.source == source, OAIStale.key == key)
                .values(error=f"{type(error).__name__}: {error}"[:2000])
            )
            db.session.commit()
    return changed


def _claim():
    """Take the item that is due for longest, and count the attempt."""
    now = datetime.now(UTC)
    found = db.session.execute(
        sa.select(OAIStale)
        .where(OAIStale.due <= now, OAIStale.attempts < ATTEMPTS)
        .order_by(OAIStale.due)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if found is None:
        db.session.rollback()
        return None
    found.attempts += 1
    found.due = now + timedelta(minutes=2 ** (found.attempts - 1))
    claim = found.source, found.key, found.generation
    db.session.commit()
    return claim


def refresh(source, key):
    """Compare an item with its source, and write what changed.

    The caller commits.

    Args:
        source: the source.
        key: the item's key.

    Returns:
        Whether harvesters see something else now.
    """
    # Who comes second sees what the first wrote, and the source as it is by then.
    _lock(ITEM_LOCK ^ crc32(f"{source.name} {key}".encode()))
    state = source.state(key)
    item = db.session.scalars(
        sa.select(OAIItem).where(OAIItem.source == source.name, OAIItem.key == key)
    ).one_or_none()
    if item is None and (state is None or not state.payloads):
        return False
    label = renderer()
    payloads, sets = (dict(state.payloads), set(state.sets)) if state else ({}, None)
    new = item is None
    if new:
        item = OAIItem(
            source=source.name,
            key=key,
            identifier=state.identifier,
            datestamp=datetime.now(UTC),
            renderer=label,
        )
        db.session.add(item)
        db.session.flush()
    about = state.about if state else b""
    # A payload that cannot be made any more stays as it was.
    kept = set(state.problems) if state else set()
    changed = _write_payloads(item, payloads, about, kept)
    if sets is not None:
        changed |= _write_sets(item, sets)
    deleted = not payloads and not kept
    changed |= new or item.deleted != deleted
    item.deleted, item.renderer = deleted, label
    problems = state.problems if state else {}
    item.problem = "\n".join(f"{name}: {why}" for name, why in problems.items()) or None
    if changed:
        db.session.flush()
        # Datestamps are given in the order in which they become visible.
        _lock(DATESTAMP_LOCK)
        moment = sa.func.date_trunc("second", sa.func.clock_timestamp())
        db.session.execute(sa.update(OAIItem).where(OAIItem.id == item.id).values(datestamp=moment))
    return changed


def _write_payloads(item, payloads, about, kept):
    """Write payloads; one that is gone stays as an empty row, so that it can be announced."""
    stored = {
        row.prefix: row
        for row in db.session.scalars(sa.select(OAIPayload).where(OAIPayload.item_id == item.id))
    }
    changed = False
    for prefix in stored.keys() | payloads.keys():
        if prefix in kept:
            continue
        row, xml = stored.get(prefix), payloads.get(prefix)
        wanted = (xml, (about or None) if xml else None)
        if row is None:
            row = OAIPayload(item_id=item.id, prefix=prefix)
            db.session.add(row)
        elif (row.xml, row.about) == wanted:
            continue
        row.xml, row.about = wanted
        changed = True
    return changed


def _write_sets(item, sets):
    """Write memberships; one that has ended stays, so that it can be announced."""
    stored = {
        row.spec: row
        for row in db.session.scalars(
            sa.select(OAIMembership).where(OAIMembership.item_id == item.id)
        )
    }
    changed = False
    for spec in stored.keys() | sets:
        row, left = stored.get(spec), spec not in sets
        if row is None:
            db.session.add(OAIMembership(item_id=item.id, spec=spec, left=left))
        elif row.left == left:
            continue
        else:
            row.left = left
        changed = True
    return changed


def _lock(number):
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def mark_outdated(*, everything=False):
    """Mark the items that no change has marked but that may be outdated.

    These are items without a row, rows whose source has nothing any more, and payloads that other
    code made.

    Args:
        everything: whether to mark all items.

    Returns:
        How many were marked.
    """
    label, count = renderer(), 0
    for source in sources().values():
        rows = db.session.execute(
            sa.select(OAIItem.key, OAIItem.renderer, OAIItem.deleted).where(
                OAIItem.source == source.name
            )
        ).all()
        labels = {key: made_by for key, made_by, _ in rows}
        live = {key for key, _, deleted in rows if not deleted}
        keys = set(source.keys())
        wanted = {key for key in keys if everything or labels.get(key) != label}
        wanted |= live - keys
        for batch in _batches(sorted(wanted), 500):
            mark_stale(source.name, *batch)
            db.session.commit()
        count += len(wanted)
    return count


def _batches(values, size):
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]
