# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The reaper, both ways: runs without a worker, and workers without a run."""

import re
import uuid
from datetime import timedelta

from flask import current_app
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_files_rest.tasks import remove_file_data
from sqlalchemy import delete, exists, or_, select, update

from .. import states
from ..backends import BackendUnavailable
from ..catalogue import open_entry
from ..clock import now
from ..records.models import ModelRun, RunResult, RunResultFile
from . import machine, steps

HANDLE = re.compile(r"^demos-run-([0-9a-f-]{36})-(\d+)$")
BATCH = 200
MAX_LOOKS = 20
"""Looks at a run in a row that may fail, or end their process, before the run is ended."""


def begin(service, run):
    """Start a claimed attempt.

    Args:
        service: the runs' service.
        run: the run.
    """
    try:
        # The registry is asked as the system: who asked for the run could read the files then.
        entry = open_entry(system_identity, run.model_id, run.version_id)
        documents = service.runtimes[run.runtime].documents(entry, run)
    except Exception:
        current_app.logger.exception("run %s: its model cannot be read", run.id)
        machine.fail(run, "system_error", "The model can no longer be read.")
        return
    steps.start(run, service.backends[run.backend], documents)


def reconcile(service):
    """Move on every run that nobody looks after, and end what runs for nobody.

    Args:
        service: the runs' service.

    Returns:
        How many runs were moved on and how many attempts were ended.
    """
    late = or_(ModelRun.lease_until.is_(None), ModelRun.lease_until < now())
    moved = 0
    ids = db.session.scalars(
        select(ModelRun.id)
        .where(ModelRun.status.in_(states.OPEN), late)
        .order_by(ModelRun.looks, ModelRun.created)
        .limit(BATCH)
    ).all()
    for run_id in ids:
        run = _looked_at(run_id)
        if run is None:
            continue
        try:
            _move(service, run)
            _looks(run_id, 0)
            moved += 1
        except Exception:
            db.session.rollback()
            current_app.logger.exception("run %s: not reconciled", run_id)
    ended = sum(_end_orphans(backend) for backend in service.backends.values())
    return moved, ended


def _looked_at(run_id):
    """Count a look at a run before it begins; end a run that too many looks have not moved.

    A look that ends the process it happens in, or fails each time, is not begun for ever.
    """
    db.session.expire_all()
    run = db.session.get(ModelRun, run_id)
    if run.looks >= MAX_LOOKS:
        message = f"{run.looks} looks at it failed: an operator has to look at it."
        current_app.logger.error("run %s: %s", run_id, message)
        machine.fail(run, "system_error", message)
        return None
    _looks(run_id, ModelRun.looks + 1)
    return run


def _looks(run_id, count):
    db.session.execute(
        update(ModelRun)
        .where(ModelRun.id == run_id)
        .values(looks=count)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _move(service, run):
    backend = service.backends.get(run.backend)
    if backend is None:
        machine.fail(run, "backend_unavailable", f"There is no backend {run.backend} any more.")
        return
    if run.status == states.RUNNING:
        steps.look(run, backend)
        return
    # Whoever claimed it may have died after the backend took it: then it is running.
    if run.attempt and _taken_up(run, backend):
        return
    if run.attempt >= states.MAX_ATTEMPTS:
        machine.fail(run, "system_error", "It could not be started.")
    elif machine.claim(run):
        begin(service, run)


def _taken_up(run, backend):
    handle = machine.handle_of(run)
    try:
        with machine.outside(run):
            state = backend.poll(handle)
    except BackendUnavailable:
        return False
    if state.state == "unknown":
        return False
    if state.state == "done":
        steps.finish(run, backend, state)
    else:
        machine.started(run, state.sandbox)
    return True


def _end_orphans(backend):
    """End attempts that no open run stands for."""
    try:
        handles = backend.handles()
    except BackendUnavailable:
        return 0
    named = {m[0]: (uuid.UUID(m[1]), int(m[2])) for m in map(HANDLE.match, handles) if m}
    if not named:
        return 0
    live = {
        (row.id, row.attempt)
        for row in db.session.execute(
            select(ModelRun.id, ModelRun.attempt).where(
                ModelRun.id.in_({run_id for run_id, _ in named.values()}),
                ModelRun.status.in_(states.OPEN),
            )
        )
    }
    ended = 0
    for handle, attempt in named.items():
        if attempt not in live:
            backend.cancel(handle)
            backend.clean(handle)
            ended += 1
    return ended


def expire():
    """Delete runs and results that nobody has used for long.

    Returns:
        How many runs were deleted.
    """
    before = now() - timedelta(days=current_app.config["DEMOS_EXEC_KEEP_DAYS"])
    gone = db.session.execute(
        delete(ModelRun).where(ModelRun.status.in_(states.TERMINAL), ModelRun.updated < before)
    ).rowcount
    unused = select(RunResult.id).where(
        RunResult.created < before, ~exists().where(ModelRun.result_id == RunResult.id)
    )
    files = db.session.scalars(select(RunResultFile).where(RunResultFile.result_id.in_(unused)))
    file_ids = []
    for row in list(files):
        row.file.writable = True  # else its data cannot be removed
        file_ids.append(str(row.file_id))
        db.session.delete(row)
    db.session.flush()
    db.session.execute(
        delete(RunResult)
        .where(RunResult.id.in_(unused))
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    for file_id in file_ids:
        remove_file_data.delay(file_id)
    return gone
