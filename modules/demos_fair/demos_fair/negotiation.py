# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which export a request wants, and the answer with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from .exports import Export, table
from .resource import Resource
from .signposting import header, part_of

PAGES = {"text/html", "application/xhtml+xml", "text/*", "*/*"}
"""What asks for the page."""

_PROFILE = re.compile(r'profile="?([^";]+)"?')


def spelled(media_type: str) -> str:
    """Return a media type as the framework spells it, with a space before its profile.

    >>> spelled('application/ld+json;profile="https://w3id.org/codemeta"')
    'application/ld+json; profile="https://w3id.org/codemeta"'
    """
    return re.sub(r"\s*;\s*", "; ", media_type)


def by_media_type() -> dict[str, Export]:
    """Return the exports by all media types that they are asked for by."""
    return {
        spelled(media_type): one
        for one in table().values()
        for media_type in (one.media_type, *one.accepts)
    }


def wanted(accept: str) -> Export | None:
    """Return the export that a request wants, or None for the page.

    Args:
        accept: The header ``Accept``.

    >>> wanted('text/html;q=0.1, application/x-bibtex').name
    'bibtex'
    >>> wanted('application/ld+json; profile="https://w3id.org/ro/crate"').name
    'ro-crate'
    >>> wanted("text/html, application/ld+json;q=0.1")
    """
    known = by_media_type()
    for media_type, quality in parse_accept_header(accept, MIMEAccept):
        if media_type in PAGES or not quality:
            return None
        if media_type in known:
            return known[media_type]
        plain, profile = media_type.split(";", 1)[0], _PROFILE.search(media_type)
        # A profile is a list of addresses; parameters that nobody knows are passed over.
        for one in profile[1].split() if profile else [None]:
            name = f'{plain}; profile="{one}"' if one else plain
            if name in known:
                return known[name]
    return None


def answer(export: Export, resource: Resource) -> Response:
    """Return an export of an object, with its links and a validator.

    Args:
        export: The export.
        resource: The object.
    """
    body = export.write(resource)
    response = Response(body, mimetype=export.plain_type)
    if export.profile:
        response.headers["Content-Type"] = f'{export.plain_type}; profile="{export.profile}"'
    name = re.sub(r"[^\w.-]", "-", resource.id)
    response.headers["Content-Disposition"] = f"inline; filename={name}{export.suffix}"
    response.headers["Link"] = header(part_of(resource.page, "describes"))
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:40], weak=True)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.vary.update(["Accept", "Authorization", "Cookie"])
    return response.make_conditional(request)


def negotiated(
    view: Callable[..., Any],
    read: Callable[..., Resource | None],
    linked: Callable[[Any], str | None] | None = None,
) -> Callable[..., Any]:
    """Return a landing page's view that answers exports too.

    Args:
        view: The view of the page.
        read: Return the object of the view's arguments; None where the page says why not.
        linked: Return the header ``Link`` of the page.
    """

    @wraps(view)
    def page(**arguments: Any) -> Response:
        export = wanted(request.headers.get("Accept", ""))
        resource = read(**arguments) if export else None
        if export and resource:
            return answer(export, resource)
        response = make_response(view(**arguments))
        response.vary.add("Accept")
        if linked and (links := linked(response)):
            response.headers["Link"] = links
        return response

    return page
