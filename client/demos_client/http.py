# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HTTP for the portal's API: retries, and errors in the portal's own words."""

from __future__ import annotations

import time
from typing import Any, Final

import httpx

from demos_client.settings import Settings

RETRIED: Final = frozenset({429, 502, 503, 504})
ATTEMPTS: Final = 4
LONGEST_PAUSE: Final = 30.0
TIMEOUT: Final = httpx.Timeout(70.0, connect=10.0)


class PortalError(Exception):
    """The portal refuses, or does not answer.

    Args:
        message: What is wrong.
        status: The HTTP status, or None without an answer.
        errors: Places in the request: dictionaries of ``pointer`` and ``messages``.
    """

    def __init__(
        self, message: str, status: int | None = None, errors: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.errors = errors or []


def _problem(response: httpx.Response) -> PortalError:
    try:
        body = response.json()
        detail = str(body.get("detail") or body.get("message") or body.get("title"))
        errors = [e for e in body.get("errors") or () if isinstance(e, dict)]
    except (ValueError, AttributeError):
        detail, errors = response.reason_phrase, []
    places = [
        f"{e.get('pointer') or e.get('field') or ''}: {' '.join(map(str, e.get('messages', ())))}"
        for e in errors
    ]
    # The detail may be the first of them already.
    words = dict.fromkeys([detail, *(place.removeprefix(": ") for place in places)])
    return PortalError("; ".join(words), response.status_code, errors)


def _pause(response: httpx.Response | None, attempt: int) -> float:
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    seconds = float(asked) if asked.isdecimal() else 0.5 * 2**attempt
    return min(seconds, LONGEST_PAUSE)


class Http:
    """Calls to one portal.

    Args:
        settings: Where it is and who we are.
        transport: Another way to send requests, for tests.
    """

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"User-Agent": "demos-client", "Accept": "application/json"}
        if settings.token:
            headers["Authorization"] = f"Bearer {settings.token}"
        self.base = settings.url
        self._client = httpx.Client(
            base_url=f"{settings.url}/api",
            headers=headers,
            verify=settings.verify,
            timeout=TIMEOUT,
            transport=transport,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def call(
        self, method: str, path: str, *, repeat: bool | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Sends a request; what may be repeated is, while the portal is busy or away.

        Args:
            method: HTTP method.
            path: Below ``/api``, or a full address of the same portal.
            repeat: Whether it may be sent again; by default what changes nothing.
            **kwargs: As httpx takes them.

        Returns:
            A successful response (304 included).

        Raises:
            PortalError: The portal refuses, or does not answer.
        """
        path = path.removeprefix(f"{self.base}/api")
        if repeat is None:
            repeat = method in ("GET", "HEAD")
        for attempt in range(ATTEMPTS):
            response = None
            try:
                response = self._client.request(method, path, **kwargs)
            except httpx.TransportError as error:
                failure = PortalError(f"{self.base} does not answer: {error}")
                failure.__cause__ = error
            else:
                if response.is_success or response.status_code == 304:
                    return response
                failure = _problem(response)
                if response.status_code not in RETRIED:
                    raise failure
                # A refusal for lack of room has done nothing: it may be repeated too.
            may = repeat or (response is not None and response.status_code in (429, 503))
            if not may or attempt == ATTEMPTS - 1:
                raise failure
            time.sleep(_pause(response, attempt))
        raise AssertionError("unreachable")
