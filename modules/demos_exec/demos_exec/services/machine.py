# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The state machine: every change of a run's state is one conditional statement.

A statement that finds the run elsewhere (ended, or in another attempt) changes nothing: whoever
comes second has lost, whatever process it is in and whatever died before.
"""

import hashlib
import uuid
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

from flask import current_app
from invenio_db import db
from invenio_files_rest.models import FileInstance, Location
from sqlalchemy import bindparam, insert, inspect, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm.attributes import set_committed_value

from .. import states
from ..clock import now
from ..records.models import ModelRun, RunEvent, RunResult, RunResultFile


def handle_of(run):
    """Name a run's attempt: the fence against starting it twice."""
    return f"demos-run-{run.id}-{run.attempt}"


@contextmanager
def outside(run):
    """Talk to a backend while no transaction is open.

    What is read of the run after it is read anew, but for its attempt: whatever somebody else has
    made of the run meanwhile, the attempt that was asked about stays the one that is changed.
    """
    attempt = run.attempt
    db.session.rollback()
    try:
        yield
    finally:
        set_committed_value(run, "attempt", attempt)


def storable(text, most=None):
    r"""Make a text that the database takes of one that a model or a container chose.

    Args:
        text: any text, or None.
        most: characters that there is room for.

    Returns:
        It, with replacements for characters that are none, and cut.

    Examples:
        >>> storable("a\x00b\ud800"), storable("/inputs/" + "x" * 300, 20), storable(None)
        ('a�b?', '/inputs/xxxxxxxxxxxx', None)
    """
    if text is None:
        return None
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()[:most]


def _lease():
    return now() + timedelta(seconds=current_app.config["DEMOS_EXEC_LEASE_SECONDS"])


EVENT = ("run_id", "at", "attempt", "status", "phase", "reason", "message")


def with_event(change, reason=None, message=None):
    """Write a change of a run and its event in one statement.

    Args:
        change: an ``INSERT`` or ``UPDATE`` of runs that sets ``updated``, ``status`` and ``phase``.
        reason: why.
        message: for its owner.

    Returns:
        A statement that gives the attempt of the run, and no row where the change found none.
    """
    run, event = ModelRun.__table__.c, RunEvent.__table__
    changed = change.returning(run.id, run.updated, run.attempt, run.status, run.phase).cte()
    why = (literal(reason, event.c.reason.type), literal(message, event.c.message.type))
    return insert(event).from_select(EVENT, select(*changed.c, *why)).returning(event.c.attempt)


def _change(run, status, phase, condition, **values):
    """Change a run where the condition still holds; tell whether it did.

    A run that was written just now is no object of the session: it takes the values itself, and
    needs not be read again to be answered.
    """
    values |= {"status": status, "phase": phase, "updated": now()}
    here = (ModelRun.id == run.id, ModelRun.attempt == run.attempt, condition)
    change = update(ModelRun.__table__).where(*here).values(**values)
    described = with_event(change, values.get("reason"), values.get("message"))
    if db.session.execute(described).first() is None:
        db.session.rollback()
        return False
    db.session.commit()
    if inspect(run).transient:
        for name, value in values.items():
            setattr(run, name, value)
    return True


def claim(run):
    """Take an accepted run for its next attempt.

    Args:
        run: the run as it was read.

    Returns:
        Whether it is ours.
    """
    free = ModelRun.lease_until.is_(None) | (ModelRun.lease_until < now())
    taken = _change(
        run,
        states.ACCEPTED,
        states.PREPARING,
        (ModelRun.status == states.ACCEPTED) & free,
        attempt=run.attempt + 1,
        lease_until=_lease(),
        started=None,
    )
    if taken:
        db.session.refresh(run)
    return taken


def started(run, sandbox):
    """Note that an attempt is with its backend.

    Args:
        run: the run.
        sandbox: how the backend keeps it apart.

    Returns:
        Whether the run was still ours.
    """
    wall = timedelta(seconds=run.limits["wall_seconds"])
    return _change(
        run,
        states.RUNNING,
        states.RUNNING,
        ModelRun.status == states.ACCEPTED,
        started=now(),
        deadline=now() + wall,
        lease_until=_lease(),
        sandbox=sandbox,
    )


def seen(run, state):
    """Note how far a run is; not an event.

    Args:
        run: the run.
        state: what the backend said.
    """
    db.session.execute(
        update(ModelRun)
        .where(
            ModelRun.id == run.id, ModelRun.attempt == run.attempt, ModelRun.status.in_(states.OPEN)
        )
        .values(lease_until=_lease(), progress=state.progress)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def give_back(run, reason, message, state=None):
    """Put a run back into the queue after a fault of the system, or end it after too many.

    Args:
        run: the run.
        reason: one of the retried reasons.
        message: what happened.
        state: what the backend said, for the time that the attempt took.

    Returns:
        Whether the run was still ours.
    """
    if run.attempt >= states.MAX_ATTEMPTS:
        return fail(run, reason, message, state=state)
    return _change(
        run,
        states.ACCEPTED,
        states.QUEUED,
        ModelRun.status.in_(states.OPEN),
        reason=reason,
        message=f"{storable(message)} It is tried again.",
        lease_until=None,
        progress=None,
        **_charge(run, state),
    )


def fail(run, reason, message, *, pointer=None, state=None, told=False):
    """End a run without a result.

    Args:
        run: the run.
        reason: why.
        message: for its owner.
        pointer: JSON pointer into the request.
        state: what the backend said, for log and usage.
        told: whether the owner learns of it in the same answer.

    Returns:
        Whether the run was still open.
    """
    status = states.DISMISSED if reason == "cancelled" else states.FAILED
    return _change(
        run,
        status,
        states.DONE,
        ModelRun.status.in_(states.OPEN),
        reason=reason,
        message=storable(message),
        pointer=storable(pointer, ModelRun.pointer.type.length),
        finished=now(),
        lease_until=None,
        told=told,
        **_charge(run, state),
        **_about(state),
    )


def _charge(run, state):
    """Return what the attempt adds to the processor's time that the run has taken.

    Where the backend does not say it is the time since the start: a run has one processor.
    """
    usage = (state.outcome.get("usage") if state else None) or {}
    taken = usage.get("cpu_s", usage.get("wall_s"))
    if taken is None:
        taken = (now() - run.started).total_seconds() if run.started else 0.0
    return {"cpu_seconds": (run.cpu_seconds or 0.0) + taken}


def _about(state):
    if state is None:
        return {}
    return {
        "log": storable(state.log),
        "log_truncated": state.log_truncated,
        "usage": state.outcome.get("usage"),
        **({"sandbox": state.sandbox} if state.sandbox else {}),
    }


def succeed(run, state, *, told=False):
    """End a run with its result.

    Args:
        run: the run.
        state: what the backend gave.
        told: whether the owner learns of it in the same answer.

    Returns:
        Whether the run was still open.
    """
    result_id, document = _store(run, state)
    began = run.started or now()
    ours = _change(
        run,
        states.SUCCESSFUL,
        states.DONE,
        ModelRun.status.in_(states.OPEN),
        result_id=result_id,
        reason=None,
        message=None,
        progress=1.0,
        started=began,
        finished=now(),
        lease_until=None,
        told=told,
        **_charge(run, state),
        **_about(state),
    )
    if ours and inspect(run).transient:
        run.result = RunResult(id=result_id, document=document)
    return ours


_KEEP = (
    upsert(RunResult.__table__)
    .values({c.name: bindparam(f"new_{c.name}", type_=c.type) for c in RunResult.__table__.c})
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(RunResult.id)
)


def _store(run, state):
    """Keep a result under its key, or find the one that is there already: it stays as it is."""
    values = {
        "id": uuid.uuid4(),
        "key": run.result_key,
        "document": state.result,
        "sha256": hashlib.sha256(state.result).hexdigest(),
        "usage": state.outcome.get("usage", {}),
        "created": now(),
    }
    row = db.session.execute(
        _KEEP, {f"new_{name}": value for name, value in values.items()}
    ).first()
    if row is None:
        known = select(RunResult.id, RunResult.document).filter_by(key=run.result_key)
        return tuple(db.session.execute(known).one())
    for name, data in state.files.items():
        file = FileInstance.create()
        file.set_contents(
            BytesIO(data), default_location=Location.get_default().uri, size=len(data)
        )
        db.session.add(
            RunResultFile(
                result_id=row.id,
                name=name,
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
                file_id=file.id,
            )
        )
    return row.id, state.result


def end(run, state, *, told=False):
    """End a run as its backend says.

    Args:
        run: the run.
        state: a state that is ``done``.
        told: whether the owner learns of it in the same answer.

    Returns:
        Whether this call ended the run.
    """
    outcome = state.outcome
    if outcome["status"] == states.SUCCESSFUL:
        return succeed(run, state, told=told)
    reason, message = outcome["reason"], outcome["message"]
    if reason in states.RETRIED:
        return give_back(run, reason, message, state)
    return fail(run, reason, message, pointer=outcome.get("pointer"), state=state, told=told)


def withdraw(run):
    """Cancel a run that ended while nobody was told: its result is not given out.

    Args:
        run: the run.

    Returns:
        Whether nobody was told meanwhile.
    """
    return _change(
        run,
        states.DISMISSED,
        states.DONE,
        (ModelRun.status == states.SUCCESSFUL) & ~ModelRun.told,
        reason="cancelled",
        message="Cancelled.",
        result_id=None,
        told=True,
    )
