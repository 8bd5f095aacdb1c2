# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The REST resources of runs."""

import orjson
from flask import Response, current_app, g, request, send_file
from flask_resources import Resource, from_conf, request_parser, resource_requestctx, route
from invenio_records_resources.resources.errors import ErrorHandlersMixin

from .. import jsontext
from ..provenance import crate_of
from ..services import quota
from ..services.results import etag_of, links_of, run_to_dict
from ..services.steps import is_open
from .headers import json_body, json_response, preference, repr_digest

COME_AGAIN = "1"
"""Seconds after which a client that does not wait looks at an open run again."""

INLINE_BYTES = 1024 * 1024
"""Results up to this size come with the run that has just ended."""

request_view_args = request_parser(from_conf("request_view_args"), location="view_args")
request_search_args = request_parser(from_conf("request_search_args"), location="args")
request_log_args = request_parser(from_conf("request_log_args"), location="args")
request_read_args = request_parser(from_conf("request_read_args"), location="args")
request_no_args = request_parser(from_conf("request_no_args"), location="args")


def _owner():
    return quota.owner_key(g.identity, request.remote_addr)


def _created(run, replay, applied):
    body = run_to_dict(run)
    if run.result_id is not None and len(run.result.document) <= INLINE_BYTES:
        body["results"] = orjson.Fragment(run.result.document)
    headers = {
        "Location": links_of(run.id, run.model_id)["self"],
        "Preference-Applied": applied,
        "ETag": f'"{etag_of(run)}"',
        "Retry-After": COME_AGAIN if is_open(run) else None,
    }
    return json_response(orjson.dumps(body), 200 if replay else 201, headers)


class _RunsResource(ErrorHandlersMixin, Resource):
    """What both resources have in common.

    Args:
        config: the resource's configuration.
        service: the runs' service.
    """

    def __init__(self, config, service):
        super().__init__(config)
        self.service = service

    def _rules(self, **views):
        return [
            route(method, self.config.routes[name], view, apply_decorators=False)
            for name, (method, view) in views.items()
        ]


class ModelRunsResource(_RunsResource):
    """Describes and starts runs of a model."""

    def create_url_rules(self):
        """Return the routes."""
        return self._rules(execute=("GET", self.execute), run=("POST", self.run))

    @request_view_args
    @request_read_args
    def execute(self):
        """Say how a model can be run."""
        found = self.service.describe(
            g.identity,
            resource_requestctx.view_args["pid_value"],
            resource_requestctx.args.get("version"),
        )
        api = current_app.config["SITE_API_URL"]
        link = f'<{api}/openapi.json>; rel="service-desc"'
        response = json_response(orjson.dumps(found), headers={"Link": link})
        response.add_etag()
        return response.make_conditional(request)

    @request_view_args
    @request_read_args
    def run(self):
        """Start a run."""
        wait, applied = preference(current_app.config["DEMOS_EXEC_SYNC_SECONDS"])
        run, replay = self.service.create(
            g.identity,
            resource_requestctx.view_args["pid_value"],
            json_body(),
            owner=_owner(),
            version=resource_requestctx.args.get("version"),
            key=request.headers.get("Idempotency-Key"),
            wait=wait,
            reuse=not request.cache_control.no_cache,
        )
        return _created(run, replay, applied)


class RunsResource(_RunsResource):
    """Shows and ends runs."""

    def create_url_rules(self):
        """Return the routes."""
        return self._rules(
            list=("GET", self.search),
            item=("GET", self.read),
            results=("GET", self.results),
            result=("GET", self.result),
            logs=("GET", self.logs),
            provenance=("GET", self.provenance),
            cancel=("POST", self.cancel),
            rerun=("POST", self.rerun),
        ) + self._rules(item=("DELETE", self.delete))

    @request_search_args
    def search(self):
        """List my runs."""
        args = dict(resource_requestctx.args)
        everybody = args.pop("all")
        found = self.service.search(g.identity, everybody=everybody, **args)
        return json_response(orjson.dumps(found))

    @request_view_args
    @request_no_args
    def read(self):
        """Show a run; with ``Prefer: wait=N`` when it has changed."""
        wait, applied = preference(0.0)
        known = request.if_none_match

        def changed(run):
            return bool(known) and not known.contains_weak(etag_of(run))

        run = self.service.read(
            g.identity, resource_requestctx.view_args["run_id"], wait=wait, unless=changed
        )
        headers = {"ETag": f'"{etag_of(run)}"', "Preference-Applied": applied}
        if is_open(run):
            headers["Retry-After"] = COME_AGAIN
        closed = not self.service.shows(g.identity, run)
        response = json_response(orjson.dumps(run_to_dict(run, closed=closed)), headers=headers)
        return response.make_conditional(request)

    @request_view_args
    @request_no_args
    def delete(self):
        """Drop a run that has ended."""
        self.service.delete(g.identity, resource_requestctx.view_args["run_id"], owner=_owner())
        return Response(status=204)

    @request_view_args
    @request_no_args
    def results(self):
        """Give a run's result as the worker wrote it."""
        run = self.service.results(g.identity, resource_requestctx.view_args["run_id"])
        headers = {
            "ETag": f'"{run.result.sha256}"',
            "Repr-Digest": repr_digest(run.result.sha256),
            "X-Reused-From": str(run.reused_from) if run.reused_from else None,
        }
        return json_response(run.result.document, headers=headers).make_conditional(request)

    @request_view_args
    @request_no_args
    def result(self):
        """Give one further output file."""
        args = resource_requestctx.view_args
        file = self.service.result_file(g.identity, args["run_id"], args["name"])
        stream = file.file.storage().open(mode="rb")
        response = send_file(
            stream, "application/octet-stream", as_attachment=True, download_name=file.name
        )
        response.headers["Repr-Digest"] = repr_digest(file.sha256)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        del response.headers["Expires"]
        return response

    @request_view_args
    @request_log_args
    def logs(self):
        """Give what a run wrote, from an offset."""
        offset = resource_requestctx.args["offset"]
        data, truncated = self.service.log(
            g.identity, resource_requestctx.view_args["run_id"], offset
        )
        headers = {
            "X-Next-Offset": str(offset + len(data)),
            "X-Truncated": "true" if truncated else "false",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return Response(data, 200, headers, content_type="text/plain; charset=utf-8")

    @request_view_args
    @request_no_args
    def provenance(self):
        """Give a run's provenance as an RO-Crate."""
        run, events = self.service.events(g.identity, resource_requestctx.view_args["run_id"])
        response = json_response(jsontext.dumps(crate_of(run, events)))
        response.content_type = (
            'application/ld+json; profile="https://w3id.org/ro/crate/1.1/context"'
        )
        return response

    @request_view_args
    @request_no_args
    def cancel(self):
        """End a run."""
        run_id = resource_requestctx.view_args["run_id"]
        run = self.service.cancel(g.identity, run_id, owner=_owner())
        closed = not self.service.shows(g.identity, run)
        return json_response(orjson.dumps(run_to_dict(run, closed=closed)))

    @request_view_args
    @request_no_args
    def rerun(self):
        """Run again, with other parameters where they are given."""
        wait, applied = preference(current_app.config["DEMOS_EXEC_SYNC_SECONDS"])
        run, replay = self.service.rerun(
            g.identity,
            resource_requestctx.view_args["run_id"],
            json_body(),
            owner=_owner(),
            wait=wait,
        )
        return _created(run, replay, applied)
