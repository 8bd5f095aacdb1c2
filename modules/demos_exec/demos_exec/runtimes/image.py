# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Models that are containers: their image is inspected once, and runs by its own schemas."""

from fnmatch import fnmatchcase

import jsonschema_rs
from demos_models.api import containers_named
from flask import current_app
from invenio_db import db

from ..backends import IMAGE
from ..errors import NotExecutableError, NotPreparedError
from ..operations import InvalidRequest
from ..operations.validation import errors_of, refuse
from ..records.models import RunImage
from . import inspection
from .base import Plan, Runtime

COME_AGAIN_SECONDS = 10


class ImageRuntime(Runtime):
    """Runs a model's container image, one container per run."""

    name = "image"
    title = "models that are container images"
    rank = 90
    runs = IMAGE

    def accepts(self, target):
        """Tell whether a model names a container."""
        return bool(target.container and target.container.get("image"))

    def describe(self, entry, backend):
        """Describe the operations that the image's label names."""
        image = runnable(entry.target.container)
        return {
            "operations": image.interface["operations"],
            "image": {"ref": image.ref, "digest": image.digest, "size": image.size},
            "examples": image.interface.get("examples", []),
            "smoke_test": image.smoke,
            "how_to_run_locally": f"docker run --network none -v ./demos:/demos {image.ref}",
        }

    def plan(self, entry, body, backend):
        """Check a request against the schemas of the image's label."""
        image = runnable(entry.target.container)
        operation, request = check(image, body)
        return Plan(operation, request, image.digest, image=image.ref)

    def due(self, backends):
        """Return the allowed images that have to be inspected."""
        references = {reference_of(found) for found in containers_named()}
        return inspection.due(sorted(filter(allowed, references)), _one(backends))

    def prepare(self, what, backends):
        """Inspect an image."""
        if allowed(what):
            inspection.inspect(what, _one(backends))


def _one(backends):
    """Return the backend that keeps the images: the default one."""
    return next(iter(backends.values()))


def reference_of(container):
    """Return the image reference that a model's container field means.

    Args:
        container: the registry's ``registry``, ``image``, ``digest``.

    Returns:
        The reference, pinned by digest where one is known.
    """
    image = container.get("image") or ""
    registry = container.get("registry")
    name = f"{registry.rstrip('/')}/{image}" if registry and "/" not in image else image
    digest = container.get("digest")
    if digest and "@" not in name:
        name = f"{name.rpartition(':')[0] or name}@{digest}"
    return name


def allowed(reference):
    """Tell whether the site lets an image run.

    Args:
        reference: the image.

    Returns:
        True if a pattern of the allow-list matches.
    """
    patterns = current_app.config["DEMOS_EXEC_ALLOWED_IMAGES"]
    return any(fnmatchcase(reference, pattern) for pattern in patterns)


def runnable(container):
    """Find the image of a model, as it was last inspected; nothing is started here.

    Args:
        container: the registry's container field.

    Returns:
        The image, inspected and ready.

    Raises:
        NotExecutableError: with the reason.
        NotPreparedError: if it has not been inspected.
    """
    reference = reference_of(container)
    if not allowed(reference):
        message = f"The image {reference} is not on this portal's list."
        raise NotExecutableError("image_not_allowed", message)
    image = db.session.get(RunImage, reference)
    message = "The image is being fetched and inspected."
    if image is None:
        raise NotPreparedError(reference, message, COME_AGAIN_SECONDS)
    if image.state == inspection.PENDING:
        raise NotExecutableError("preparing", message, COME_AGAIN_SECONDS)
    if image.state != inspection.READY:
        raise NotExecutableError(image.reason, image.message)
    return image


def check(image, body):
    """Check a request against the schemas of an image's label.

    Args:
        image: the image.
        body: ``operation``, ``inputs``, ``parameters``; without an operation the first one runs.

    Returns:
        The operation's name and the request that is run.

    Raises:
        InvalidRequest: naming every place that is wrong.
    """
    operations = image.interface["operations"]
    name = body.get("operation")
    if name is None:  # the label's default operation: the one that it names, else its first
        name = image.interface.get("default", next(iter(operations), None))
    if not isinstance(name, str) or name not in operations:
        raise refuse("/operation", f"One of {', '.join(operations)} is needed.")
    errors = []
    request = {"operation": name}
    for part in ("inputs", "parameters"):
        request[part] = body.get(part) or {}
        schema = operations[name].get(part) or {"type": "object", "maxProperties": 0}
        checks = jsonschema_rs.Draft202012Validator(schema)
        errors += errors_of(checks, request[part], f"/{part}")
    if errors:
        raise InvalidRequest(errors)
    return name, request


RUNTIME = ImageRuntime()
