# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HTTP's words for waiting, repeating and checking."""

import base64
import re

from flask import Response, current_app, request

from ..errors import InvalidRunError, TooLargeError
from ..operations.validation import InvalidRequest, parse_body

WAIT = re.compile(r"^wait\s*=\s*\"?(\d{1,12})\"?$")


def preference(default):
    """Read the ``Prefer`` header.

    Args:
        default: seconds to wait if the client does not say.

    Returns:
        Seconds to wait, and the ``Preference-Applied`` header's value (None without one).
    """
    most = current_app.config["DEMOS_EXEC_MAX_WAIT_SECONDS"]
    words = [w.strip().lower() for w in ",".join(request.headers.getlist("Prefer")).split(",")]
    # Given together, they mean: wait so long, and go on without an answer then (RFC 7240, 4.3).
    for match in filter(None, map(WAIT.match, words)):
        seconds = min(float(match[1]), most)
        return seconds, f"wait={seconds:g}"
    if "respond-async" in words:
        return 0.0, "respond-async"
    return default, None


def json_body():
    """Read the request's JSON object.

    Returns:
        The object.

    Raises:
        TooLargeError: if the body is above the site's cap.
        InvalidRunError: if it is no JSON object.
    """
    cap = current_app.config["DEMOS_EXEC_LIMITS"]["input_bytes"]
    if (request.content_length or 0) > cap:
        raise TooLargeError(f"A request has at most {cap} bytes.")
    body = request.stream.read(cap + 1)
    if len(body) > cap:
        raise TooLargeError(f"A request has at most {cap} bytes.")
    try:
        return parse_body(body)
    except InvalidRequest as error:
        raise InvalidRunError(error.errors) from error


def json_response(body, status=200, headers=None):
    """Make an answer.

    Args:
        body: JSON as bytes.
        status: HTTP status.
        headers: further headers; those that are None are left out.

    Returns:
        The response; nobody may keep it.
    """
    given = {k: v for k, v in (headers or {}).items() if v is not None}
    return Response(
        body,
        status,
        {"Cache-Control": "private, no-store", **given},
        content_type="application/json",
    )


def repr_digest(sha256):
    """Write a ``Repr-Digest`` header (RFC 9530).

    Args:
        sha256: hexadecimal.

    Returns:
        The header's value.

    Examples:
        >>> repr_digest("00" * 32)[:20]
        'sha-256=:AAAAAAAAAAA'
    """
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
