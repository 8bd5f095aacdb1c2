# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Every error of the REST API is a problem document (RFC 9457), the framework's own too.

``status``, ``message`` and ``errors`` stay as the framework writes them, so that its clients and
forms go on; what is added is ``type``, ``title``, ``detail``, ``instance`` and ``code``.
"""

import re

from flask import current_app, json, request
from werkzeug.http import HTTP_STATUS_CODES

MIMETYPE = "application/problem+json"

CODES = {
    "bad_request": "The request cannot be understood.",
    "validation_failed": "Values of the request are wrong; `errors` names each with its place.",
    "csrf_failed": "A request with a cookie has no token against forgery, or an old one.",
    "unauthorized": "The request needs a sign-in or a token.",
    "forbidden": "The account of the request may not do this.",
    "not_found": "There is nothing at this address, or nothing that the account may see.",
    "method_not_allowed": "The address does not take this method.",
    "not_acceptable": "The answer is not made in any media type that `Accept` names.",
    "conflict": "The state of the thing does not allow this now.",
    "gone": "The thing was here and has been withdrawn.",
    "precondition_failed": "The thing has changed since it was read.",
    "too_large": "The request is larger than the portal takes.",
    "unsupported_media_type": "The body is of a media type that is not taken here.",
    "range_not_satisfiable": "The range lies outside of the file.",
    "unprocessable": "The request is understood and cannot be done.",
    "too_many_requests": "A limit is reached; `Retry-After` says when to come again.",
    "server_error": "The portal failed; nothing that was saved is lost.",
    "unavailable": "A service of the portal is down; `Retry-After` says when to come again.",
    "http_error": "Another error of HTTP; `status` says which.",
}
"""Codes of the framework's errors and what each means."""

BY_STATUS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    410: "gone",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "unprocessable",
    429: "too_many_requests",
    500: "server_error",
    503: "unavailable",
}


def code_of(status, document):
    """Return the code of an error that was answered without one; its type may name it."""
    named = str(document.get("type", "")).rpartition("/")[2]
    if re.fullmatch("[a-z][a-z0-9_]*", named):
        return named
    if str(document.get("message", "")).startswith("CSRF"):
        return "csrf_failed"
    if status == 400 and document.get("errors"):
        return "validation_failed"
    return BY_STATUS.get(status, "http_error")


def document_of(response):
    """Return what an error says so far, or None where it is no JSON object."""
    if response.mimetype not in {"application/json", MIMETYPE}:
        return {}
    document = json.loads(response.get_data() or b"{}")
    return document if isinstance(document, dict) else None


def complete(response):
    """Complete the document of an error."""
    if response.status_code < 400 or response.direct_passthrough:
        return response
    if (document := document_of(response)) is None:
        return response
    status = response.status_code
    title = HTTP_STATUS_CODES.get(status, "Error")
    code = document.get("code") or code_of(status, document)
    message = document.get("detail") or document.get("message") or CODES.get(code, title)
    body = {
        "type": f"{current_app.config['SITE_UI_URL']}/errors/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": message,
        "message": message,
        "instance": request.script_root + request.path,
    }
    kept = {k: v for k, v in document.items() if v is not None and k not in {"type", "code"}}
    response.set_data(json.dumps(body | kept))
    response.content_type = MIMETYPE
    return response


def complete_all(app):
    """Complete all errors of an application, after whatever else looks at answers."""
    app.after_request_funcs.setdefault(None, []).insert(0, complete)
