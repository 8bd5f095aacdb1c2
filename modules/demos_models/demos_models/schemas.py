# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The published schemas, each at an address that stays."""

import json
from importlib.resources import files

from flask import Blueprint, Response

from .oai.xml import SCHEMA_FILE, SCHEMA_PATH
from .records.api import MODEL_SCHEMA

DOCUMENT_SCHEMA = "schemas/1.0/demos-document.json"
METADATA_SCHEMA_ID = "https://demos-portal.org/schemas/demos-model/1.0.json"
ONE_DAY = 86400


def metadata_schema():
    """Give the JSON Schema of an entry's ``metadata`` field."""
    stored = json.loads((files("demos_models") / MODEL_SCHEMA).read_text(encoding="utf-8"))
    return {
        "$schema": stored["$schema"],
        "$id": METADATA_SCHEMA_ID,
        "title": "The metadata of a model in DEMOS portal",
        **stored["definitions"]["metadata"],
        "definitions": {k: v for k, v in stored["definitions"].items() if k != "metadata"},
    }


def _answer(body, mimetype):
    response = Response(body, mimetype=mimetype)
    response.cache_control.public = True
    response.cache_control.max_age = ONE_DAY
    return response


def oai_xsd():
    """Serve the XML Schema of the OAI-PMH format ``demos``."""
    body = (files("demos_models.oai") / SCHEMA_FILE).read_bytes()
    return _answer(body, "application/xml")


def model_json():
    """Serve the JSON Schema of an entry's metadata."""
    return _answer(json.dumps(metadata_schema()), "application/schema+json")


def document_json():
    """Serve the JSON Schema of DEMOS documents."""
    body = (files("demos_formats.demos") / DOCUMENT_SCHEMA).read_bytes()
    return _answer(body, "application/schema+json")


def create_blueprint(app):
    """Give the routes under ``/schemas``."""
    blueprint = Blueprint("demos_schemas", __name__, url_prefix="/schemas")
    blueprint.add_url_rule(f"/{SCHEMA_PATH}", view_func=oai_xsd)
    blueprint.add_url_rule("/demos-model/1.0.json", view_func=model_json)
    blueprint.add_url_rule("/demos-document/1.0.json", view_func=document_json)
    blueprint.record_once(_announce_xsd)
    return blueprint


def _announce_xsd(state):
    """Tell harvesters where this site serves the XSD."""
    config = state.app.config
    formats = dict(config.get("OAISERVER_METADATA_FORMATS") or {})
    if formats.get("demos", {}).get("schema", "").startswith("/"):
        address = f"{config['SITE_UI_URL']}{formats['demos']['schema']}"
        formats["demos"] = {**formats["demos"], "schema": address}
        config["OAISERVER_METADATA_FORMATS"] = formats
