# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``/lookup``, and records below the name of every peer that is looked up."""

from demos_models.api import send_content
from flask import g, jsonify, redirect
from flask_resources import (
    Resource,
    from_conf,
    request_parser,
    resource_requestctx,
    response_handler,
    route,
)

from ..services.lookups.results import Accepted

view_args = request_parser(from_conf("request_view_args"), location="view_args")
convert_args = request_parser(from_conf("request_convert_args"), location="args")
download_args = request_parser(from_conf("request_download_args"), location="args")
lookup_args = request_parser(from_conf("request_lookup_args"), location="args")


class LookupResource(Resource):
    """Look-ups.

    Args:
        config: The configuration.
        service: The ``LookupsService``.
    """

    def __init__(self, config, service):
        """Keep the service."""
        super().__init__(config)
        self.service = service

    def create_url_rules(self):
        """Return the routes."""
        routes = self.config.routes
        rules = [route("GET", routes["lookup"], self.lookup)]
        views = {"record": self.read, "convert": self.convert, "download": self.download}
        for peer in self.config.peers:
            for name, view in views.items():
                rules.append(
                    route(
                        "GET",
                        routes[name].format(peer=peer),
                        view,
                        endpoint=f"{peer}_{name}",
                        rule_options={"defaults": {"peer": peer}},
                    )
                )
        return rules

    @lookup_args
    @response_handler()
    def lookup(self):
        """Say what an identifier or address leads to."""
        return self.service.lookup(g.identity, resource_requestctx.args["id"]), 200

    @view_args
    def read(self):
        """Say what a peer's record holds."""
        answer = self.service.read(g.identity, **resource_requestctx.view_args)
        response = jsonify(answer.data)
        response.headers.update({"Age": str(answer.age), "Cache-Control": "no-cache"})
        if answer.stale:
            response.headers["Warning"] = '110 - "Response is stale"'
        return response

    @view_args
    @convert_args
    def convert(self):
        """Send a model of a peer's in the format that is asked for."""
        wanted = {**resource_requestctx.view_args, **resource_requestctx.args}
        found = self.service.convert(g.identity, **wanted)
        if isinstance(found, Accepted):
            return _accepted(found)
        response = send_content(found.content)
        response.headers["Age"] = str(found.age)
        response.headers["Link"] = f'<{found.model["links"]["self"]}>; rel="describedby"'
        return response

    @view_args
    @download_args
    def download(self):
        """Send a mirrored file of a peer's, or lead to it."""
        wanted = {**resource_requestctx.view_args, "name": resource_requestctx.args["file"]}
        found = self.service.download(g.identity, **wanted)
        if found.content is None:
            return redirect(found.url, 307)
        response = send_content(found.content)
        response.headers["Age"] = str(found.age)
        return response


def _accepted(found):
    response = jsonify(found.data)
    response.status_code = 202
    response.headers["Retry-After"] = str(found.retry_after)
    if found.location:
        response.headers["Location"] = found.location
    return response
