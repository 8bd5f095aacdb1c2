# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An image is fetched, its interface read, and its examples run, before it is offered."""

import hashlib
import json
from datetime import timedelta

import jsonschema_rs
from flask import current_app
from invenio_db import db
from sqlalchemy import update

from ..backends import BackendUnavailable, Job, Refused
from ..backends.archive import BadOutput, parse_result
from ..clock import now
from ..records.models import RunImage
from .base import CONTRACT

PENDING, READY, REFUSED = "pending", "ready", "refused"
MAX_ATTEMPTS = 3
"""Inspections that may be begun and not ended: then the image is refused, and looked at no more."""

LABEL = "org.demos.interface"
SMOKE_SECONDS = 60
LOST_AFTER = timedelta(minutes=20)
"""An inspection that has not ended by then was lost with its process: its task ends before."""

REFUSED_FOR = timedelta(hours=1)
"""After this time a refused image is looked at again: it may have been pushed or mended."""

INTERFACE = {
    "type": "object",
    "properties": {
        "interface": {"const": CONTRACT},
        "operations": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 64,
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                    "inputs": {"type": "object"},
                    "parameters": {"type": "object"},
                    "outputs": {"type": "object"},
                },
                "additionalProperties": False,
            },
        },
        "examples": {
            "type": "array",
            "minItems": 1,
            "maxItems": 8,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "operation": {"type": "string"},
                    "inputs": {"type": "object"},
                    "parameters": {"type": "object"},
                },
                "required": ["name", "operation"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["interface", "operations", "examples"],
    "additionalProperties": False,
}
"""What the label must hold: operations with their schemas, and an example that can be run."""


def interface_of(label):
    """Read an image's label.

    Args:
        label: its text, or None.

    Returns:
        The interface.

    Raises:
        Refused: if it is none.
    """
    if label is None:
        raise Refused("image_not_allowed", f"The image has no label {LABEL}.")
    try:
        found = parse_result(label.encode())
        jsonschema_rs.validate(INTERFACE, found)
        for operation in found["operations"].values():
            for part in ("inputs", "parameters", "outputs"):
                jsonschema_rs.Draft202012Validator(operation.get(part, {}))
    except (BadOutput, jsonschema_rs.ValidationError, ValueError) as error:
        message = f"The label {LABEL} is no interface: {str(error)[:300]}"
        raise Refused("image_not_allowed", message) from error
    return found


def due(references, backend):
    """Return which images have to be inspected.

    Those that are new, that the engine has lost, that were refused some time ago, and those whose
    inspection was begun long ago and has not ended.

    Args:
        references: images that models name.
        backend: the container backend.

    Returns:
        Those of them; one that was known is not offered, nor asked for twice, until it is
        inspected.

    Raises:
        BackendUnavailable: if no engine answers.
    """
    rows = db.session.query(RunImage).filter(RunImage.ref.in_(references)).all()
    known = {row.ref: (row.state, row.digest, row.checked, row.attempts) for row in rows}
    db.session.rollback()  # no transaction is open while the engine is asked
    time = now()
    again = []
    for ref, (state, digest, checked, attempts) in known.items():
        if (
            (state == READY and not backend.holds(digest))
            or (state == REFUSED and attempts < MAX_ATTEMPTS and checked < time - REFUSED_FOR)
            or (state == PENDING and checked < time - LOST_AFTER)
        ):
            again.append(ref)
    if again:
        values = {"state": PENDING, "checked": time}
        db.session.query(RunImage).filter(RunImage.ref.in_(again)).update(values)
        db.session.commit()
    return sorted({*references} - known.keys()) + again


def inspect(reference, backend):
    """Fetch an image, read its interface and run its examples; store what came out.

    The attempt is counted before anything is done: an image whose inspection ends the process it
    happens in is refused after some, instead of ending one process after the other.

    Args:
        reference: the image as models name it.
        backend: the container backend.

    Raises:
        BackendUnavailable: if no engine answers; the attempt does not count then.
    """
    if not _counted(reference):
        return
    found = {"state": READY, "reason": None, "message": None}
    try:
        _inspect(reference, backend, found)
    except BackendUnavailable:
        _write(reference, attempts=RunImage.attempts - 1)
        raise
    except Refused as error:
        found |= {"state": REFUSED, "reason": error.reason, "message": error.message}
    _write(reference, **found, attempts=0)


def _counted(reference):
    """Count an attempt, and refuse an image that has had too many; tell whether to go on."""
    row = db.session.get(RunImage, reference)
    if row is None:
        row = RunImage(ref=reference, state=PENDING, attempts=0)
        db.session.add(row)
    go_on = row.attempts < MAX_ATTEMPTS
    if go_on:
        row.attempts += 1
    else:
        row.state, row.reason = REFUSED, "system_error"
        row.message = (
            f"Its inspection was begun {row.attempts} times and never ended: "
            "an operator has to look at it."
        )
    row.checked = now()
    db.session.commit()
    return go_on


def _write(reference, **values):
    db.session.execute(
        update(RunImage).where(RunImage.ref == reference).values(checked=now(), **values)
    )
    db.session.commit()


def _inspect(reference, backend, found):
    """Inspect an image, outside the database; note what is found as it is found."""
    key = hashlib.sha256(reference.encode()).hexdigest()[:16]
    image = backend.prepare(reference)
    name, _, digest = reference.partition("@")
    if digest and digest not in image.digests:
        raise Refused("image_digest_mismatch", f"{name} is not {digest}.")
    found |= {"digest": image.id, "size": image.size}
    interface = found["interface"] = interface_of(image.labels.get(LABEL))
    smoke = found["smoke"] = [
        _smoke(backend, image.id, f"{key}-{n}", example)
        for n, example in enumerate(interface["examples"])
    ]
    bad = next((s for s in smoke if s["status"] != "successful"), None)
    if bad:
        message = f"Its example {bad['name']!r} failed: {bad['message']}"
        raise Refused(bad["reason"], message)


def _smoke(backend, image_id, key, example):
    """Run an example as a user's run would be, outside the database."""
    handle = f"demos-smoke-{key}"
    backend.clean(handle)  # of an inspection that was killed
    request = {
        "contract": CONTRACT,
        "run": handle,
        "operation": example["operation"],
        "inputs": example.get("inputs", {}),
        "parameters": example.get("parameters", {}),
    }
    limits = {**current_app.config["DEMOS_EXEC_LIMITS"], "wall_seconds": SMOKE_SECONDS}
    try:
        state = backend.start(
            Job(handle, request, {}, limits, "long", image_id), wait=SMOKE_SECONDS + 5
        )
    finally:
        backend.clean(handle)
    outcome = state.outcome
    if state.state != "done":
        outcome = {"status": "failed", "reason": "timeout", "message": "The example did not end."}
    return {
        "name": example["name"],
        "status": outcome["status"],
        "reason": outcome.get("reason"),
        "message": outcome.get("message"),
        "result": json.loads(state.result) if state.result else None,
    }
