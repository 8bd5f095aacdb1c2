# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tasks: each is a short step that may be repeated; none waits for a run."""

from celery import shared_task
from invenio_db import db

from .backends import BackendUnavailable
from .catalogue import containers_named
from .records.models import ModelRun
from .services import images, reconciling, steps

FIRST_LOOK_SECONDS = 0.02
"""Many containers have ended almost at once: the first look comes early, the later ones do not."""


def _service():
    from .proxies import current_runs_service  # noqa: PLC0415 - needs the application

    return current_runs_service


@shared_task(ignore_result=True, acks_late=True, reject_on_worker_lost=True, time_limit=120)
def start_run(run_id, attempt):
    """Start a run's attempt on a backend that web processes do not talk to.

    Args:
        run_id: the run.
        attempt: the attempt it was submitted for; another one means that this task is late.
    """
    run = db.session.get(ModelRun, run_id)
    if run is None or run.attempt != attempt or not steps.is_open(run):
        return
    reconciling.begin(_service(), run)
    watch_run.apply_async((run_id, attempt), countdown=FIRST_LOOK_SECONDS)


@shared_task(ignore_result=True, time_limit=120)
def watch_run(run_id, attempt, delay=FIRST_LOOK_SECONDS):
    """Look after a started run; come back a little later while it runs.

    Args:
        run_id: the run.
        attempt: the attempt that is watched.
        delay: seconds until the next look; it grows, and the reaper looks too.
    """
    run = db.session.get(ModelRun, run_id)
    if run is None or run.attempt != attempt or not steps.is_open(run):
        return
    steps.look(run, _service().backend_of(run))
    db.session.expire_all()
    run = db.session.get(ModelRun, run_id)
    if steps.is_open(run) and run.attempt == attempt:
        delay = min(5.0, delay * 1.5)
        watch_run.apply_async((run_id, attempt, delay), countdown=delay)


@shared_task(ignore_result=True, time_limit=120)
def reconcile():
    """Move on every run that nobody looks after, and end what runs for nobody."""
    reconciling.reconcile(_service())


@shared_task(ignore_result=True, time_limit=600)
def expire():
    """Delete runs and results that nobody has used for long."""
    reconciling.expire()


@shared_task(ignore_result=True, time_limit=120)
def inspect_registered():
    """Have the images inspected that models name and that are new, gone or to be tried again."""
    from .services.inspection import due  # noqa: PLC0415 - imports the container SDK

    if "docker" not in _service().backends:
        return
    references = {images.reference_of(found) for found in containers_named()}
    allowed = sorted(filter(images.allowed, references))
    try:
        wanted = due(allowed, _service().backends["docker"])
    except BackendUnavailable:
        return  # its own program is looked after by the supervisor
    for reference in wanted:
        inspect_image.delay(reference)


@shared_task(ignore_result=True, acks_late=True, time_limit=900)
def inspect_image(reference):
    """Fetch a foreign image, read its interface and run its example.

    Args:
        reference: the image as a model names it.
    """
    from .services.inspection import inspect  # noqa: PLC0415 - imports the container SDK

    inspect(reference, _service().backends["docker"])
