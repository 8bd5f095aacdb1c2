# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From a request to a run that is stored: resolve, check, look for the result, count, insert."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from demos_engine.operations import LONG, SHORT
from flask import current_app
from invenio_db import db
from sqlalchemy import bindparam, case, insert, select
from sqlalchemy.exc import IntegrityError

from .. import states
from ..backends import Backend
from ..catalogue import open_entry
from ..clock import now
from ..errors import IdempotencyError, InvalidRunError
from ..operations import InvalidRequest
from ..operations.validation import digest_of, refuse
from ..records.models import ModelRun, RunResult
from ..runtimes.base import Plan, Runtime
from ..runtimes.table import backends_for, runtime_for
from . import machine, quota
from .permissions import ADDRESS

KEY_MAX = 255

TOO_DEAR = 4
"""A request is refused whose estimate is so many times the time that a run may take: an estimate
may be wrong by that much."""


@dataclass(frozen=True)
class Asked:
    """A request that can be run.

    Attributes:
        target: the model.
        runtime: how it is run.
        backend: where it is run.
        plan: what is run.
        lane: ``short`` or ``long``.
        limits: of the run.
    """

    target: object
    runtime: Runtime
    backend: Backend
    plan: Plan
    lane: str
    limits: dict


def open_model(identity, model_id, version=None):
    """Open the model that a request names.

    Args:
        identity: who asks.
        model_id: the model's id or alias.
        version: a version's id or number, as the request gives it.

    Returns:
        An ``Entry``.

    Raises:
        InvalidRunError: if the version is none.
        PermissionDeniedError: if the identity may not read the model's files.
    """
    if isinstance(version, bool) or not isinstance(version, str | int | None):
        raise InvalidRunError([{"pointer": "/version", "messages": ["A version's id or number."]}])
    return open_entry(identity, model_id, version)


def ask(entry, body, runtimes, backends):
    """Check a request.

    Args:
        entry: the model.
        body: the request's JSON object, without the version.
        runtimes: name to runtime.
        backends: the site's backends.

    Returns:
        What is to be run.

    Raises:
        InvalidRunError: naming every place that is wrong.
        NotExecutableError: if the model cannot be run here.
    """
    runtime = runtime_for(runtimes, entry.target)
    body = dict(body)
    wanted, resources = body.pop("backend", None), body.pop("resources", None)
    try:
        backend = _backend(wanted, backends_for(runtime, backends))
        plan = runtime.plan(entry, body, backend)
        lane = LONG if plan.cost > current_app.config["DEMOS_EXEC_SHORT_COST"] else plan.lane
        limits = limits_for(resources, lane)
        _require_affordable(plan)
    except InvalidRequest as error:
        raise InvalidRunError(error.errors) from error
    return Asked(entry.target, runtime, backend, plan, lane, limits)


def _backend(wanted, offered):
    if wanted is None:
        return next(iter(offered.values()))
    if not isinstance(wanted, str) or wanted not in offered:
        raise refuse("/backend", f"One of {', '.join(offered)} is needed.")
    return offered[wanted]


def _require_affordable(plan):
    most = current_app.config["DEMOS_EXEC_LIMITS"]["wall_seconds"]
    if plan.cost > TOO_DEAR * most:
        message = (
            f"This is estimated to take {plan.cost:.0f} s of a processor; {most} s are allowed."
        )
        raise refuse("/inputs", message)


def limits_for(resources, lane):
    """Return a run's limits: the site's, or tighter ones that the request asks for.

    Args:
        resources: the request's ``resources``, or None.
        lane: ``short`` or ``long``.

    Returns:
        The limits.

    Raises:
        InvalidRequest: if the request asks for what is no limit.
    """
    limits = dict(current_app.config["DEMOS_EXEC_LIMITS"])
    if lane == SHORT:
        limits["wall_seconds"] = current_app.config["DEMOS_EXEC_SHORT_SECONDS"]
    resources = {} if resources is None else resources
    if not isinstance(resources, dict) or set(resources) - {"wall_seconds"}:
        raise refuse("/resources", "Only wall_seconds can be asked for.")
    wall = resources.get("wall_seconds", limits["wall_seconds"])
    if isinstance(wall, bool) or not isinstance(wall, int | float) or not 0 < wall < 1e9:
        raise refuse("/resources/wall_seconds", "A positive number of seconds is needed.")
    return {**limits, "wall_seconds": min(wall, limits["wall_seconds"])}


_MINE = ModelRun.owner_key == bindparam("owner")
_PUBLIC = ModelRun.owner_key.startswith(ADDRESS)
_KNOWN = (
    select(
        RunResult.id,
        RunResult.usage,
        RunResult.document,
        case((_MINE | _PUBLIC, ModelRun.id)).label("run_id"),
        ModelRun.sandbox,
    )
    .join(ModelRun, ModelRun.result_id == RunResult.id)
    .where(RunResult.key == bindparam("key"))
    .order_by(_MINE.desc(), _PUBLIC.desc(), ModelRun.created)
    .limit(1)
)
"""A stored result and a run that holds it: the owner's own, else one of somebody who has not
signed in. The run of another user is not named."""

_COLUMNS = ModelRun.__table__.columns.keys()
_INSERT = machine.with_event(
    insert(ModelRun.__table__).values(
        {name: bindparam(f"run_{name}", type_=ModelRun.__table__.c[name].type) for name in _COLUMNS}
    )
)


def replayed(owner, key, body_sha256):
    """Find the run that an idempotency key stands for.

    Args:
        owner: whose key.
        key: the ``Idempotency-Key`` header.
        body_sha256: of the request.

    Returns:
        The run, or None.

    Raises:
        IdempotencyError: if the key was used for another request.
    """
    if key is None:
        return None
    if not 0 < len(key) <= KEY_MAX:
        raise IdempotencyError(f"An idempotency key has 1 to {KEY_MAX} characters.")
    run = db.session.scalar(select(ModelRun).filter_by(owner_key=owner, idempotency_key=key))
    if run is not None and run.body_sha256 != body_sha256:
        raise IdempotencyError("This idempotency key was used for another request.")
    return run


def insert_run(identity, asked, *, owner, key, body_sha256, derived_from, reuse=True):
    """Store a run: ended when its result is known, claimed for its first attempt otherwise.

    Args:
        identity: who runs.
        asked: what.
        owner: whose quota counts.
        key: idempotency key or None.
        body_sha256: of the request.
        derived_from: the run that this one repeats, or None.
        reuse: whether a known result may answer.

    Returns:
        The run as it was written, an object of no session, with the result if it is known; None
        if the idempotency key was used meanwhile.

    Raises:
        QuotaError: if the owner has too many runs.
    """
    plan = asked.plan
    request_sha256 = digest_of(plan.request)
    parts = [plan.operation, request_sha256, asked.target.digest, plan.image_digest]
    result_key = digest_of(parts)
    known = None
    if reuse:
        known = db.session.execute(_KNOWN, {"key": result_key, "owner": owner}).first()
    if known is None:
        quota.require(owner, plan.cost)
    values = {
        **_accepted(identity, asked, now()),
        "owner_key": owner,
        "request_sha256": request_sha256,
        "result_key": result_key,
        "idempotency_key": key,
        "body_sha256": body_sha256,
        "derived_from": derived_from,
    }
    if known is not None:
        values |= _ended_with(known, values["created"])
    try:
        db.session.execute(_INSERT, {f"run_{name}": value for name, value in values.items()})
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        if replayed(owner, key, body_sha256) is None:
            raise
        return None
    run = ModelRun(**values)
    if known is not None:
        run.result = RunResult(id=known.id, document=known.document)
    return run


def _accepted(identity, asked, time):
    """Return a run that is claimed for its first attempt: a value for every column."""
    plan = asked.plan
    lease = timedelta(seconds=current_app.config["DEMOS_EXEC_LEASE_SECONDS"])
    return {
        **dict.fromkeys(_COLUMNS),
        "id": uuid.uuid4(),
        "created": time,
        "updated": time,
        "user_id": identity.id if isinstance(identity.id, int) else None,
        "status": states.ACCEPTED,
        "phase": states.PREPARING,
        "attempt": 1,
        "looks": 0,
        "lease_until": time + lease,
        "model_id": asked.target.model_id,
        "version_id": asked.target.version_id,
        "model_digest": asked.target.digest,
        "restricted": asked.target.restricted,
        "runtime": asked.runtime.name,
        "backend": asked.backend.name,
        "operation": plan.operation,
        "request": plan.request,
        "image": plan.image,
        "image_digest": plan.image_digest,
        "limits": asked.limits,
        "lane": asked.lane,
        "cost": plan.cost,
        "told": False,
        "log_truncated": False,
    }


def _ended_with(known, time):
    return {
        "status": states.SUCCESSFUL,
        "phase": states.DONE,
        "attempt": 0,
        "cost": 0.0,
        "lease_until": None,
        "started": time,
        "finished": time,
        "progress": 1.0,
        "result_id": known.id,
        "reused_from": known.run_id,
        "sandbox": known.sandbox,
        "usage": known.usage,
        "log": "",
        "told": True,
    }
