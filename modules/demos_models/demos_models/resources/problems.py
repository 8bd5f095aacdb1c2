# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Problem documents (RFC 9457): every error of the REST API says what is wrong, and where.

``status``, ``message`` and ``errors`` are also those of the framework's own errors, so
that clients and the deposit form need to know one shape only.
"""

import json

import marshmallow as ma
from flask import request
from flask_resources import HTTPJSONException, create_error_handler
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.errors import validation_error_to_list_errors
from invenio_records_resources.resources.errors import ErrorHandlersMixin
from invenio_records_resources.services.errors import (
    PermissionDeniedError,
    QuerystringValidationError,
)
from invenio_search.engine import search
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from ..errors import (
    AmbiguousAliasError,
    AnalysisPendingError,
    DerivativeImpossibleError,
    DerivativePendingError,
    ModelFilesInvalidError,
    RegistrationError,
    VersionDoesNotExistError,
)
from ..registry.contents import message_of

MIMETYPE = "application/problem+json"


class Problem(HTTPJSONException):
    """An HTTP error as a problem document.

    Args:
        status: The HTTP status.
        detail: What is wrong, for people.
        errors: ``[{"pointer" | "field", "messages"}]``.
        code: The kind of problem, in snake_case; see ``errors.CODES``.
        title: A short name of the kind; the status's own if not given.
        type_: A URI of the kind of problem.
        headers: Further headers.
        **extra: Further members of the document.
    """

    def __init__(
        self,
        status,
        detail=None,
        errors=None,
        *,
        code=None,
        title=None,
        type_="about:blank",
        headers=None,
        **extra,
    ):
        super().__init__(code=status, errors=errors, description=detail)
        self._type, self._headers, self._extra = type_, headers or {}, extra
        self._kind, self._title = code, title

    def get_headers(self, environ=None, scope=None):
        """Give the headers; errors are nobody's to keep."""
        return [
            ("Content-Type", MIMETYPE),
            ("Cache-Control", "no-store"),
            *((k, str(v)) for k, v in self._headers.items()),
        ]

    def get_body(self, environ=None, scope=None):
        """Give the document."""
        title = self._title or HTTP_STATUS_CODES.get(self.code, "Error")
        detail = str(self.description or title)
        body = {
            "type": self._type,
            **({"code": self._kind} if self._kind else {}),
            "title": title,
            "status": self.code,
            "detail": detail,
            "message": detail,
            "instance": request.script_root + request.path if request else None,
            **self._extra,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return json.dumps(body, default=str)


def _pending(error):
    retry = {"Retry-After": error.retry_after}
    if isinstance(error, AnalysisPendingError):
        errors = [
            {"field": f"files.entries.{key}", "messages": ["This file is still being analysed."]}
            for key in error.keys
        ]
        return Problem(409, str(error), errors, code="analysis_pending", headers=retry)
    return Problem(503, str(error), code="derivative_pending", headers=retry)


def _ambiguous(error):
    from ..services.links import model_links  # noqa: PLC0415  (links need an application)

    hits = [{"id": m, "links": model_links(m)} for m in error.model_ids]
    return Problem(300, str(error), code="several_models", hits={"total": len(hits), "hits": hits})


def _impossible(error):
    errors = [
        {"pointer": f.get("pointer", ""), "messages": [message_of(f)]} for f in error.findings
    ]
    # What a format cannot hold is final; what there never was is not found.
    if errors:
        return Problem(409, str(error), errors, code="cannot_convert")
    return Problem(404, str(error), code="no_such_derivative")


def _missing(error):
    if isinstance(error, VersionDoesNotExistError):
        return Problem(404, str(error), code="no_such_version")
    thing = {"demos": "model", "patchset": "patchset"}.get(error.pid_type, "deposit")
    code = f"no_such_{thing.replace(' ', '_')}"
    return Problem(404, f"There is no {thing} of this name.", code=code)


def _words(error):
    """Return a validation error as one line that names what is wrong."""
    parts = validation_error_to_list_errors(error)
    found = "; ".join(f"{p['field']}: {' '.join(map(str, p['messages']))}" for p in parts[:5])
    return found or "A validation error occurred."


def _search_engine(error):
    kinds = {c.get("type") for c in error.info["error"].get("root_cause", ())}
    if kinds & {"query_shard_exception", "query_parsing_exception", "parse_exception"}:
        return Problem(400, "The query cannot be understood.", code="bad_query")
    return Problem(500, "The search failed.", code="search_failed")


HANDLERS = {
    ModelFilesInvalidError: lambda e: Problem(400, str(e), e.errors, code="model_files_invalid"),
    AnalysisPendingError: _pending,
    DerivativePendingError: _pending,
    DerivativeImpossibleError: _impossible,
    AmbiguousAliasError: _ambiguous,
    RegistrationError: lambda e: Problem(
        400, "The registration has errors.", e.errors, code="registration_invalid"
    ),
}
"""Errors of this package, wherever they arise."""

RESOURCE_HANDLERS = {
    **ErrorHandlersMixin.error_handlers,
    ma.ValidationError: lambda e: Problem(
        400, _words(e), validation_error_to_list_errors(e), code="bad_request"
    ),
    QuerystringValidationError: lambda e: Problem(
        400, str(e) or "The query cannot be understood.", code="bad_query"
    ),
    PermissionDeniedError: lambda e: Problem(403, "You may not do this.", code="not_allowed"),
    PIDDoesNotExistError: _missing,
    NoResultFound: lambda e: Problem(404, "There is no such thing here.", code="not_found"),
    PIDDeletedError: lambda e: Problem(410, "This model has been withdrawn.", code="withdrawn"),
    search.exceptions.RequestError: _search_engine,
    HTTPException: lambda e: Problem(e.code, e.description),
    **HANDLERS,
}


def problem_handlers():
    """Give error handlers for a resource's configuration.

    Returns:
        ``{exception: handler}``: every error becomes a problem document.
    """
    return {
        exception: handler
        if handler is ErrorHandlersMixin.error_handlers.get(exception)
        else create_error_handler(handler)
        for exception, handler in RESOURCE_HANDLERS.items()
    }


def register_problem_handlers(app):
    """Answer this package's errors in every route: publishing is the deposits' route."""
    for exception, handler in HANDLERS.items():
        app.register_error_handler(exception, create_error_handler(handler))
