# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Follow-ups that survive a crash.

A request is a row written in the transaction that owes it. After the commit a task
is sent; should the web process die before, or the broker be away, the reconciling
job finds the row. A row is deleted only when the work of its generation is done, so
that a request that comes while the work is running is not lost.

An attempt is counted before the work begins: work that ends its worker is seen too.
What has ended several workers, or failed for days, is parked: nobody tries it again
until an administrator asks for it.

The outbox knows no work: the modules that do it register their handlers here.
"""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from invenio_db import db
from invenio_db.uow import Operation
from sqlalchemy.dialects.postgresql import insert

from ..records.models import OutboxEntry

ANALYSE = "analyse"
"""Look into a stored file; the key is the file instance."""

JOIN = "join"
"""Join a deposit whose files were not analysed when it was published; the record."""

INDEX = "index"
"""Bring the index up to date with a work; the work."""

DERIVE = "derive"
"""Make the derivatives of a version; the version."""

READERS = "readers"
"""Write who may read the deposits of a parent into their sources; the parent."""

MAX_BACKOFF = timedelta(hours=6)

MAX_ATTEMPTS = 20
"""Failures after which a follow-up is parked; with the pauses between them three days."""

MAX_ENDED_WORKERS = 3
"""Workers that a follow-up may end before it is parked."""

_handlers = {}
_senders = []


class HandlerConflictError(ValueError):
    """Two modules register a handler of one kind."""


def handles(kind):
    """Register the decorated function as the one that does follow-ups of a kind.

    Args:
        kind: a constant of the module that registers it; unique in the portal.

    Raises:
        HandlerConflictError: Another function does follow-ups of this kind.
    """

    def register(function):
        if _handlers.setdefault(kind, function) is not function:
            raise HandlerConflictError(f"Two handlers want the follow-ups {kind!r}.")
        return function

    return register


def sends(function):
    """Register the decorated function as the one that asks a worker, ``(kind, key)``."""
    _senders[:] = [function]
    return function


def request_statement(kind, *keys):
    """Return the statement that owes follow-ups; see ``request``."""
    now = datetime.now(UTC)
    row = {"kind": kind, "generation": 0, "attempts": 0, "begun": 0, "due_at": now, "created": now}
    # In one order everywhere, so that two writers cannot wait for each other.
    rows = [{**row, "key": key} for key in sorted({str(key) for key in keys})]
    statement = insert(OutboxEntry).values(rows)
    return statement.on_conflict_do_update(
        constraint="uq_demos_models_outbox_kind_key",
        set_={
            "generation": OutboxEntry.generation + 1,
            "attempts": 0,
            "begun": 0,
            "error": None,
            "parked_at": None,
            "due_at": now,
        },
    ).returning(OutboxEntry.key, OutboxEntry.generation)


def request(kind, *keys):
    """Owe follow-ups.

    Args:
        kind: One of the constants above, or another module's.
        keys: The identifiers; at least one.

    Returns:
        The generations of the requests by their keys.
    """
    return dict(db.session.execute(request_statement(kind, *keys)).all())


def done(kind, generations):
    """Delete requests unless they were asked for again meanwhile.

    Args:
        kind: See ``request``.
        generations: What ``request`` returned.
    """
    db.session.execute(
        sa.delete(OutboxEntry).where(
            OutboxEntry.kind == kind,
            sa.tuple_(OutboxEntry.key, OutboxEntry.generation).in_(list(generations.items())),
        )
    )


def run(kind, key):
    """Do one follow-up and strike it off; doing it twice does no harm.

    Args:
        kind: One that a handler is registered for.
        key: What it is about.

    Returns:
        Whether it succeeded. A failure is in the outbox, with when to try again. False
        also where another worker is at it, or it is parked.
    """
    with _alone(kind, key) as alone:
        if not alone:
            return False
        generation, parked = _begin(kind, key)
        if parked:
            return False
        try:
            _handlers[kind](key)
            if generation is not None:
                done(kind, {str(key): generation})
            db.session.commit()
            return True
        except Exception as error:
            db.session.rollback()
            current_app.logger.exception("The follow-up %s of %s failed", kind, key)
            _failed(kind, key, error)
            db.session.commit()
            return False


@contextmanager
def _alone(kind, key):
    """Hold the lock of one follow-up; a process that ends gives it back."""
    if db.engine.dialect.name != "postgresql":
        yield True
        return
    lock = sa.func.hashtextextended(f"demos-outbox:{kind}:{key}", 0)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(lock)))
        try:
            yield held
        finally:
            if held:
                connection.scalar(sa.select(sa.func.pg_advisory_unlock(lock)))


def _begin(kind, key):
    """Count an attempt before its work begins.

    Returns:
        The request's generation, None for work that nobody owes, and whether it is parked.
    """
    entry = db.session.query(OutboxEntry).filter_by(kind=kind, key=str(key)).one_or_none()
    if entry is None:
        db.session.rollback()
        return None, False
    if entry.parked_at is None and entry.begun >= MAX_ENDED_WORKERS:
        entry.parked_at = datetime.now(UTC)
        entry.error = f"{entry.begun} workers ended while they were at it. {entry.error or ''}"
        current_app.logger.error("The follow-up %s of %s is parked: %s", kind, key, entry.error)
    parked = entry.parked_at is not None
    if not parked:
        entry.attempts += 1
        entry.begun += 1
        if entry.begun > 1:  # a first worker that ends is replaced at once
            entry.due_at = datetime.now(UTC) + _pause(entry.begun - 1)
    generation = entry.generation
    db.session.commit()
    return generation, parked


def _pause(attempts):
    """Return how long to wait after some failures: 1, 2, 4, ... minutes, at most 6 hours."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), MAX_BACKOFF)


def _failed(kind, key, error):
    """Remember a failure, and when to try again or that nobody does."""
    entry = db.session.query(OutboxEntry).filter_by(kind=kind, key=str(key)).one_or_none()
    if entry is None:
        return
    entry.begun = 0
    entry.error = f"{type(error).__name__}: {error}"[:2000]
    entry.due_at = datetime.now(UTC) + _pause(entry.attempts)
    if entry.attempts >= MAX_ATTEMPTS:
        entry.parked_at = datetime.now(UTC)
        current_app.logger.error("The follow-up %s of %s is parked: %s", kind, key, entry.error)


def due(limit=100):
    """Return the keys of requests that are due: ``[(kind, key)]``."""
    rows = (
        db.session.query(OutboxEntry.kind, OutboxEntry.key)
        .filter(OutboxEntry.due_at <= datetime.now(UTC), OutboxEntry.parked_at.is_(None))
        .order_by(OutboxEntry.due_at)
        .limit(limit)
    )
    return [tuple(row) for row in rows]


def parked():
    """Return what nobody tries any more, the oldest first: the rows."""
    return (
        db.session.query(OutboxEntry)
        .filter(OutboxEntry.parked_at.isnot(None))
        .order_by(OutboxEntry.parked_at)
        .all()
    )


def owed():
    """Return all that is owed, the oldest first: the rows."""
    return db.session.query(OutboxEntry).order_by(OutboxEntry.created).all()


def retry(kind=None, key=None):
    """Owe what is parked once more. The caller commits.

    Args:
        kind: Only follow-ups of this kind.
        key: Only the follow-up of this key.

    Returns:
        ``[(kind, key)]`` of what is owed again.
    """
    again = [
        (entry.kind, entry.key)
        for entry in parked()
        if kind in (None, entry.kind) and key in (None, entry.key)
    ]
    for one in again:
        request(*one)
    return again


def send(kind, key):
    """Ask a worker for a follow-up; without a broker the reconciling job will do it.

    Args:
        kind: See ``request``.
        key: See ``request``.
    """
    try:
        for sender in _senders:
            sender(kind, str(key))
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
