# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Short, idempotent steps that move a run on: from web processes, from tasks, from the reaper."""

from flask import current_app
from invenio_db import db

from .. import states
from ..backends import BackendBusy, BackendUnavailable, Job, Refused
from ..clock import now
from ..runtimes.base import CONTRACT
from . import machine


def _read_apart(fetch):
    """Read a document in a transaction that is over before anybody waits for the run."""

    def read(digest):
        try:
            return fetch(digest)
        finally:
            db.session.rollback()

    return read


def start(run, backend, documents, *, wait=0.0, told=False):
    """Start an attempt that was claimed, and end the run if that was quick.

    No transaction is open while the backend works.

    Args:
        run: the run, claimed.
        backend: where it runs.
        documents: digest to the function that gives the text.
        wait: seconds to wait for its end.
        told: whether the owner learns of the end in the same answer.

    Returns:
        Whether the run was still ours.
    """
    job = Job(
        handle=machine.handle_of(run),
        request=worker_request(run),
        inputs={digest: _read_apart(fetch) for digest, fetch in documents.items()},
        limits=run.limits,
        lane=run.lane,
        image=run.image_digest if run.image else None,
        owner=run.owner_key,
    )
    try:
        with machine.outside(run):
            state = backend.start(job, wait)
    except BackendUnavailable as error:
        return machine.give_back(run, "backend_unavailable", str(error))
    except BackendBusy:
        return machine.give_back(run, "backend_unavailable", "The queue is full.")
    except Refused as refusal:
        return machine.fail(run, refusal.reason, refusal.message, told=told)
    if state.state == "done":
        return finish(run, backend, state, told=told)
    return machine.started(run, state.sandbox)


def worker_request(run):
    """Write the contract's request of a run.

    Args:
        run: the run.

    Returns:
        A JSON object.
    """
    workspace = run.request.get("workspace") or {}
    documents = {
        "model": workspace.get("digest", run.model_digest),
        "settings": workspace.get("settings"),
        "patchset": run.request.get("patchset"),
    }
    return {
        "contract": CONTRACT,
        "run": str(run.id),
        **{k: run.request.get(k) for k in ("operation", "inputs", "parameters")},
        **({"findings": run.request["findings"]} if run.request.get("findings") else {}),
        **{
            part: {"digest": digest, "file": f"{part}.json"}
            for part, digest in documents.items()
            if digest
        },
    }


def finish(run, backend, state, *, told=False):
    """End a run as its backend says, and drop what the backend keeps of it.

    Args:
        run: the run.
        backend: where it ran.
        state: a state that is ``done``.
        told: whether the owner learns of it in the same answer.

    Returns:
        Whether the run was still ours.
    """
    handle = machine.handle_of(run)
    ours = machine.end(run, state, told=told)
    backend.clean(handle)
    return ours


def look(run, backend, *, wait=0.0, told=False):
    """Ask a run's backend how it is, and end the run if it is done.

    Args:
        run: the run, running.
        backend: where it runs.
        wait: seconds to wait for its end.
        told: whether the owner learns of the end in the same answer.
    """
    handle = machine.handle_of(run)
    try:
        with machine.outside(run):
            state = backend.poll(handle, wait)
    except BackendUnavailable:
        late = run.deadline is not None and now() > run.deadline
        if late:
            machine.give_back(run, "backend_lost", "The backend has not answered any more.")
        db.session.expire(run)
        return
    if state.state == "unknown":
        machine.give_back(run, "worker_lost", "The worker was lost in the middle of the run.")
    elif state.state == "done":
        finish(run, backend, state, told=told)
    else:
        machine.seen(run, state)


def cancel(run, backend, *, told=False):
    """End a run because its owner wants it.

    Args:
        run: the run, open.
        backend: where it runs.
        told: whether the owner learns of the end in the same answer.
    """
    handle = machine.handle_of(run)
    machine.fail(run, "cancelled", "Cancelled.", told=told)
    try:
        backend.cancel(handle)
        backend.clean(handle)
    except BackendUnavailable:
        # The reaper ends what still runs of a run that has ended.
        current_app.logger.warning("run %s: cancelled while its backend is away", run.id)
    db.session.expire_all()


def is_open(run):
    """Tell whether a run has not ended.

    Args:
        run: the run.

    Returns:
        True if it has not.
    """
    return run.status in states.OPEN
