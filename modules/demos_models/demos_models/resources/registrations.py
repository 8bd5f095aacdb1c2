# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Reads a registration from a request."""

import json

import marshmallow as ma
import orjson
from flask import current_app

from ..registry.types import Source
from ..services.schema import ModelSchema


def parse_registration(request):
    """Read a registration.

    Args:
        request: JSON with ``source``, ``metadata`` and ``content`` (a JSON document),
            or ``multipart/form-data`` with the fields ``source`` and ``metadata`` (JSON)
            and the file ``content``.

    Returns:
        ``(source, content, metadata)`` as ``ModelRegistry.register`` takes them.

    Raises:
        ValidationError: something is missing, unknown or malformed.
    """
    limit = current_app.config["DEMOS_MODELS_REGISTER_MAX_BYTES"]
    if (request.content_length or 0) > limit:
        raise ma.ValidationError({"content": [f"More than {limit} bytes."]})
    content = None
    if request.mimetype == "multipart/form-data":
        data = {}
        for name in ("source", "metadata"):
            try:
                data[name] = json.loads(request.form.get(name, ""))
            except ValueError as error:
                raise ma.ValidationError({name: [f"This is not JSON: {error}."]}) from error
        if "content" in request.files:
            content = request.files["content"].read(limit + 1)
    else:
        data = request.get_json(silent=True)
        if not isinstance(data, dict):
            raise ma.ValidationError({"_schema": ["The body is not a JSON object."]})
    loaded = ModelSchema().load(data)
    if loaded["content"] is not None:
        content = orjson.dumps(loaded["content"])
    return Source(**loaded["source"]), content, loaded["metadata"]
