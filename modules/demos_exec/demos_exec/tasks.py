# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tasks: each is a short step that may be repeated; none waits for a run."""

from celery import shared_task
from invenio_db import db

from .backends import BackendUnavailable
from .errors import NotExecutableError
from .records.models import ModelRun
from .runtimes.table import backends_for
from .services import reconciling, steps

FIRST_LOOK_SECONDS = 0.02
"""Many containers have ended almost at once: the first look comes early, the later ones do not."""


def _service():
    from .proxies import current_runs_service  # noqa: PLC0415 - needs the application

    return current_runs_service


@shared_task(ignore_result=True, acks_late=True, time_limit=120)
def start_run(run_id, attempt):
    """Start a run's attempt on a backend that web processes do not talk to.

    A start that ends its process is not delivered again: the reaper counts the next attempt.

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
    backend = _service().backend_of(run)
    if backend is None:
        return
    steps.look(run, backend)
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


def _offered(runtime):
    """Return the backends of a runtime; none where the site has none."""
    try:
        return backends_for(runtime, _service().backends)
    except NotExecutableError:
        return {}


@shared_task(ignore_result=True, time_limit=120)
def prepare_due():
    """Have prepared what registered models need and is new, lost or to be tried again."""
    for runtime in _service().runtimes.values():
        backends = _offered(runtime)
        if not backends:
            continue
        try:
            wanted = runtime.due(backends)
        except BackendUnavailable:
            continue  # the backend's own program is looked after by the supervisor
        for what in wanted:
            prepare.delay(runtime.name, what)


@shared_task(ignore_result=True, acks_late=True, time_limit=900)
def prepare(runtime_name, what):
    """Prepare something that models need, such as a container image.

    Args:
        runtime_name: the runtime.
        what: as the runtime names it.
    """
    runtime = _service().runtimes[runtime_name]
    backends = _offered(runtime)
    if backends:
        runtime.prepare(what, backends)


class Later:
    """What a web process has done by a task."""

    start = staticmethod(start_run.delay)
    prepare = staticmethod(prepare.delay)
