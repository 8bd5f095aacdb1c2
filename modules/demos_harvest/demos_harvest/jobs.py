# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The harvest of every peer as a job that an administrator runs and schedules."""

from flask import current_app
from invenio_db import db
from invenio_i18n import lazy_gettext as _
from invenio_jobs.jobs import JobType, PredefinedArgsSchema
from invenio_jobs.models import Job
from marshmallow import fields

from .proxies import current_harvest
from .tasks import harvest_peer

FIRST_HOUR = 1
"""The hour of day, in UTC, at which the first peer is harvested; the others follow."""

MINUTES_APART = 20
"""Minutes between the harvests of two peers."""


class HarvestArgs(PredefinedArgsSchema):
    """Arguments of a harvest."""

    job_arg_schema = fields.String(
        metadata={"type": "hidden"}, dump_default="HarvestArgs", load_default="HarvestArgs"
    )
    ids = fields.String(
        metadata={
            "title": _("Only these records"),
            "description": _("The peer's own identifiers, separated by commas."),
        },
        load_default="",
    )
    retry = fields.Boolean(
        metadata={
            "title": _("Only what failed"),
            "description": _("Try failed records again, also those that wait for a person."),
        },
        load_default=False,
    )


def _build_task_arguments(cls, job_obj, since=None, ids="", retry=False, **kwargs):
    """Translate the form's values.

    ``since`` is left alone: the harvest keeps a cursor of its own, which failed and partial
    runs move rightly. Somebody who wants a window names it on the command line.
    """
    wanted = [part.strip() for part in (ids or "").split(",") if part.strip()]
    return {"peer": cls.peer, "ids": wanted or None, "retry": bool(retry)}


def job_types(peers):
    """Return a job for each peer that is harvested as a whole.

    Args:
        peers: Descriptions of peers.
    """
    return [
        JobType.create(
            f"Harvest{peer.name.title()}Job",
            HarvestArgs,
            f"harvest_{peer.name}",
            harvest_peer,
            peer.purpose,
            _("Harvest %(peer)s", peer=peer.title),
            attrs={
                "peer": peer.name,
                "build_task_arguments": classmethod(_build_task_arguments),
            },
        )
        for peer in peers
        if peer.harvested
    ]


def schedules(peers):
    """Return when each harvested peer is due, staggered so that no two begin together.

    Args:
        peers: Descriptions of peers.

    Returns:
        Schedules of invenio-jobs by the peers' names.
    """
    found = {}
    for position, peer in enumerate(p for p in peers if p.harvested):
        hour, minute = divmod(FIRST_HOUR * 60 + position * MINUTES_APART, 60)
        entry = {"type": "crontab", "minute": str(minute), "hour": str(hour % 24)}
        if peer.every < 24:
            entry["hour"] = f"{hour % peer.every}-23/{peer.every}"
        elif peer.every >= 24 * 7:
            entry["day_of_week"] = str(position % 7)
        elif peer.every > 24:
            entry["day_of_month"] = f"*/{peer.every // 24}"
        found[peer.name] = entry
    return found


def schedule_jobs():
    """Create the jobs that do not exist yet, each with its schedule.

    A job that is there is left as it is: an administrator may have switched it off or changed when
    it runs. (One that was deleted is created again; so switch it off instead.)

    Returns:
        The names of the peers whose job is new.
    """
    peers = list(current_harvest.peers.values())
    due = schedules(peers)
    known = {task for (task,) in db.session.query(Job.task)}
    queue = current_app.extensions["invenio-jobs"].default_queue
    made = []
    for peer in peers:
        task = f"harvest_{peer.name}"
        if not peer.harvested or task in known:
            continue
        job = Job(
            title=f"Harvest {peer.title}",
            description=peer.purpose,
            task=task,
            active=True,
            default_queue=queue,
            schedule=due[peer.name],
        )
        db.session.add(job)
        made.append(peer.name)
    db.session.commit()
    return made
