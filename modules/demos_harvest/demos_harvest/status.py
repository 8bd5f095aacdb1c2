# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How each peer is doing: for the administration page, the REST API and the command line."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from celery.schedules import maybe_schedule
from demos_models.api import doubts as registry_doubts
from flask import current_app
from invenio_db import db
from invenio_jobs.models import Job

from .connections import breaker_of, harvested_peers, peer_named, settings_of
from .harvesting.counts import ordered
from .records.models import (
    DEAD,
    DOUBTFUL,
    FAILED,
    PENDING,
    SETTLED,
    HarvestCursor,
    HarvestItem,
    HarvestRun,
    now,
)

CONTRACT_DRIFT = "contract_drift"

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


def runs_of(name, limit):
    """Return the newest runs of a peer."""
    runs = HarvestRun.query.filter_by(peer=name).order_by(HarvestRun.created.desc())
    return runs.limit(limit).all()


def states():
    """Return the state of every harvested peer."""
    return [state_of(name) for name in harvested_peers()]


def state_of(name):
    """Return the state of one peer.

    Raises:
        UnknownPeerError: If there is no such peer.
    """
    peer = peer_named(name)
    settings, _ = settings_of(peer)
    runs = HarvestRun.query.filter_by(peer=name).order_by(HarvestRun.created.desc())
    last = runs.first()
    good = runs.filter(HarvestRun.status.in_(("successful", "partial"))).first()
    cursor = db.session.get(HarvestCursor, name)
    counts = dict(
        db.session.query(HarvestItem.state, sa.func.count())
        .filter(HarvestItem.peer == name)
        .group_by(HarvestItem.state)
        .all()
    )
    return {
        "name": name,
        "title": peer.title,
        "purpose": peer.purpose,
        "url": settings.base_url,
        "every": peer.every,
        "schedule": _schedule(name),
        "contract": peer.contract.pinned if peer.contract else None,
        "drift": drift_of(name),
        "circuit": breaker_of(name).state(),
        "cursor": cursor.value if cursor else None,
        "last_run": run_to_dict(last) if last else None,
        "lag": int((now() - good.started_at).total_seconds()) if good else None,
        "items": counts,
        "stale": _stale(name),
    }


def _schedule(name):
    """Say in words when invenio-jobs starts the next harvest; None without a job."""
    job = Job.query.filter_by(task=f"harvest_{name}").order_by(Job.created).first()
    if job is None:
        return None
    if not job.active or job.schedule is None:
        return "not scheduled"
    left = maybe_schedule(job.parsed_schedule).remaining_estimate(datetime.now(UTC))
    return f"next in {max(1, round(left.total_seconds() / 3600))} h"


def drift_of(name):
    """Return where a peer's answers no longer fit what was agreed on, the most frequent first."""
    field, answer = (HarvestItem.error[key].as_string() for key in ("field", "answer"))
    rows = (
        db.session.query(answer, field, sa.func.count())
        .filter(HarvestItem.peer == name, HarvestItem.error["code"].as_string() == CONTRACT_DRIFT)
        .group_by(answer, field)
        .order_by(sa.func.count().desc())
        .limit(PROBLEMS)
    )
    return [{"answer": a, "field": f, "records": number} for a, f, number in rows]


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
        for item in HarvestItem.query.filter_by(peer=name, state=DOUBTFUL)
        for note in (item.files or {}).values()
        if note.get("doubt")
    }
    found = registry_doubts(list(items)) if items else []
    keys = ("id", "key", "title", "candidates")
    return [{**{k: doubt[k] for k in keys}, "item": items[doubt["id"]]} for doubt in found]
