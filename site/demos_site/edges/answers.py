# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What answers carry: pages elsewhere may read public ones, and none that is kept has a cookie.

The framework stores its session after all functions of an application that see an answer, so
that cookies can be taken off by a middleware only.
"""

import re

from werkzeug.exceptions import RequestedRangeNotSatisfiable

READING = ("GET", "HEAD")

ALLOWED_HEADERS = "Accept, If-Match, If-Modified-Since, If-None-Match, If-Range, Range"
"""What a page elsewhere may send. Not ``Authorization``: it reads what everybody may read."""

EXPOSED_HEADERS = (
    "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Last-Modified, Link, "
    "Location, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
)

PREFLIGHT = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", ", ".join(READING)),
    ("Access-Control-Allow-Headers", ALLOWED_HEADERS),
    ("Access-Control-Max-Age", "86400"),
    ("Content-Length", "0"),
    ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
]

WITHOUT_SESSION = re.compile(
    r"/(oai2d|analyses\.json|schemas/|terms/|errors|badge/|llms\.txt|robots\.txt|sitemap|\.well-known/)"
)
"""Addresses that machines ask and nobody signs in for, whatever the method."""

SHARED = re.compile(r"\bpublic\b|\bs-maxage\b", re.IGNORECASE)
"""What in ``Cache-Control`` lets a cache give an answer to somebody else."""


class Answers:
    """A middleware that opens what is read to pages elsewhere, without credentials.

    Args:
        app: The application behind it.
        bare: Whether who comes to read without a cookie gets none.
    """

    def __init__(self, app, bare=False):
        self.app, self.bare = app, bare

    def __call__(self, environ, start_response):
        """Answer a preflight, or pass the request on and look at the answer."""
        method, origin = environ["REQUEST_METHOD"], environ.get("HTTP_ORIGIN")
        wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
        if method == "OPTIONS" and origin and wanted in READING:
            start_response("204 No Content", PREFLIGHT)
            return [b""]
        reads = method in READING
        without_cookie = self.bare and reads and "HTTP_COOKIE" not in environ
        without_cookie |= WITHOUT_SESSION.match(environ.get("PATH_INFO", "")) is not None

        def start(status, headers, exc_info=None):
            kept = any(k.lower() == "cache-control" and SHARED.search(v) for k, v in headers)
            if kept or without_cookie:
                headers = [(k, v) for k, v in headers if k.lower() != "set-cookie"]
            if reads:
                headers = [(k, v) for k, v in headers if not k.lower().startswith("access-control")]
                headers += [
                    ("Access-Control-Allow-Origin", "*"),
                    ("Access-Control-Expose-Headers", EXPOSED_HEADERS),
                ]
            return start_response(status, headers, exc_info)

        return self.app(environ, start)


class Ranged:
    """A response whose refusal of a range says how long the whole is (RFC 9110, 15.5.17).

    Error handlers further out make a document of an exception and drop its headers.
    """

    def make_conditional(self, request_or_environ, accept_ranges=False, complete_length=None):
        """Answer a range that lies outside with status 416 and ``Content-Range``."""
        try:
            return super().make_conditional(request_or_environ, accept_ranges, complete_length)
        except RequestedRangeNotSatisfiable:
            refused = type(self)("{}", status=416, mimetype="application/json")
            refused.headers["Content-Range"] = f"bytes */{complete_length}"
            return refused


def guard(app, bare=False):
    """Put the middleware before an application.

    Args:
        app: The application.
        bare: Whether it is read without a session, as the REST API is by scripts.
    """
    app.wsgi_app = Answers(app.wsgi_app, bare)
    app.response_class = type("Response", (Ranged, app.response_class), {})
