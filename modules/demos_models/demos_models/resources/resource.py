# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The REST resource of models."""

from urllib.parse import quote, urlencode

from demos_fair.signposting import header, part_of
from flask import current_app, g, jsonify, request
from flask_resources import (
    from_conf,
    request_parser,
    resource_requestctx,
    response_handler,
    route,
)
from invenio_records_resources.resources.records.resource import (
    RecordResource,
    request_search_args,
    request_view_args,
)
from invenio_records_resources.resources.records.utils import search_preference

from .downloads import conditional, send_content
from .registrations import parse_registration

request_read_args = request_parser(from_conf("request_read_args"), location="args")
request_file_args = request_parser(from_conf("request_file_args"), location="args")
request_patchset_args = request_parser(from_conf("request_patchset_args"), location="args")


class ModelResource(RecordResource):
    """Search, entries, their parts and documents; registration for curators."""

    def __init__(self, config, service, registry):
        """Keep the service that reads and the registry that writes."""
        super().__init__(config, service)
        self.registry = registry

    def create_url_rules(self):
        """Give the routes."""
        routes = self.config.routes
        plain = {"apply_decorators": False}
        return [
            route("GET", routes["list"], self.search),
            route("POST", routes["list"], self.register),
            route("GET", routes["item"], self.read),
            route("GET", routes["structure"], self.structure),
            route("GET", routes["checks"], self.checks),
            route("GET", routes["patches"], self.patches),
            route("GET", routes["versions"], self.versions),
            route("GET", routes["file"], self.file, **plain),
            route("GET", routes["patchset"], self.patchset, **plain),
        ]

    @request_search_args
    @response_handler(many=True)
    def search(self):
        """Search models."""
        found = self.service.search(
            g.identity, params=resource_requestctx.args, search_preference=search_preference()
        )
        return found.to_dict(), 200

    @request_view_args
    @request_read_args
    def read(self):
        """Read an entry."""
        item = self.service.read(
            g.identity,
            resource_requestctx.view_args["pid_value"],
            version=resource_requestctx.args.get("version"),
        )
        entry = item.to_dict()
        response = self._respond(entry)
        response.headers["Link"] = header(part_of(entry["links"]["self_html"], "describes"))
        return conditional(response, item.etag)

    @staticmethod
    def _respond(body):
        return resource_requestctx.response_handler.make_response(body, 200)

    def _part(self, method):
        """Answer with a part of an entry: always JSON, whatever an entry can be asked for as."""
        body = method(
            g.identity,
            resource_requestctx.view_args["pid_value"],
            version=resource_requestctx.args.get("version"),
        )
        return conditional(jsonify(body))

    @request_view_args
    @request_read_args
    def structure(self):
        """Read a model's structure."""
        return self._part(self.service.structure)

    @request_view_args
    @request_read_args
    def checks(self):
        """Read a model's findings and certificates."""
        return self._part(self.service.checks)

    @request_view_args
    @request_read_args
    def patches(self):
        """List a model's patches."""
        return self._part(self.service.patches)

    @request_view_args
    @request_read_args
    def versions(self):
        """List a model's versions."""
        return self._part(self.service.versions)

    @request_view_args
    @request_file_args
    def file(self):
        """Download one of a model's documents."""
        args, view_args = resource_requestctx.args, resource_requestctx.view_args
        content = self.service.content(
            g.identity,
            view_args["pid_value"],
            format=args["format"],
            dialect=args.get("dialect"),
            version=args.get("version"),
        )
        response = send_content(content)
        page = f"{current_app.config['SITE_UI_URL']}/models/{quote(view_args['pid_value'])}"
        response.headers.add("Link", header(part_of(page, "collection")))
        if args["format"] == "pyhf":
            # A workspace does not say how it is interpolated.
            settings = {"format": "pyhf-settings", "version": args.get("version")}
            query = urlencode({k: v for k, v in settings.items() if v})
            response.headers.add(
                "Link",
                f'<{request.base_url}?{query}>; rel="describedby"; type="application/json"; '
                'title="modifier_settings"',
            )
        return response

    @request_view_args
    @request_patchset_args
    def patchset(self):
        """Download a patch set of a model."""
        args = resource_requestctx.args
        content = self.service.patchset_content(
            g.identity,
            resource_requestctx.view_args["pid_value"],
            sha256=args.get("sha256"),
            version=args.get("version"),
        )
        return send_content(content)

    @response_handler()
    def register(self):
        """Register a model that another host has; for curators."""
        self.registry.require_permission(g.identity, "register")
        source, content, metadata = parse_registration(request)
        registration = self.registry.register(g.identity, source, content, metadata)
        status = {"created": 201, "doubtful": 202}.get(registration.status, 200)
        return registration.to_dict(), status
