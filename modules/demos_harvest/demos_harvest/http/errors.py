# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What can go wrong between a peer and this portal, each case with a name of its own.

Two properties decide what happens next: ``retryable`` (the same request may succeed later)
and ``counts`` (the peer as a whole looks ill, so the circuit breaker takes note).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit


def public_url(url: str) -> str:
    """Return a URL without credentials and without its query, fit for logs and answers.

    Examples:
        >>> public_url("https://me:secret@peer.org/api/x?access_token=1")
        'https://peer.org/api/x'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class PeerError(Exception):
    """A request to a peer that gave no usable answer.

    Args:
        message: What happened, in a sentence a curator understands.
        url: The address that was asked.
        status: The HTTP status, if there was one.
        retry_after: Seconds after which the peer allows another request.
    """

    code = "peer_error"
    retryable = False
    counts = False

    def __init__(
        self,
        message: str,
        *,
        url: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.url = public_url(url) if url else ""
        self.status = status
        self.retry_after = retry_after

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON, without what is unknown."""
        fields = {
            "code": self.code,
            "message": self.message,
            "url": self.url or None,
            "status": self.status,
            "retry_after": self.retry_after,
            "retryable": self.retryable,
        }
        return {key: value for key, value in fields.items() if value is not None}


class AddressRefusedError(PeerError):
    """The address is not one this portal may speak to (private, loopback, odd scheme)."""

    code = "address_refused"


class RedirectRefusedError(PeerError):
    """Too many redirects, or one from https to http."""

    code = "redirect_refused"


class NotPublicError(PeerError):
    """The peer asks for a login: the object exists but is not public."""

    code = "not_public"


class NotFoundError(PeerError):
    """The peer does not know the object (404)."""

    code = "not_found"


class GoneError(PeerError):
    """The peer removed the object and says so (410)."""

    code = "gone"


class RefusedError(PeerError):
    """Another 4xx answer."""

    code = "refused"


class NotAcceptableError(RefusedError):
    """406; ``mimetype`` is the type the peer would have sent, when it says so."""

    code = "not_acceptable"

    def __init__(self, message: str, *, mimetype: str | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.mimetype = mimetype


class ChallengeError(PeerError):
    """Bot protection stands before the peer: never to be taken for a missing record."""

    code = "bot_challenge"
    retryable = True
    counts = True


class RateLimitedError(PeerError):
    """429, or our own budget for this peer is used up."""

    code = "rate_limited"
    retryable = True


class UnavailableError(PeerError):
    """A 5xx answer."""

    code = "unavailable"
    retryable = True
    counts = True


class ConnectionFailedError(PeerError):
    """No connection, or one that broke before the answer was complete."""

    code = "connection_failed"
    retryable = True
    counts = True


class DeadlineError(PeerError):
    """The answer was not complete within the time allowed."""

    code = "deadline"
    retryable = True
    counts = True


class CircuitOpenError(PeerError):
    """The peer failed repeatedly; it is left alone for a while."""

    code = "circuit_open"
    retryable = True


class TooLargeError(PeerError):
    """More decoded bytes than allowed."""

    code = "too_large"


class UnexpectedContentError(PeerError):
    """The body is not what was asked for, for example HTML where JSON is due."""

    code = "unexpected_content"
    retryable = True


class ErrorInBodyError(PeerError):
    """Status 200 with nothing but an error message in the body."""

    code = "error_in_body"
    retryable = True


class ChecksumError(PeerError):
    """The bytes differ from the checksum that the peer declares."""

    code = "checksum_mismatch"
    retryable = True
