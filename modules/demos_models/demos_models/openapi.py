# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The OpenAPI description of what the portal's modules add to the REST API.

Every module ships a fragment and names it in the entry point group ``demos.openapi`` as
``package:path/of/fragment.yaml``, or names a function that returns it. Its paths are below
``/api``.
"""

import json
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files

import yaml
from demos_fair.exports import table
from demos_formats.hs3.dialects import writable
from flask import Blueprint, Response

from .schemas import metadata_schema

GROUP = "demos.openapi"
BASE = "demos-models"
"""The entry point whose fragment has what is common to all: title, problems, security."""


class OpenAPIConflictError(ValueError):
    """Two fragments describe the same thing."""


def fragments():
    """Load the fragments of the installed modules: ``{name: fragment}``, the base first."""
    found = {}
    for entry_point in sorted(entry_points(group=GROUP), key=lambda e: (e.name != BASE, e.name)):
        package, _, path = entry_point.value.partition(":")
        if not path.endswith((".yaml", ".yml")):
            found[entry_point.name] = entry_point.load()()
            continue
        text = files(package).joinpath(path).read_text(encoding="utf-8")
        found[entry_point.name] = yaml.safe_load(text)
    return found


def compose(parts):
    """Compose fragments to one document.

    Args:
        parts: ``{name: fragment}``; the first gives everything but what the others add.

    Returns:
        An OpenAPI 3.1 document.

    Raises:
        OpenAPIConflictError: two fragments have the same path or component.

    >>> one = {"openapi": "3.1.0", "paths": {"/a": {}}, "components": {"schemas": {"A": {}}}}
    >>> two = {"paths": {"/b": {}}, "components": {"schemas": {"B": {}}}}
    >>> document = compose({"one": one, "two": two})
    >>> sorted(document["paths"]), sorted(document["components"]["schemas"])
    (['/a', '/b'], ['A', 'B'])
    """
    names = iter(parts)
    document = json.loads(json.dumps(parts[next(names)]))
    document.setdefault("paths", {})
    document.setdefault("components", {})
    for name in names:
        fragment = parts[name]
        document.setdefault("tags", []).extend(fragment.get("tags") or ())
        _add(document["paths"], fragment.get("paths"), f"{name}: path")
        for kind, components in (fragment.get("components") or {}).items():
            _add(document["components"].setdefault(kind, {}), components, f"{name}: {kind}")
    return document


def _add(target, addition, place):
    for key, value in (addition or {}).items():
        if key in target:
            raise OpenAPIConflictError(f"{place} {key} is described twice.")
        target[key] = value


def _inlined(schema, definitions):
    """Return a schema without references to its own definitions."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(part, definitions) for key, part in schema.items()}


def _content(export):
    """Return what is described of an export; of several objects JSON is a list."""
    kind = ["object", "array"] if export.plain_type.endswith("json") else "string"
    return {"schema": {"type": kind, "description": export.title}}


@cache
def document():
    """Give the description of the installed modules."""
    composed = compose(fragments())
    schema = metadata_schema()
    metadata = {k: v for k, v in schema.items() if k not in ("$schema", "$id", "definitions")}
    metadata = _inlined(metadata, schema["definitions"])
    composed["components"].setdefault("schemas", {})["ModelMetadata"] = metadata
    for path in ("/models", "/models/{id}"):
        content = composed["paths"][path]["get"]["responses"]["200"]["content"]
        content |= {export.media_type: _content(export) for export in table().values()}
    # The dialects that are installed, also those that other packages bring.
    composed["components"]["parameters"]["Dialect"]["schema"]["enum"] = list(writable())
    return composed


def openapi_json():
    """Serve the description."""
    response = Response(json.dumps(document()), mimetype="application/json")
    response.cache_control.public = True
    response.cache_control.max_age = 300
    return response


def create_blueprint(app):
    """Give the route ``/openapi.json``."""
    blueprint = Blueprint("demos_openapi", __name__)
    blueprint.add_url_rule("/openapi.json", view_func=openapi_json)
    return blueprint
