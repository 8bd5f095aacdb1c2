# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From a request to a run that is stored: resolve, check, look for the result, count, insert."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from demos_engine.operations import SHORT, operations
from flask import current_app
from invenio_db import db
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from .. import states
from ..catalogue import (
    PLATFORM_KINDS,
    patches_of,
    patchset_of,
    target_of,
    validator_of,
    workspace_of,
)
from ..operations import InvalidRequest
from ..operations.validation import digest_of, refuse
from ..records.models import ModelRun, RunResult
from . import images, machine, quota
from .errors import IdempotencyError, InvalidRunError

KEY_MAX = 255


@dataclass(frozen=True)
class Asked:
    """A request that can be run.

    Attributes:
        target: the model.
        operation: its name.
        request: operation, inputs, parameters (and patchset), with defaults.
        lane: ``short`` or ``long``.
        limits: of the run.
        image: the container image, None for the platform's worker.
        image_digest: what runs.
        documents: digest to the function that gives the text.
    """

    target: object
    operation: str
    request: dict
    lane: str
    limits: dict
    image: str | None
    image_digest: str
    documents: dict


def ask(identity, model_id, body, worker_digest):
    """Resolve and check a request.

    Args:
        identity: who asks.
        model_id: the model's id or alias.
        body: the request's JSON object.
        worker_digest: function that gives the platform worker's digest.

    Returns:
        What is to be run.

    Raises:
        InvalidRunError: naming every place that is wrong.
        NotExecutableError: if the model cannot be run here.
    """
    version = body.pop("version", None)
    if isinstance(version, bool) or not isinstance(version, str | int | None):
        raise InvalidRunError([{"pointer": "/version", "messages": ["A version's id or number."]}])
    target = target_of(identity, model_id, version)
    try:
        if target.kind in PLATFORM_KINDS:
            return _platform(identity, target, body, worker_digest())
        return _foreign(target, body)
    except InvalidRequest as error:
        raise InvalidRunError(error.errors) from error


def _names_a_patch(body):
    inputs = body.get("inputs")
    patch = inputs.get("patch") if isinstance(inputs, dict) else None
    return isinstance(patch, str) or (isinstance(patch, dict) and "point" in patch)


def _platform(identity, target, body, worker_digest):
    # The list of patches is read only for requests that name one.
    patches = ()
    named = operations().get(str(body.get("operation")))
    if (named is not None and named.needs_patchset) or _names_a_patch(body):
        patches = patches_of(identity, target)
    operation, request = validator_of(identity, target, patches).check(body)
    documents = {target.digest: lambda digest: workspace_of(identity, target)}
    patchset = _patchset_for(operation, request, patches)
    if patchset:
        request["patchset"] = patchset
        documents[patchset] = lambda digest: patchset_of(identity, target, digest)
    lane = operation.lane(request["parameters"])
    return Asked(
        target,
        operation.name,
        request,
        lane,
        limits_for(body, lane),
        None,
        worker_digest,
        documents,
    )


def _patchset_for(operation, request, patches):
    if operation.needs_patchset:
        return patches[0]["patchset"]
    name = request["inputs"].get("patch")
    if isinstance(name, str):
        return next(p["patchset"] for p in patches if p["name"] == name)
    return None


def _foreign(target, body):
    image = images.runnable(target.container)
    operation, request = images.check(image, body)
    limits = limits_for(body, "long")
    return Asked(target, operation, request, "long", limits, image.ref, image.digest, {})


def limits_for(body, lane):
    """Give a run's limits: the site's, or tighter ones that the request asks for.

    Args:
        body: the request, with ``resources`` or without.
        lane: ``short`` or ``long``.

    Returns:
        The limits.

    Raises:
        InvalidRequest: if the request asks for what is no limit.
    """
    limits = dict(current_app.config["DEMOS_EXEC_LIMITS"])
    if lane == SHORT:
        limits["wall_seconds"] = current_app.config["DEMOS_EXEC_SHORT_SECONDS"]
    resources = body.get("resources") or {}
    if not isinstance(resources, dict) or set(resources) - {"wall_seconds"}:
        raise refuse("/resources", "Only wall_seconds can be asked for.")
    wall = resources.get("wall_seconds", limits["wall_seconds"])
    if isinstance(wall, bool) or not isinstance(wall, int | float) or not 0 < wall < 1e9:
        raise refuse("/resources/wall_seconds", "A positive number of seconds is needed.")
    return {**limits, "wall_seconds": min(wall, limits["wall_seconds"])}


_KNOWN = (
    select(
        RunResult.id,
        RunResult.usage,
        RunResult.document,
        ModelRun.id.label("run_id"),
        ModelRun.sandbox,
    )
    .join(ModelRun, ModelRun.result_id == RunResult.id)
    .where(RunResult.key == bindparam("key"))
    .order_by(ModelRun.created)
    .limit(1)
)
"""A stored result and the first run that holds it."""

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


def insert_run(identity, asked, *, owner, key, body_sha256, backend, derived_from, reuse=True):
    """Store a run: ended when its result is known, claimed for its first attempt otherwise.

    Args:
        identity: who runs.
        asked: what.
        owner: whose quota counts.
        key: idempotency key or None.
        body_sha256: of the request.
        backend: the backend's name.
        derived_from: the run that this one repeats, or None.
        reuse: whether a known result may answer.

    Returns:
        The run as it was written, with the result that is known, which is no object of the
        session; and False. Or the run that somebody else stored first under the same idempotency
        key, and True.

    Raises:
        QuotaError: if the owner has too many runs.
    """
    request_sha256 = digest_of(asked.request)
    parts = [asked.operation, request_sha256, asked.target.digest, asked.image_digest]
    result_key = digest_of(parts)
    known = db.session.execute(_KNOWN, {"key": result_key}).first() if reuse else None
    if known is None:
        quota.require(owner)
    values = {
        **_accepted(identity, asked, machine.now()),
        "owner_key": owner,
        "request_sha256": request_sha256,
        "result_key": result_key,
        "idempotency_key": key,
        "body_sha256": body_sha256,
        "backend": backend,
        "derived_from": derived_from,
    }
    if known is not None:
        values |= _ended_with(known, values["created"])
    try:
        db.session.execute(_INSERT, {f"run_{name}": value for name, value in values.items()})
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        first = replayed(owner, key, body_sha256)
        if first is None:
            raise
        return first, True
    run = ModelRun(**values)
    if known is not None:
        run.result = RunResult(id=known.id, document=known.document)
    return run, False


def _accepted(identity, asked, time):
    """Give a run that is claimed for its first attempt: a value for every column."""
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
        "lease_until": time + lease,
        "model_id": asked.target.model_id,
        "version_id": asked.target.version_id,
        "model_digest": asked.target.digest,
        "restricted": asked.target.restricted,
        "operation": asked.operation,
        "request": asked.request,
        "image": asked.image,
        "image_digest": asked.image_digest,
        "limits": asked.limits,
        "lane": asked.lane,
        "told": False,
        "log_truncated": False,
    }


def _ended_with(known, time):
    return {
        "status": states.SUCCESSFUL,
        "phase": states.DONE,
        "attempt": 0,
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
