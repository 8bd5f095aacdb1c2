# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What operators look at first: the queue, the reasons of a day, who computes most."""

from datetime import timedelta

from flask import current_app
from invenio_db import db
from sqlalchemy import func, select

from .. import states
from ..clock import now
from ..records.models import ModelRun
from .quota import HOUR, USER

DAY = timedelta(days=1)
MOST_OWNERS = 10


def overview():
    """Return how the runs of all people are doing.

    Returns:
        ``waiting`` and ``running``: runs now, and ``oldest``: since when the first one waits;
        ``ended``: ``[(status, reason, runs)]`` of the last day, the most frequent first;
        ``owners``: ``[{"owner", "user_id", "runs", "cpu_seconds", "quota"}]`` of the last hour,
        who has computed most first.
    """
    open_runs = dict(
        db.session.execute(
            select(ModelRun.status, func.count())
            .where(ModelRun.status.in_(states.OPEN), ModelRun.dropped.is_(None))
            .group_by(ModelRun.status)
        ).all()
    )
    oldest = db.session.scalar(
        select(func.min(ModelRun.created)).where(
            ModelRun.status == states.ACCEPTED, ModelRun.dropped.is_(None)
        )
    )
    ended = db.session.execute(
        select(ModelRun.status, ModelRun.reason, func.count().label("runs"))
        .where(ModelRun.status.in_(states.TERMINAL), ModelRun.created > now() - DAY)
        .group_by(ModelRun.status, ModelRun.reason)
        .order_by(func.count().desc())
    ).all()
    return {
        "waiting": open_runs.get(states.ACCEPTED, 0),
        "running": open_runs.get(states.RUNNING, 0),
        "oldest": oldest,
        "ended": [tuple(row) for row in ended],
        "owners": _owners(),
    }


def _owners():
    seconds = func.coalesce(func.sum(ModelRun.cpu_seconds), 0.0)
    rows = db.session.execute(
        select(ModelRun.owner_key, func.count(), seconds)
        .where(ModelRun.created > now() - HOUR, ModelRun.attempt > 0)
        .group_by(ModelRun.owner_key)
        .order_by(seconds.desc())
        .limit(MOST_OWNERS)
    ).all()
    quotas = current_app.config["DEMOS_EXEC_QUOTAS"]
    return [
        {
            # An address is kept as a digest; a few of its digits tell two of them apart.
            "owner": key.removeprefix(USER) if key.startswith(USER) else key.split(":")[1][:8],
            "kind": "user" if key.startswith(USER) else "anonymous",
            "runs": runs,
            "cpu_seconds": used,
            "quota": quotas["user" if key.startswith(USER) else "anonymous"]["cpu_seconds"],
        }
        for key, runs, used in rows
    ]
