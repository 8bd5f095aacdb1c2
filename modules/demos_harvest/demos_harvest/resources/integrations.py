# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``/integrations``."""

from demos_models.proxies import current_registry
from demos_models.resources.problems import Problem
from flask import current_app, g, jsonify
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
from invenio_administration.permissions import administration_permission
from invenio_db import db
from invenio_records_resources.services.errors import PermissionDeniedError

from ..connections import UnknownPeerError, harvested_peers
from ..imports import import_model
from ..integrations import doubts, integration, integrations, problems, run_to_dict
from ..records.models import HarvestItem, HarvestRun
from ..runs import start_in_background
from .config import DecisionSchema, ImportSchema, RunSchema

view_args = request_parser(from_conf("request_view_args"), location="view_args")
json_body = request_body_parser(
    parsers={"application/json": RequestBodyParser(JSONDeserializer())},
    default_content_type="application/json",
)

RUNS = 20


def require_administrator():
    """Raise unless the caller administers this portal."""
    if not administration_permission.allows(g.identity):
        raise PermissionDeniedError("administrate")


def with_links(run):
    """Return a run as JSON with its address."""
    document = run_to_dict(run)
    site = current_app.config["SITE_API_URL"]
    document["links"] = {"self": f"{site}/integrations/runs/{run.id}"}
    return document


class IntegrationsResource(Resource):
    """How the peers are doing, and what an administrator can do about it."""

    def create_url_rules(self):
        """Give the routes."""
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
        require_administrator()
        hits = integrations()
        return {"hits": {"total": len(hits), "hits": hits}}, 200

    @view_args
    @response_handler()
    def read(self):
        """Read one peer: its state, runs, problems and doubts."""
        require_administrator()
        name = resource_requestctx.view_args["peer"]
        if name not in harvested_peers():
            raise UnknownPeerError(f"There is no harvested peer {name!r}.")
        runs = HarvestRun.query.filter_by(peer=name).order_by(HarvestRun.created.desc())
        return {
            **integration(name),
            "runs": [with_links(run) for run in runs.limit(RUNS)],
            "problems": problems(name),
            "doubts": doubts(name),
        }, 200

    @view_args
    @json_body
    def create_run(self):
        """Harvest a peer in the background."""
        require_administrator()
        name = resource_requestctx.view_args["peer"]
        if name not in harvested_peers():
            raise UnknownPeerError(f"There is no harvested peer {name!r}.")
        data = RunSchema().load(resource_requestctx.data or {})
        since = data["since"].isoformat() if data.get("since") else None
        run = start_in_background(name, since=since, ids=data.get("ids"), retry=data.get("retry"))
        if run.status == "failed":
            raise Problem(503, run.error["message"], headers={"Retry-After": 30})
        document = with_links(run)
        response = jsonify(document)
        response.status_code = 202
        response.headers["Location"] = document["links"]["self"]
        return response

    @view_args
    @response_handler()
    def read_run(self):
        """Read a run; whoever was given its identifier may."""
        run = db.session.get(HarvestRun, resource_requestctx.view_args["run_id"])
        if run is None:
            raise Problem(404, "There is no such run.")
        return with_links(run), 200

    @view_args
    @json_body
    @response_handler()
    def decide(self):
        """Decide what a doubtful registration is."""
        require_administrator()
        data = DecisionSchema().load(resource_requestctx.data or {})
        doubt_id = str(resource_requestctx.view_args["doubt_id"])
        action = data["action"]
        if action == "version_of":
            action = {"version_of": str(data["model"])}
        try:
            registration = current_registry.decide(g.identity, doubt_id, action)
        except LookupError as error:
            raise Problem(404, str(error)) from error
        settle_doubt(doubt_id, registration)
        models = list(registration.model_ids) if registration else []
        return {"id": doubt_id, "action": data["action"], "models": models}, 200

    @json_body
    @response_handler()
    def import_record(self):
        """Make an InvenioRDM record of a harvested model."""
        require_administrator()
        data = ImportSchema().load(resource_requestctx.data or {})
        imported = import_model(g.identity, data["model"])
        return imported.to_dict(), 201 if imported.status == "created" else 200


def settle_doubt(doubt_id, registration):
    """Note a curator's decision on the item that raised the doubt."""
    for item in HarvestItem.query.filter_by(state="doubtful"):
        for key, note in (item.files or {}).items():
            if note.get("doubt") != doubt_id:
                continue
            status = registration.status if registration else "skipped"
            models = list(registration.model_ids) if registration else []
            item.files = {**item.files, key: {"status": status, "models": models}}
            if not any(n.get("doubt") for n in item.files.values()):
                item.state = "registered" if item.models else "skipped"
    db.session.commit()
