# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a visitor is told while a service of the portal is down.

A service that cannot be reached raises in the middle of whatever asks it, in the opening
of the session as in a view. Such an error is answered with status 503, the name of what
is missing and the time after which to try again; every other error is left as it is.
"""

from importlib.resources import files
from itertools import islice
from string import Template

from flask import current_app, json, request
from invenio_db import db
from kombu.exceptions import OperationalError as BrokerError
from opensearchpy.exceptions import ConnectionError as SearchConnectionError
from opensearchpy.exceptions import TransportError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import InternalServerError

RETRY_AFTER = 10
"""Seconds in which a service that was killed is usually back."""

STARTING_OR_STOPPING = {None, "57P01", "57P02", "57P03"}
"""PostgreSQL's codes when it is not there, shuts down, has crashed, or starts."""

SAFE = "Nothing that was saved is lost."
PAGE = Template(files("demos_site").joinpath("outage.html").read_text(encoding="utf-8"))


def _chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def missing_service(error):
    """Return the service whose absence an error tells of.

    Args:
        error: The exception, with what it was raised from.

    Returns:
        The service's name as a visitor may read it, or None for any other error.
    """
    for one in islice(_chain(error), 10):
        if isinstance(one, (OperationalError, InterfaceError)):
            if getattr(one.orig, "pgcode", None) in STARTING_OR_STOPPING:
                return "database"
        elif isinstance(one, SearchConnectionError):
            return "search engine"
        elif isinstance(one, TransportError):
            # A node that starts answers before its indices can.
            if one.status_code == 503:
                return "search engine"
        elif isinstance(one, (RedisConnectionError, RedisTimeoutError)):
            return "session store"
        elif isinstance(one, BrokerError):
            return "message queue"
    return None


def _wants_data(api):
    path, wanted = request.path, request.accept_mimetypes
    return api or path.startswith("/oai2d") or not wanted.accept_html


def answer(service, api):
    """Return the response to a request that a missing service has spoiled."""
    detail = f"The portal's {service} does not answer at the moment. {SAFE} Try again in a while."
    if _wants_data(api):
        body = {
            "status": 503,
            "title": "Service Unavailable",
            "detail": detail,
            # Where InvenioRDM's clients look.
            "message": detail,
        }
        response = current_app.response_class(
            json.dumps(body), 503, mimetype="application/problem+json"
        )
    else:
        page = PAGE.substitute(service=service, seconds=RETRY_AFTER)
        response = current_app.response_class(page, 503, mimetype="text/html")
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def _let_go(_):
    """End the request's database session, whether or not its connection still is one.

    A rollback on a connection that is gone raises, and what is raised at a request's end
    takes the place of the answer that was made already.
    """
    try:
        db.session.remove()
    except (OperationalError, InterfaceError):
        db.session.invalidate()
        db.session.remove()


def _register(app, api):
    handlers = app.error_handler_spec[None].setdefault(500, {})
    other = handlers.get(InternalServerError, lambda error: error)

    def handler(error):
        service = missing_service(getattr(error, "original_exception", None))
        return answer(service, api) if service else other(error)

    app.register_error_handler(500, handler)
    app.teardown_appcontext(_let_go)  # the last one that is given is the first one called


def finalize_app(app):
    """Answer for the pages; after all extensions have said how they handle errors."""
    _register(app, api=False)


def api_finalize_app(app):
    """Answer for the REST API."""
    _register(app, api=True)
