# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Follow-ups that survive a crash.

A request is a row written in the transaction that owes it. After the commit a task
is sent; should the web process die before, or the broker be away, the reconciling
job finds the row. A row is deleted only when the work of its generation is done, so
that a request that comes while the work is running is not lost.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from invenio_db import db
from invenio_db.uow import Operation
from sqlalchemy.dialects.postgresql import insert

from ..records.models import OutboxEntry

MAX_BACKOFF = timedelta(hours=6)


def request_statement(kind, *keys):
    """Give the statement that owes follow-ups; see ``request``."""
    now = datetime.now(UTC)
    row = {"kind": kind, "generation": 0, "attempts": 0, "due_at": now, "created": now}
    # In one order everywhere, so that two writers cannot wait for each other.
    rows = [{**row, "key": key} for key in sorted({str(key) for key in keys})]
    statement = insert(OutboxEntry).values(rows)
    return statement.on_conflict_do_update(
        constraint="uq_demos_models_outbox_kind_key",
        set_={
            "generation": OutboxEntry.generation + 1,
            "attempts": 0,
            "error": None,
            "due_at": now,
        },
    ).returning(OutboxEntry.key, OutboxEntry.generation)


def request(kind, *keys):
    """Owe follow-ups.

    Args:
        kind: ``analyse`` (a file), ``join`` (a deposit), ``index`` (a work), ``parent``
            (all deposits of a parent) or ``documents`` (a version).
        keys: the identifiers; at least one.

    Returns:
        The generations of the requests by their keys.
    """
    return dict(db.session.execute(request_statement(kind, *keys)).all())


def done(kind, generations):
    """Delete requests unless they were asked for again meanwhile.

    Args:
        kind: see ``request``.
        generations: what ``request`` returned.
    """
    db.session.execute(
        sa.delete(OutboxEntry).where(
            OutboxEntry.kind == kind,
            sa.tuple_(OutboxEntry.key, OutboxEntry.generation).in_(list(generations.items())),
        )
    )


def failed(kind, key, error):
    """Remember a failure and when to try again (1, 2, 4, ... minutes, at most 6 hours)."""
    entry = db.session.query(OutboxEntry).filter_by(kind=kind, key=str(key)).one_or_none()
    if entry is not None:
        entry.attempts += 1
        entry.error = str(error)[:2000]
        delay = min(timedelta(minutes=2 ** min(entry.attempts - 1, 10)), MAX_BACKOFF)
        entry.due_at = datetime.now(UTC) + delay


def due(limit=100):
    """Give the keys of requests that are due: ``[(kind, key)]``."""
    rows = (
        db.session.query(OutboxEntry.kind, OutboxEntry.key)
        .filter(OutboxEntry.due_at <= datetime.now(UTC))
        .order_by(OutboxEntry.due_at)
        .limit(limit)
    )
    return [tuple(row) for row in rows]


def send(kind, key):
    """Ask a worker for a follow-up; without a broker the reconciling job will do it.

    Args:
        kind: see ``request``.
        key: see ``request``.
    """
    from ..tasks import follow_up  # noqa: PLC0415  (the tasks import the registry)

    try:
        follow_up.delay(kind, str(key))
    except Exception:
        current_app.logger.warning(
            "No worker could be asked for %s %s; the reconciling job will do it",
            kind,
            key,
            exc_info=True,
        )


class FollowUpOp(Operation):
    """Owes follow-ups and asks a worker for them after the commit."""

    def __init__(self, kind, *keys):
        """Set what is owed; see ``request``."""
        self._kind, self._keys = kind, keys

    def on_register(self, uow):
        """Write the requests into the transaction."""
        request(self._kind, *self._keys)

    def on_post_commit(self, uow):
        """Ask a worker."""
        for key in self._keys:
            send(self._kind, key)
