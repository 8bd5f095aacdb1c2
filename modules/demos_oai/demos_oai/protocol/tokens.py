# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Resumption tokens that carry their own state.

A token is signed and says where the next page begins, so that no server has to remember a
list: it can be sent twice, to any worker, after a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from .errors import ProtocolErrors, refuse

SALT = "oai-pmh-resumption-token-1"


@dataclass(frozen=True)
class Token:
    """The state of a list between two pages.

    Args:
        verb: The verb of the list.
        issued: When the list was begun.
        after: Sort key of the last item that was delivered: (datestamp as seconds since the
            epoch, number of the item) for records, (0, number delivered) for sets.
        cursor: How many items were delivered.
        total: How many items the list had when it was begun.
        prefix: The metadata format; empty for sets.
        set_spec: The set, if any.
        first: First second of the range, as given by ``from``.
        last: Last second of the range, as given by ``until``.
    """

    verb: str
    issued: datetime
    after: tuple[int, int] = (0, 0)
    cursor: int = 0
    total: int = 0
    prefix: str = ""
    set_spec: str | None = None
    first: datetime | None = None
    last: datetime | None = None

    def advanced(self, after: tuple[int, int], count: int) -> Token:
        """Return the token of the page after one with ``count`` items."""
        cursor = self.cursor + count
        return replace(self, after=after, cursor=cursor, total=max(self.total, cursor + 1))


class TokenSigner:
    """Write and read tokens.

    Args:
        keys: Secret keys, the oldest first; the last one signs.
        lifetime: How long a token is valid after its list was begun.
    """

    def __init__(self, keys: Sequence[str], lifetime: timedelta) -> None:
        self._serializer = URLSafeSerializer(list(keys), salt=SALT)
        self.lifetime = lifetime

    def expiry(self, token: Token) -> datetime:
        """Return when a token becomes invalid."""
        return token.issued + self.lifetime

    def write(self, token: Token) -> str:
        """Return a token as text; equal tokens give equal texts."""
        text: str | bytes = self._serializer.dumps(
            [
                *(token.verb, int(token.issued.timestamp()), *token.after),
                *(token.cursor, token.total, token.prefix, token.set_spec),
                *(moment and int(moment.timestamp()) for moment in (token.first, token.last)),
            ]
        )
        return text if isinstance(text, str) else text.decode()

    def read(self, text: str, verb: str, now: datetime) -> Token:
        """Return the token of a request.

        Args:
            text: As it was sent.
            verb: The verb of the request, which must be the token's.
            now: The moment of the request.

        Raises:
            ProtocolErrors: With badResumptionToken, when it was not written here, is
                expired, or belongs to another verb.
        """
        try:
            token = _from_list(self._serializer.loads(text))
        except (BadData, ValueError, TypeError, OverflowError):
            raise _wrong("The resumptionToken is not one of this repository.") from None
        if token.verb != verb:
            raise _wrong(f"The resumptionToken belongs to {token.verb}.")
        if now > self.expiry(token):
            raise _wrong("The resumptionToken has expired; begin the list again.")
        return token


def _wrong(message: str) -> ProtocolErrors:
    return refuse("badResumptionToken", message)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _from_list(value: Any) -> Token:
    verb, issued, second, number, cursor, total, prefix, set_spec, first, last = value
    return Token(
        verb=verb,
        issued=datetime.fromtimestamp(issued, UTC),
        after=(second, number),
        cursor=cursor,
        total=total,
        prefix=prefix,
        set_spec=set_spec,
        first=_moment(first),
        last=_moment(last),
    )
