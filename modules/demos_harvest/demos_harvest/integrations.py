# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How each peer is doing: for the administration page, the REST API and the command line."""

from datetime import timedelta

import sqlalchemy as sa
from demos_models.records.models import ModelDoubt
from flask import current_app
from invenio_db import db

from .connections import breaker_of, harvested_peers, settings_of, title_of
from .harvesting.counts import ordered
from .records.models import (
    DEAD,
    FAILED,
    PENDING,
    SETTLED,
    HarvestCursor,
    HarvestItem,
    HarvestRun,
    now,
)

PROBLEMS = 50
"""Items with problems that are listed; the counts tell of all."""


def run_to_dict(run):
    """Return a run as JSON."""
    return {
        "id": str(run.id),
        "peer": run.peer,
        "status": run.status,
        "arguments": run.arguments,
        "counts": ordered(run.counts or {}),
        "requests": run.requests,
        "error": run.error,
        "created": _iso(run.created),
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
    }


def _iso(moment):
    return moment.isoformat() if moment else None


def integrations():
    """Return the state of every harvested peer."""
    return [integration(name) for name in harvested_peers()]


def integration(name):
    """Return the state of one peer.

    Raises:
        UnknownPeerError: If there is no such peer.
    """
    settings, _ = settings_of(name)
    runs = HarvestRun.query.filter_by(peer=name).order_by(HarvestRun.created.desc())
    last = runs.first()
    good = runs.filter(HarvestRun.status.in_(("successful", "partial"))).first()
    cursor = db.session.get(HarvestCursor, name)
    states = dict(
        db.session.query(HarvestItem.state, sa.func.count())
        .filter(HarvestItem.peer == name)
        .group_by(HarvestItem.state)
        .all()
    )
    return {
        "name": name,
        "title": title_of(name),
        "url": settings.base_url,
        "circuit": breaker_of(name).state(),
        "cursor": cursor.value if cursor else None,
        "last_run": run_to_dict(last) if last else None,
        "lag": int((now() - good.started_at).total_seconds()) if good else None,
        "items": states,
        "stale": _stale(name),
    }


def _stale(name):
    """Count mirrored records that were not read for so long that look-ups refresh them."""
    limit = now() - timedelta(seconds=current_app.config["DEMOS_HARVEST_FRESH"])
    return (
        HarvestItem.query.filter_by(peer=name)
        .filter(HarvestItem.state.in_(SETTLED), HarvestItem.fetched_at < limit)
        .count()
    )


def problems(name):
    """Return the items of a peer that failed, the oldest problem first."""
    rows = (
        HarvestItem.query.filter_by(peer=name)
        .filter(HarvestItem.state.in_((FAILED, DEAD, PENDING)))
        .filter(HarvestItem.error.isnot(None))
        .order_by(HarvestItem.id)
        .limit(PROBLEMS)
    )
    return [
        {
            "id": item.source_id,
            "state": item.state,
            "attempts": item.attempts,
            "due_at": _iso(item.due_at),
            "error": item.error,
        }
        for item in rows
    ]


def doubts(name):
    """Return the doubtful registrations that came from a peer."""
    items = {
        note["doubt"]: item.source_id
        for item in HarvestItem.query.filter_by(peer=name, state="doubtful")
        for note in (item.files or {}).values()
        if note.get("doubt")
    }
    rows = ModelDoubt.query.filter(ModelDoubt.id.in_(list(items))) if items else ()
    return [
        {
            "id": str(row.id),
            "item": items[str(row.id)],
            "key": row.key,
            "title": (row.request.get("metadata") or {}).get("title"),
            "candidates": row.candidates,
        }
        for row in rows
    ]
