# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The models of a deposit, beside the deposit's own routes."""

import marshmallow as ma
from flask import g
from flask_resources import (
    JSONSerializer,
    Resource,
    ResourceConfig,
    ResponseHandler,
    resource_requestctx,
    response_handler,
    route,
)
from invenio_records_resources.resources.records.resource import request_view_args

from ..services import deposit_models
from .problems import problem_handlers


class DepositModelsResourceConfig(ResourceConfig):
    """Configuration of the resource."""

    blueprint_name = "demos_record_models"
    url_prefix = "/records"
    routes = {"record": "/<pid_value>/models", "draft": "/<pid_value>/draft/models"}
    request_view_args = {"pid_value": ma.fields.Str()}
    response_handlers = {"application/json": ResponseHandler(JSONSerializer())}
    error_handlers = problem_handlers()


class DepositModelsResource(Resource):
    """What was understood of each file of a deposit."""

    def create_url_rules(self):
        """Give the routes."""
        routes = self.config.routes
        return [
            route("GET", routes["record"], self.record),
            route("GET", routes["draft"], self.draft),
        ]

    @request_view_args
    @response_handler()
    def record(self):
        """Read the models of a published deposit."""
        return deposit_models.read(g.identity, resource_requestctx.view_args["pid_value"]), 200

    @request_view_args
    @response_handler()
    def draft(self):
        """Read the models of a draft."""
        recid = resource_requestctx.view_args["pid_value"]
        return deposit_models.read(g.identity, recid, draft=True), 200
