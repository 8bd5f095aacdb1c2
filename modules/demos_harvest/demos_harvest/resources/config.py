# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Configuration of the resources."""

import marshmallow as ma
from demos_formats.hs3.dialects import writable
from demos_models.api import Problem, problem_handlers
from flask import current_app
from flask_resources import JSONSerializer, ResourceConfig, ResponseHandler, create_error_handler
from marshmallow import fields, validate

from ..errors import HarvestError, LookupFailedError, NoBrokerError

MAX_TEXT = 1000


def _problem(error, **more):
    kind = f"{current_app.config['SITE_UI_URL']}/errors/{error.code}"
    return Problem(error.status, error.message, type_=kind, **more, **error.extra)


def _lookup_failed(error):
    retry = error.problem.get("retry_after")
    headers = {"Retry-After": max(1, round(retry))} if retry else {}
    if error.status in (502, 503, 504):
        headers.setdefault("Retry-After", 30)
    known = {k: v for k, v in error.problem.items() if k not in ("message", "status", "retryable")}
    return _problem(error, headers=headers, peer=known)


def _failed(error):
    headers = {"Retry-After": 30} if isinstance(error, NoBrokerError) else {}
    return _problem(error, errors=getattr(error, "errors", None), headers=headers)


def error_handlers():
    """Return the error handlers of all resources: every error is a problem document."""
    return {
        **problem_handlers(),
        HarvestError: create_error_handler(_failed),
        LookupFailedError: create_error_handler(_lookup_failed),
    }


JSON = {"application/json": ResponseHandler(JSONSerializer())}


class LookupResourceConfig(ResourceConfig):
    """Look-ups. ``peers`` are those whose records are asked for below their own names."""

    blueprint_name = "demos_harvest"
    url_prefix = ""
    peers = ()
    routes = {
        "lookup": "/lookup",
        "record": "/{peer}/<record_id>",
        "convert": "/{peer}/<record_id>/convert",
        "download": "/{peer}/<record_id>/download",
    }
    request_view_args = {
        "peer": fields.Str(),
        "record_id": fields.Str(validate=validate.Length(max=64)),
    }
    request_convert_args = {
        "resource": fields.Str(validate=validate.Length(max=MAX_TEXT)),
        "member": fields.Str(validate=validate.Length(max=MAX_TEXT)),
        "format": fields.Str(
            load_default="demos", validate=validate.OneOf(["demos", "hs3", "pyhf", "source"])
        ),
        "dialect": fields.Str(validate=validate.OneOf(writable())),
    }
    request_download_args = {
        "file": fields.Str(required=True, validate=validate.Length(max=MAX_TEXT))
    }
    request_lookup_args = {
        "id": fields.Str(required=True, validate=validate.Length(min=1, max=MAX_TEXT))
    }
    response_handlers = JSON
    error_handlers = error_handlers()


class RunSchema(ma.Schema):
    """What to run."""

    since = fields.Date(allow_none=True)
    ids = fields.List(
        fields.Str(validate=validate.Length(max=255)), validate=validate.Length(max=500)
    )
    retry = fields.Bool()


class DecisionSchema(ma.Schema):
    """What a doubtful registration is."""

    action = fields.Str(required=True, validate=validate.OneOf(["new", "drop", "version_of"]))
    model = fields.UUID()

    @ma.validates_schema
    def _complete(self, data, **kwargs):
        if (data["action"] == "version_of") != ("model" in data):
            raise ma.ValidationError("A model is named with 'version_of' and only then.", "model")


class ImportSchema(ma.Schema):
    """Which model becomes a record."""

    model = fields.Str(required=True, validate=validate.Length(max=MAX_TEXT))


class IntegrationsResourceConfig(ResourceConfig):
    """The state of the peers, and what can be done about it."""

    blueprint_name = "demos_integrations"
    url_prefix = "/integrations"
    routes = {
        "list": "",
        "item": "/<peer>",
        "runs": "/<peer>/runs",
        "run": "/runs/<run_id>",
        "doubt": "/doubts/<doubt_id>",
        "imports": "/imports",
    }
    request_view_args = {
        "peer": fields.Str(validate=validate.Length(max=64)),
        "run_id": fields.UUID(),
        "doubt_id": fields.UUID(),
    }
    response_handlers = JSON
    error_handlers = error_handlers()
