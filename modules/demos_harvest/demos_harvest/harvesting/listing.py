# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Take over a peer's listing, so that nothing of it is lost when the process dies."""

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

BATCH = 500


def cursor_of(name):
    """Return where the next listing of a peer starts; None for the first.

    No transaction is open afterwards, since the next thing is to ask the peer.
    """
    value = db.session.query(HarvestCursor.value).filter_by(peer=name).scalar()
    db.session.rollback()
    return value


def take(name, listing, *, since=None):
    """Note every change and then move the cursor, in one transaction.

    Args:
        name: The peer.
        listing: Its ``Listing``.
        since: The date the caller gave, if any; such a partial run moves no cursor.

    Returns:
        How many records the peer has, as far as its listing tells.
    """
    known = dict(
        db.session.query(HarvestItem.source_id, HarvestItem).filter(HarvestItem.peer == name).all()
    )
    seen = set()
    for change in listing.changes:
        if change.source_id in seen:
            continue
        seen.add(change.source_id)
        item = known.get(change.source_id)
        if item is None:
            if not change.deleted:
                db.session.add(
                    HarvestItem(
                        peer=name,
                        source_id=change.source_id,
                        state=PENDING,
                        in_listing=True,
                        listed=change.listed,
                        files={},
                    )
                )
        elif _is_due(item, change):
            item.state = PENDING
            item.attempts, item.due_at = 0, None
            item.listed, item.in_listing = change.listed, not change.deleted
        if len(seen) % BATCH == 0:
            db.session.flush()
    if listing.present is not None:
        seen |= listing.present
        for source_id, item in known.items():
            # Whether it is gone, the peer is asked in person.
            if (
                item.in_listing
                and source_id not in listing.present
                and item.state in (*SETTLED, FAILED)
            ):
                item.state = PENDING
                item.due_at = None
    if since is None and listing.cursor:
        db.session.merge(HarvestCursor(peer=name, value=listing.cursor))
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
