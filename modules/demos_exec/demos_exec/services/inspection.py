# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A foreign image is fetched, its interface read, and its example run, before anybody runs it."""

import hashlib
import json
from datetime import timedelta

import jsonschema_rs
from docker.errors import APIError, ImageNotFound
from invenio_db import db

from ..backends import Job
from ..backends.archive import BadOutput, parse_result
from ..records.models import RunImage
from . import images, machine

LABEL = "org.demos.interface"
SMOKE_SECONDS = 60
REFUSED_FOR = timedelta(hours=1)
"""After this time a refused image is looked at again: it may have been pushed or mended."""

INTERFACE = {
    "type": "object",
    "properties": {
        "interface": {"const": images.CONTRACT},
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


class Unusable(Exception):
    """An image that cannot be run.

    Args:
        reason: one of the platform's reasons.
        message: why.
    """

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason, self.message = reason, message


def interface_of(label):
    """Read an image's label.

    Args:
        label: its text, or None.

    Returns:
        The interface.

    Raises:
        Unusable: if it is none.
    """
    if label is None:
        raise Unusable("image_not_allowed", f"The image has no label {LABEL}.")
    try:
        found = parse_result(label.encode())
        jsonschema_rs.validate(INTERFACE, found)
        for operation in found["operations"].values():
            for part in ("inputs", "parameters", "outputs"):
                jsonschema_rs.Draft202012Validator(operation.get(part, {}))
    except (BadOutput, jsonschema_rs.ValidationError, ValueError) as error:
        message = f"The label {LABEL} is no interface: {str(error)[:300]}"
        raise Unusable("image_not_allowed", message) from error
    return found


def due(references, backend):
    """Say which images have to be inspected: new, gone from the engine, refused some time ago.

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
    known = {row.ref: (row.state, row.digest, row.checked) for row in rows}
    db.session.rollback()  # no transaction is open while the engine is asked
    now = machine.now()
    again = [
        ref
        for ref, (state, digest, checked) in known.items()
        if (state == "ready" and not _is_there(backend, digest))
        or (state == "refused" and checked < now - REFUSED_FOR)
    ]
    if again:
        values = {"state": "pending", "checked": now}
        db.session.query(RunImage).filter(RunImage.ref.in_(again)).update(values)
        db.session.commit()
    return sorted({*references} - known.keys()) + again


def _is_there(backend, image_id):
    try:
        backend.client.images.get(image_id)
    except ImageNotFound:
        return False
    return True


def inspect(reference, backend):
    """Fetch an image, read its interface and run its examples; store what came out.

    Args:
        reference: the image as models name it.
        backend: the container backend.

    Raises:
        BackendUnavailable: if no engine answers; nothing is stored then.
    """
    row = db.session.get(RunImage, reference)
    if row is None:
        row = RunImage(ref=reference, state="pending", checked=machine.now())
        db.session.add(row)
        db.session.commit()
    key = hashlib.sha256(reference.encode()).hexdigest()[:16]
    try:
        image = _fetch(reference, backend)
        row.digest, row.size = image.id, image.attrs["Size"]
        row.interface = interface_of(image.labels.get(LABEL))
        row.smoke = [
            _smoke(backend, image.id, f"{key}-{n}", example)
            for n, example in enumerate(row.interface["examples"])
        ]
        bad = [s for s in row.smoke if s["status"] != "successful"]
        if bad:
            message = f"Its example {bad[0]['name']!r} failed: {bad[0]['message']}"
            raise Unusable(bad[0]["reason"], message)
        row.state, row.reason, row.message = "ready", None, None
    except Unusable as error:
        row.state, row.reason, row.message = "refused", error.reason, error.message
    row.checked = machine.now()
    db.session.commit()


def _fetch(reference, backend):
    if not images.allowed(reference):
        raise Unusable("image_not_allowed", "The image is not on this portal's list.")
    client = backend.client
    try:
        image = client.images.get(reference)
    except ImageNotFound:
        try:
            image = client.images.pull(reference)
        except (APIError, ImageNotFound) as error:
            message = f"The image cannot be fetched: {str(error.explanation)[:300]}"
            raise Unusable("image_pull_failed", message) from error
    name, _, digest = reference.partition("@")
    known = [d.partition("@")[2] for d in image.attrs.get("RepoDigests") or ()]
    if digest and digest not in (image.id, *known):
        raise Unusable("image_digest_mismatch", f"{name} is not {digest}.")
    if image.attrs["Size"] > backend.image_max_bytes:
        raise Unusable("image_not_allowed", "The image is larger than it may be.")
    return image


def _smoke(backend, image_id, key, example):
    """Run an example as a user's run would be, outside the database."""
    handle = f"demos-smoke-{key}"
    backend.clean(handle)  # of an inspection that was killed
    request = {
        "contract": images.CONTRACT,
        "run": handle,
        "operation": example["operation"],
        "inputs": example.get("inputs", {}),
        "parameters": example.get("parameters", {}),
    }
    limits = {**backend.limits, "wall_seconds": SMOKE_SECONDS}
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
