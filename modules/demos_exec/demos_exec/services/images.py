# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Foreign images: what a model's container field names, as it was last inspected."""

from fnmatch import fnmatchcase

import jsonschema_rs
from flask import current_app
from invenio_db import db

from ..operations import InvalidRequest
from ..operations.validation import refuse
from ..records.models import RunImage
from .errors import NotExecutableError

CONTRACT = "demos-batch/1"


def reference_of(container):
    """Give the image reference that a model's container field means.

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
    """Find the image of a model that is no statistical model file.

    Args:
        container: the registry's container field, or None.

    Returns:
        The image, inspected and ready.

    Raises:
        NotExecutableError: with the reason.
    """

    def no(reason, message, retry_after=None):
        extra = {"executable": False, "reason": reason}
        return NotExecutableError(message, extra, retry_after=retry_after)

    if not container or not container.get("image"):
        raise no("no_container", "This model names no container that could run it.")
    if current_app.config["DEMOS_EXEC_BACKEND"] != "docker":
        raise no("backend_unavailable", "This portal runs foreign containers on no backend.")
    reference = reference_of(container)
    if not allowed(reference):
        raise no("image_not_allowed", f"The image {reference} is not on this portal's list.")
    image = db.session.get(RunImage, reference)
    if image is None or image.state == "pending":
        from ..tasks import inspect_image  # noqa: PLC0415 - tasks import the services

        if image is None:
            inspect_image.delay(reference)
        raise no("preparing", "The image is being fetched and inspected.", retry_after=10)
    if image.state != "ready":
        raise no(image.reason, image.message)
    return image


def describe(image):
    """Describe an image's operations as ``execute`` shows them.

    Args:
        image: the image.

    Returns:
        Name to the schemas that its own label carries.
    """
    return image.interface["operations"]


def check(image, body):
    """Check a request against the schemas of an image's label.

    Args:
        image: the image.
        body: ``operation``, ``inputs``, ``parameters``.

    Returns:
        The operation's name and the request that is run.

    Raises:
        InvalidRequest: naming every place that is wrong.
    """
    operations = describe(image)
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
        for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(request[part]):
            pointer = "".join(f"/{p}" for p in (part, *error.instance_path))
            errors.append({"pointer": pointer, "messages": [error.message[:300]]})
    if errors:
        raise InvalidRequest(errors)
    return name, request
