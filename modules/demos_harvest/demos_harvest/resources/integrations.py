# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``/integrations``."""

from flask import g, jsonify
from flask_resources import (
    JSONDeserializer,
    RequestBodyParser,
    Resource,
    from_conf,
    request_body_parser,
    request_parser,
    resource_requestctx,
    response_handler,
    route,
)

from .config import DecisionSchema, ImportSchema, RunSchema

view_args = request_parser(from_conf("request_view_args"), location="view_args")
json_body = request_body_parser(
    parsers={"application/json": RequestBodyParser(JSONDeserializer())},
    default_content_type="application/json",
)


class IntegrationsResource(Resource):
    """How the peers are doing, and what an administrator can do about it.

    Args:
        config: The configuration.
        service: The ``IntegrationsService``.
        records_service: The ``HarvestedRecordsService``.
    """

    def __init__(self, config, service, records_service):
        """Keep the services."""
        super().__init__(config)
        self.service = service
        self.records_service = records_service

    def create_url_rules(self):
        """Return the routes."""
        routes = self.config.routes
        return [
            route("GET", routes["list"], self.search),
            route("GET", routes["run"], self.read_run),
            route("POST", routes["imports"], self.import_record),
            route("POST", routes["doubt"], self.decide),
            route("GET", routes["item"], self.read),
            route("POST", routes["runs"], self.create_run),
        ]

    @response_handler(many=True)
    def search(self):
        """List the peers."""
        hits = self.service.search(g.identity)
        return {"hits": {"total": len(hits), "hits": hits}}, 200

    @view_args
    @response_handler()
    def read(self):
        """Read one peer: its state, runs, problems and doubts."""
        return self.service.read(g.identity, resource_requestctx.view_args["peer"]), 200

    @view_args
    @json_body
    def create_run(self):
        """Harvest a peer in the background."""
        self.service.require_permission(g.identity, "harvest")
        data = RunSchema().load(resource_requestctx.data or {})
        if data.get("since"):
            data["since"] = data["since"].isoformat()
        run = self.service.harvest(g.identity, resource_requestctx.view_args["peer"], **data)
        response = jsonify(run)
        response.status_code = 202
        response.headers["Location"] = run["links"]["self"]
        return response

    @view_args
    @response_handler()
    def read_run(self):
        """Read a run; whoever was given its identifier may."""
        return self.service.read_run(g.identity, resource_requestctx.view_args["run_id"]), 200

    @view_args
    @json_body
    @response_handler()
    def decide(self):
        """Decide what a doubtful registration is."""
        self.service.require_permission(g.identity, "decide")
        data = DecisionSchema().load(resource_requestctx.data or {})
        doubt_id = str(resource_requestctx.view_args["doubt_id"])
        action = data["action"]
        if action == "version_of":
            action = {"version_of": str(data["model"])}
        models = self.service.decide(g.identity, doubt_id, action)
        return {"id": doubt_id, "action": data["action"], "models": models}, 200

    @json_body
    @response_handler()
    def import_record(self):
        """Make an InvenioRDM record of a harvested model."""
        self.records_service.require_permission(g.identity, "create")
        data = ImportSchema().load(resource_requestctx.data or {})
        imported = self.records_service.create(g.identity, data["model"])
        return imported.to_dict(), 201 if imported.status == "created" else 200
