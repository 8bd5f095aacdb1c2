# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Configuration of the runs' resources."""

import marshmallow as ma
from demos_models.api import Problem, problem_handlers
from flask import current_app
from flask_resources import ResourceConfig, create_error_handler
from flask_resources.parsers import MultiDictSchema
from invenio_records_resources.services.base.config import ConfiguratorMixin

from ..errors import RunError
from ..states import ACCEPTED, DISMISSED, FAILED, REASONS, RUNNING, SUCCESSFUL


def _problem(error):
    headers = {"Retry-After": error.retry_after} if error.retry_after else {}
    extra = dict(error.extra)
    errors = extra.pop("errors", None)
    return Problem(
        error.status,
        error.message,
        errors,
        type_=f"{current_app.config['SITE_UI_URL']}/errors/{error.code}",
        headers=headers,
        title=error.title,
        **extra,
    )


class _Path(ma.Schema):
    """Arguments in the path.

    Schemas are made here, once: from a mapping the framework makes a class for each request, and
    new classes empty what Python remembers of ``isinstance``.
    """

    class Meta:
        unknown = ma.EXCLUDE


class _Query(MultiDictSchema):
    """Arguments in the query string: what is misspelt must not be ignored."""

    class Meta:
        unknown = ma.RAISE

    token = ma.fields.Str(load_only=True)
    """Of a link by which a record was shared: the framework reads it."""

    @ma.post_load
    def _without_token(self, data, **kwargs):
        return {name: value for name, value in data.items() if name != "token"}


ERROR_HANDLERS = {**problem_handlers(), RunError: create_error_handler(_problem)}


class RunsResourceConfig(ResourceConfig, ConfiguratorMixin):
    """Routes below ``/runs``."""

    blueprint_name = "demos_runs"
    url_prefix = "/runs"
    routes = {
        "list": "",
        "item": "/<run_id>",
        "results": "/<run_id>/results",
        "result": "/<run_id>/results/<path:name>",
        "logs": "/<run_id>/logs",
        "provenance": "/<run_id>/provenance",
        "cancel": "/<run_id>/cancel",
        "rerun": "/<run_id>/rerun",
    }
    request_view_args = _Path.from_dict({"run_id": ma.fields.Str(), "name": ma.fields.Str()})
    request_search_args = _Query.from_dict(
        {
            "model": ma.fields.Str(validate=ma.validate.Regexp(r"^[0-9A-Za-z-]{1,64}\Z")),
            "status": ma.fields.Str(
                validate=ma.validate.OneOf([ACCEPTED, RUNNING, SUCCESSFUL, FAILED, DISMISSED])
            ),
            "reason": ma.fields.Str(validate=ma.validate.OneOf(sorted(REASONS))),
            "all": ma.fields.Bool(load_default=False),
            "page": ma.fields.Int(load_default=1, validate=ma.validate.Range(1, 1000)),
            "size": ma.fields.Int(load_default=25, validate=ma.validate.Range(1, 100)),
        }
    )
    request_no_args = _Query
    request_log_args = _Query.from_dict(
        {
            "offset": ma.fields.Int(load_default=0, validate=ma.validate.Range(0, 2**40)),
        }
    )
    error_handlers = ERROR_HANDLERS


class ModelRunsResourceConfig(ResourceConfig, ConfiguratorMixin):
    """Routes below ``/models`` that describe and start runs."""

    blueprint_name = "demos_model_runs"
    url_prefix = "/models"
    routes = {
        # The name of a model may be an alias with slashes, such as a DOI.
        "execute": "/<path:pid_value>/execute",
        "run": "/<path:pid_value>/run",
    }
    request_view_args = _Path.from_dict({"pid_value": ma.fields.Str()})
    request_read_args = _Query.from_dict(
        {"version": ma.fields.Str(validate=ma.validate.Regexp(r"^[0-9A-Za-z-]{1,64}\Z"))}
    )
    error_handlers = ERROR_HANDLERS
