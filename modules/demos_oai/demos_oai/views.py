# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The address ``/oai2d``: from an HTTP request to the protocol and back."""

import zlib
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from flask import Blueprint, Response, current_app, g, request
from invenio_db import db

from .formats import dcat
from .protocol import Server, TokenSigner
from .repository import SQLRepository

ENDPOINT = "invenio_oaiserver.response"
FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 64 * 1024
"""Bytes of a form; every request of the protocol fits."""

FIELDS = 50
"""A request with more arguments than that is none of the protocol's."""


def oai2d():
    """Answer a request of the protocol."""
    if request.method == "POST" and request.mimetype not in ("", FORM):
        return Response(f"POST takes {FORM}.\n", status=415, mimetype="text/plain")
    if (request.content_length or 0) > LARGEST_FORM:
        return Response("The form is too large.\n", status=413, mimetype="text/plain")
    # Nothing of a session is read or written: an answer is the same for everybody.
    g.demos_oai = True
    pieces = _server().answer(_pairs(), datetime.now(UTC))
    response = Response(_buffered(pieces), mimetype="text/xml")
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache"
    if request.accept_encodings.quality("gzip") > 0 and "gzip" in request.accept_encodings:
        response.response = _gzipped(response.response)
        response.headers["Content-Encoding"] = "gzip"
    db.session.rollback()
    return response


def _server():
    config = current_app.config
    keys = [*reversed(config.get("SECRET_KEY_FALLBACKS") or ()), config["SECRET_KEY"]]
    return Server(
        SQLRepository(),
        TokenSigner(keys, config["DEMOS_OAI_TOKEN_LIFETIME"]),
        f"{config['SITE_UI_URL']}{request.path}",
        page_size=config["DEMOS_OAI_PAGE_SIZE"],
        largest_page=config["DEMOS_OAI_LARGEST_PAGE"],
    )


def _pairs():
    """Return names and values of the request in their order, repeated ones too."""
    text = request.query_string
    if request.method == "POST":
        text = request.get_data(cache=False, as_text=False)
    try:
        return parse_qsl(
            text.decode("ascii", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=FIELDS,
        )
    except ValueError:
        return [("verb", "")]


def _buffered(pieces, size=64 * 1024):
    """Yield pieces as larger ones."""
    waiting, length = [], 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)


def _gzipped(pieces):
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def create_blueprint(app):
    """Return the schemas that the formats declare and nobody else serves."""
    blueprint = Blueprint("demos_oai", __name__)
    blueprint.add_url_rule(dcat.SCHEMA_PATH, view_func=dcat.schema)
    return blueprint
