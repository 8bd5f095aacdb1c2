# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Take over a peer's listing, so that nothing of it is lost when the process dies."""

import sqlalchemy as sa
from invenio_db import db

from ..records.models import (
    DEAD,
    DELETED,
    FAILED,
    KNOWN,
    PENDING,
    SETTLED,
    HarvestCursor,
    HarvestItem,
)


def cursor_of(peer):
    """Return where the next listing of a peer starts; None for the first.

    No transaction is open afterwards, since the next thing is to ask the peer.
    """
    value = db.session.query(HarvestCursor.value).filter_by(peer=peer).scalar()
    db.session.rollback()
    return value


def take(peer, listing, *, since=None):
    """Note every change and then move the cursor, in one transaction.

    Args:
        peer: The peer.
        listing: Its ``Listing``.
        since: The date the caller gave, if any; such a partial run moves no cursor.

    Returns:
        How many records the peer has, as far as its listing tells; those that changed, if a
        date was given.
    """
    rows = db.session.query(
        HarvestItem.source_id,
        HarvestItem.id,
        HarvestItem.state,
        HarvestItem.listed,
        HarvestItem.in_listing,
        HarvestItem.lineage,
    ).filter(HarvestItem.peer == peer)
    known = {row.source_id: row for row in rows}
    # A listing may know records by another name: HEPData's number in place of INSPIRE's.
    by_lineage = {row.lineage: row for row in known.values() if row.lineage}
    new, due = {}, {}
    seen = set()
    for change in listing.changes:
        if change.source_id in seen:
            continue
        seen.add(change.source_id)
        listed = {"listed": change.listed, "in_listing": not change.deleted}
        item = known.get(change.source_id) or by_lineage.get(change.source_id)
        if item is None:
            if not change.deleted:
                new[change.source_id] = {"peer": peer, "source_id": change.source_id, **listed}
        elif _is_due(item, change):
            due[item.id] = {
                "id": item.id,
                "state": PENDING,
                "attempts": 0,
                "due_at": None,
                **listed,
            }
    if listing.present is not None:
        silent = listing.present - seen
        if since is None:
            # What an archive has had for long may still be new here.
            for source_id in sorted(silent - known.keys()):
                new[source_id] = {"peer": peer, "source_id": source_id, "in_listing": True}
            seen |= silent
        for item in known.values():
            # Whether it is gone, the peer is asked in person.
            missing = item.in_listing and item.source_id not in listing.present
            if missing and item.id not in due and item.state in (*SETTLED, FAILED):
                due[item.id] = {"id": item.id, "state": PENDING, "due_at": None}
            if not item.in_listing and item.source_id in silent:
                # It came by its identifier; from now on its absence means something.
                state = PENDING if item.state == KNOWN else item.state
                due[item.id] = {"id": item.id, "state": state, "in_listing": True}
    if new:
        db.session.execute(sa.insert(HarvestItem), list(new.values()))
    if due:
        db.session.execute(sa.update(HarvestItem), list(due.values()))
    if since is None and listing.cursor:
        db.session.merge(HarvestCursor(peer=peer, value=listing.cursor))
    db.session.commit()
    return len(seen)


def _is_due(item, change):
    if change.deleted:
        return item.state in (*SETTLED, FAILED)
    if item.state in (KNOWN, DELETED):
        return True
    if change.listed is None:
        return item.state in (*SETTLED, FAILED, DEAD)
    return item.listed != change.listed and item.state in (*SETTLED, FAILED, DEAD)
