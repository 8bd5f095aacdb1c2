# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Configuration of the resources."""

import marshmallow as ma
from demos_models.resources.problems import Problem, problem_handlers
from flask_resources import JSONSerializer, ResourceConfig, ResponseHandler, create_error_handler
from marshmallow import fields, validate

from ..connections import UnknownPeerError
from ..imports import ImportRefusedError
from ..lookups.mirror import LookupFailedError

PROBLEM_TYPE = "https://demos-portal.org/problems/"


def _lookup_failed(error):
    retry = error.problem.get("retry_after")
    headers = {"Retry-After": max(1, round(retry))} if retry else {}
    if error.status in (502, 503, 504):
        headers.setdefault("Retry-After", 30)
    known = {k: v for k, v in error.problem.items() if k not in ("message", "status", "retryable")}
    return Problem(
        error.status,
        error.problem["message"],
        type_=PROBLEM_TYPE + str(error.problem.get("code", "lookup-failed")),
        headers=headers,
        peer=known,
    )


def error_handlers():
    """Give the error handlers of all resources: every error is a problem document."""
    own = {
        LookupFailedError: _lookup_failed,
        UnknownPeerError: lambda e: Problem(404, str(e.args[0])),
        ImportRefusedError: lambda e: Problem(409, str(e), type_=PROBLEM_TYPE + "import-refused"),
    }
    return {
        **problem_handlers(),
        **{exception: create_error_handler(handler) for exception, handler in own.items()},
    }


JSON = {"application/json": ResponseHandler(JSONSerializer())}


class LookupResourceConfig(ResourceConfig):
    """Look-ups."""

    blueprint_name = "demos_harvest"
    url_prefix = ""
    routes = {
        "hepdata": "/hepdata/<record_id>",
        "convert": "/hepdata/<record_id>/convert",
        "zenodo": "/zenodo/<record_id>",
        "download": "/zenodo/<record_id>/download",
        "lookup": "/lookup",
    }
    request_view_args = {"record_id": fields.Str(validate=validate.Length(max=64))}
    request_convert_args = {
        "resource": fields.Str(validate=validate.Length(max=1000)),
        "member": fields.Str(validate=validate.Length(max=1000)),
        "format": fields.Str(
            load_default="demos", validate=validate.OneOf(["demos", "hs3", "pyhf", "source"])
        ),
        "dialect": fields.Str(validate=validate.OneOf(["root", "pyhs3", "spec"])),
    }
    request_download_args = {"file": fields.Str(required=True, validate=validate.Length(max=1000))}
    request_lookup_args = {
        "id": fields.Str(required=True, validate=validate.Length(min=1, max=1000))
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

    model = fields.Str(required=True, validate=validate.Length(max=1000))


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
