# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A run: list, then bring every due item up to date.

The list is stored before any item is fetched, so a run that is killed at any point is taken up
by the next one where it was. Registering the same twice changes nothing.
"""

import logging
import uuid

import sqlalchemy as sa
from invenio_db import db

from .. import connections
from ..errors import AlreadyRunningError
from ..http import PeerError
from ..http.errors import CircuitOpenError
from ..peers.oaipmh.parser import OAIError
from ..peers.types import MappingError
from ..records.models import (
    DEAD,
    DOUBTFUL,
    FAILED,
    PENDING,
    REGISTERED,
    SETTLED,
    HarvestItem,
    HarvestRun,
    now,
)
from .counts import Counts
from .items import process
from .listing import cursor_of, take
from .locks import advisory_lock

log = logging.getLogger(__name__)

AS_IT_IS = {REGISTERED: "unchanged", DOUBTFUL: "doubtful"}
"""Outcomes of items that are not due, by their states; the others count as skipped."""


def harvest(peer, *, since=None, ids=(), dry_run=False, retry=False, run_id=None):
    """Harvest a peer.

    Args:
        peer: The peer.
        since: Only what changed since this date (ISO); by default since the last run.
        ids: Only these records.
        dry_run: Fetch and translate, write nothing.
        retry: Only what failed before, whether it is due or not.
        run_id: A run that was created for this; a new one by default.

    Returns:
        The ``HarvestRun``; for a dry run one that is not stored.

    Raises:
        AlreadyRunningError: If the peer is being harvested already.
        UnknownPeerError: If there is no such peer.
    """
    client = connections.client_of(peer)
    try:
        if dry_run:
            return _rehearse(client, since, ids)
        run = _start(peer, since, ids, retry, run_id)
        run_id, started = run.id, run.started_at
        if ids:
            # Single records need no exclusive right to the peer, only to themselves.
            return _guarded(run_id, client, lambda: _only(run_id, client, ids))
        with advisory_lock(peer) as held:
            if not held:
                problem = {"code": "already_running", "message": "A harvest is under way."}
                _finish(run_id, "failed", problem)
                raise AlreadyRunningError(f"A harvest of {peer} is under way.")
            _close_stale(peer, run_id)
            return _guarded(run_id, client, lambda: _all(run_id, started, client, since, retry))
    finally:
        client.close()


def _start(peer, since, ids, retry, run_id):
    run = db.session.get(HarvestRun, uuid.UUID(str(run_id))) if run_id else None
    if run is None:
        run = HarvestRun(id=uuid.uuid4(), peer=peer)
        db.session.add(run)
    arguments = {"since": since, "ids": list(ids) or None, "retry": retry or None}
    run.arguments = {key: value for key, value in arguments.items() if value}
    run.status = "running"
    run.started_at = now()
    db.session.commit()
    return run


def _close_stale(peer, run_id):
    """Mark runs whose process died: holding the lock, we know that nobody else runs."""
    db.session.execute(
        sa.update(HarvestRun)
        .where(
            HarvestRun.peer == peer,
            HarvestRun.status == "running",
            HarvestRun.id != run_id,
            HarvestRun.arguments["ids"].is_(None),
        )
        .values(status="interrupted", finished_at=now())
    )
    db.session.commit()


def _guarded(run_id, client, work):
    """Do the work and note how it ended, whatever happens."""
    problem = None
    try:
        counts = work()
    except CircuitOpenError as error:
        status, problem = "interrupted", error.to_dict()
    except PeerError as error:
        status, problem = "failed", error.to_dict()
    except OAIError as error:
        status, problem = "failed", {"code": "oai_error", "message": str(error)}
    except BaseException as error:
        message = f"{type(error).__name__}: {error}"[:500]
        _finish(run_id, "failed", {"code": "internal_error", "message": message})
        raise
    else:
        problem = counts.problem
        status = "partial" if problem else "successful"
    return _finish(run_id, status, problem, client.http.requests)


def _finish(run_id, status, problem=None, requests=0):
    db.session.rollback()
    run = db.session.get(HarvestRun, run_id)
    run.status = status
    run.error = problem
    run.counts = run.counts or Counts().to_dict()
    run.requests = requests
    run.finished_at = now()
    db.session.commit()
    return run


def _all(run_id, started, client, since, retry):
    counts = Counts()
    listed = None
    if retry:
        _revive(client.peer)
    else:
        listed = take(client.peer, client.listing(cursor_of(client.peer), since), since=since)
    due = [row[0] for row in _due(client.peer)]
    _work(run_id, client, due, counts)
    counts.seen = max(listed or 0, len(due))
    if since is not None:
        counts.unchanged += counts.seen - counts.accounted
    elif not retry:
        _count_rest(client.peer, started, counts)
    _save(run_id, counts)
    return counts


def _revive(peer):
    db.session.execute(
        sa.update(HarvestItem)
        .where(HarvestItem.peer == peer, HarvestItem.state.in_((FAILED, DEAD)))
        .values(state=PENDING, attempts=0, due_at=None)
    )
    db.session.commit()


def _due(peer):
    """Return the keys of due items; failed items wait for their time."""
    return (
        db.session.query(HarvestItem.id)
        .filter(HarvestItem.peer == peer)
        .filter(
            (HarvestItem.state == PENDING)
            | ((HarvestItem.state == FAILED) & (HarvestItem.due_at <= now()))
        )
        .order_by(HarvestItem.id)
    )


def _work(run_id, client, item_ids, counts):
    """Process items, each once, and keep the counts as they grow."""
    for results in process(client, item_ids):
        for result in results:
            counts.add(result.outcome, result.models, result.failure)
        counts.seen += len(results)
        _save(run_id, counts)


def _save(run_id, counts):
    db.session.execute(
        sa.update(HarvestRun).where(HarvestRun.id == run_id).values(counts=counts.to_dict())
    )
    db.session.commit()


def _count_rest(peer, started, counts):
    """Add the records that were not due, so that the outcomes add up to what was seen."""
    rows = (
        db.session.query(HarvestItem.state, sa.func.count())
        .filter(HarvestItem.peer == peer, HarvestItem.in_listing.is_(True))
        .filter(HarvestItem.fetched_at < started)
        .group_by(HarvestItem.state)
    )
    for state, number in rows:
        if outcome := AS_IT_IS.get(state):
            setattr(counts, outcome, getattr(counts, outcome) + number)
    counts.skipped += max(counts.seen - counts.accounted, 0)


def _only(run_id, client, ids):
    counts = Counts()
    items = []
    for source_id in dict.fromkeys(ids):
        item = HarvestItem.find(client.peer, source_id)
        if item is None:
            item = HarvestItem(peer=client.peer, source_id=source_id, files={})
            db.session.add(item)
            db.session.flush()
        items.append(item.id)
    db.session.commit()
    _work(run_id, client, items, counts)
    return counts


def _rehearse(client, since, ids):
    """Count what a run would find, and write nothing."""
    counts = Counts()
    run = HarvestRun(peer=client.peer, status="successful", arguments={"dry_run": True})
    wanted, rest = dict.fromkeys(ids), []
    if not ids:
        listing = client.listing(cursor_of(client.peer), since)
        wanted = {c.source_id: c.listed for c in listing.changes if not c.deleted}
        if listing.present is not None and since is None:
            known = _states(client.peer)
            wanted |= dict.fromkeys(listing.present - known.keys() - wanted.keys())
            rest = [known[i][0] for i in listing.present & known.keys() - wanted.keys()]
            gone = [
                source_id
                for source_id, (state, in_listing) in known.items()
                if in_listing and state in SETTLED and source_id not in listing.present
            ]
            counts.deleted = len(gone)
    for state in rest:
        counts.add(AS_IT_IS.get(state, "skipped"))
    for source_id, listed in wanted.items():
        counts.add(_rehearsed(client, source_id, listed))
    counts.seen = counts.accounted
    run.counts = counts.to_dict()
    return run


def _states(peer):
    """Return by identifier the states of a peer's items, and whether its list names them."""
    rows = db.session.query(HarvestItem.source_id, HarvestItem.state, HarvestItem.in_listing)
    states = {row.source_id: (row.state, row.in_listing) for row in rows.filter_by(peer=peer)}
    db.session.rollback()
    return states


def _rehearsed(client, source_id, listed):
    """Say what would come of one record."""
    item = HarvestItem.find(client.peer, source_id)
    had_models, fingerprint = bool(item and item.models), item and item.fingerprint
    if item is not None and listed is not None and item.listed == listed:
        return "unchanged" if had_models else "skipped"
    db.session.rollback()
    try:
        record = client.record(source_id)
    except (PeerError, MappingError, ValueError):
        return "failed"
    if not record.files:
        return "skipped"
    if not had_models:
        return "registered"
    return "unchanged" if fingerprint == record.fingerprint else "updated"
