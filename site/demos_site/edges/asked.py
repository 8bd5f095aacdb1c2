# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a request may ask, looked at before any view."""

from io import BytesIO

from flask import abort, request

BYTES = {"read_content", "read_archive", "container_item_extract", "extract_container_item"}
"""Views that answer a file's bytes, whatever type was asked for."""

ACTIONS = {"file_modification", "quota_increase"}
"""Views that take a body of which nothing is required."""

OAI = "invenio_oaiserver.response"

NAMED = "access_token"


def one_range_at_most():
    """Leave ``Range`` out where it names several: answering all of the file is always right."""
    if "," in request.headers.get("Range", ""):
        del request.environ["HTTP_RANGE"]


def no_nul():
    """Refuse the character that no column of the database can hold.

    OAI-PMH has an error of its own for it.
    """
    if request.endpoint == OAI:
        return
    if "\x00" in request.path or "%00" in request.environ.get("QUERY_STRING", ""):
        abort(400, "The address contains the character NUL.")


def no_token_in_address():
    """Refuse a token in the address: logs, histories and referrers keep addresses."""
    form = request.mimetype == "application/x-www-form-urlencoded"
    if NAMED in request.args or (form and NAMED in request.form):
        abort(400, "A token is taken from the header Authorization only.")


def view_name():
    """Return the name of the view that the request is for."""
    return (request.endpoint or "").rpartition(".")[2]


def any_type():
    """Take a range of media types as the framework takes ``*/*``, and bytes as what they are."""
    accept = request.headers.get("Accept", "")
    if view_name() in BYTES:
        request.environ["HTTP_ACCEPT"] = "*/*"
    elif "application/*" in accept and "*/*" not in accept:
        request.environ["HTTP_ACCEPT"] = accept.replace("application/*", "*/*")


def empty_body():
    """Take no body as an empty one where nothing in it is required."""
    if view_name() in ACTIONS and request.method == "POST" and not request.content_length:
        request.environ |= {
            "wsgi.input": BytesIO(b"{}"),
            "CONTENT_LENGTH": "2",
            "CONTENT_TYPE": "application/json",
        }


def guard(app):
    """Look at requests of an application first."""
    app.before_request_funcs.setdefault(None, [])[:0] = [no_nul, one_range_at_most]


def guard_api(app):
    """Look at requests of the REST API first."""
    app.before_request_funcs[None][:0] = [empty_body, no_token_in_address, any_type]
