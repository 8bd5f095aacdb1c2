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
from sqlalchemy import delete, exists, or_, select

from .. import states
from ..backends import BackendUnavailable
from ..catalogue import patchset_of, target_of, workspace_of
from ..records.models import ModelRun, RunImage, RunResult, RunResultFile
from . import machine, steps

HANDLE = re.compile(r"^demos-run-([0-9a-f-]{36})-(\d+)$")
BATCH = 200


def documents_of(run):
    """Give what a run's request is about.

    The registry is asked as the system: who asked for the run could read the files then.

    Args:
        run: the run.

    Returns:
        Digest to the function that gives the text.
    """
    if run.image:
        return {}
    target = target_of(system_identity, run.model_id, run.version_id)
    documents = {run.model_digest: lambda digest: workspace_of(system_identity, target)}
    patchset = run.request.get("patchset")
    if patchset:
        documents[patchset] = lambda digest: patchset_of(system_identity, target, digest)
    return documents


def begin(service, run):
    """Start a claimed attempt.

    Args:
        service: the runs' service.
        run: the run.
    """
    try:
        documents = documents_of(run)
    except Exception:
        current_app.logger.exception("run %s: its model cannot be read", run.id)
        machine.fail(run, "system_error", "The model can no longer be read.")
        return
    steps.start(run, service.backend_of(run), documents)


def reconcile(service):
    """Move on every run that nobody looks after, and end what runs for nobody.

    Args:
        service: the runs' service.

    Returns:
        How many runs were moved on and how many attempts were ended.
    """
    late = or_(ModelRun.lease_until.is_(None), ModelRun.lease_until < machine.now())
    moved = 0
    ids = db.session.scalars(
        select(ModelRun.id)
        .where(ModelRun.status.in_(states.OPEN), late)
        .order_by(ModelRun.created)
        .limit(BATCH)
    ).all()
    for run_id in ids:
        db.session.expire_all()
        run = db.session.get(ModelRun, run_id)
        try:
            _move(service, run)
            moved += 1
        except Exception:
            db.session.rollback()
            current_app.logger.exception("run %s: not reconciled", run_id)
    ended = sum(_end_orphans(backend) for backend in set(service.backends.values()))
    return moved, ended


def _move(service, run):
    backend = service.backend_of(run)
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
    before = machine.now() - timedelta(days=current_app.config["DEMOS_EXEC_KEEP_DAYS"])
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
    stuck = machine.now() - timedelta(hours=1)
    db.session.execute(
        delete(RunImage).where(RunImage.state == "pending", RunImage.checked < stuck)
    )
    db.session.commit()
    for file_id in file_ids:
        remove_file_data.delay(file_id)
    return gone
