# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Celery tasks. Each is one line: the work is in ``harvesting``."""

from contextlib import suppress

from celery import shared_task
from flask import current_app
from invenio_jobs.errors import TaskExecutionPartialError

from .errors import AlreadyRunningError
from .harvesting.runner import harvest


class HarvestFailedError(Exception):
    """A harvest ended before it was through; the message says why."""


@shared_task(ignore_result=True)
def harvest_peer(peer, since=None, ids=None, retry=False):
    """Harvest a peer for invenio-jobs, which shows how it ended."""
    try:
        run = harvest(peer, since=since, ids=ids or (), retry=retry)
    except AlreadyRunningError as error:
        current_app.logger.info("%s", error)
        return
    current_app.logger.info("Harvest of %s: %s %s", peer, run.status, run.counts)
    if run.status in ("failed", "interrupted"):
        raise HarvestFailedError(f"{run.error.get('code')}: {run.error.get('message')}")
    if run.status == "partial":
        raise TaskExecutionPartialError(
            run.error["message"], errored_entries_count=run.counts["failed"]
        )


@shared_task(ignore_result=True)
def harvest_in_background(peer, run_id, since=None, ids=None, retry=False):
    """Harvest what somebody asked for; the run, which exists already, shows how it ended."""
    with suppress(AlreadyRunningError):
        harvest(peer, since=since, ids=ids or (), retry=retry, run_id=run_id)
