# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Dates of the protocol: UTC, by the day or by the second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .errors import refuse

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"
"""The finer granularity of the protocol; the coarser is always accepted."""


@dataclass(frozen=True)
class Bound:
    """One end of a range of dates.

    Args:
        first: First second that the date covers.
        last: Last second that the date covers; the same as ``first`` unless it is a day.
    """

    first: datetime
    last: datetime

    @property
    def is_day(self) -> bool:
        """Whether the date is a day."""
        return self.first != self.last


def parse(name: str, text: str) -> Bound:
    """Return what a date of a request covers.

    Args:
        name: The argument, for the message.
        text: ``YYYY-MM-DD`` or ``YYYY-MM-DDThh:mm:ssZ``.

    Returns:
        The seconds that it covers.

    Raises:
        ProtocolErrors: With badArgument, when it is neither.

    >>> parse("until", "2026-11-30").last
    datetime.datetime(2026, 11, 30, 23, 59, 59, tzinfo=datetime.timezone.utc)
    """
    for pattern, form in ((DAY, "%Y-%m-%d"), (SECOND, "%Y-%m-%dT%H:%M:%SZ")):
        if not pattern.fullmatch(text):
            continue
        try:
            first = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            break
        length = timedelta(days=1, seconds=-1) if pattern is DAY else timedelta()
        return Bound(first, first + length)
    raise refuse("badArgument", f"{name} is no date of the form YYYY-MM-DD or {GRANULARITY}.")


def parse_range(from_: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last second of a range, both inclusive.

    Raises:
        ProtocolErrors: With badArgument, when a date is wrong, when the two have not the
            same granularity, or when the range ends before it begins.

    >>> parse_range("2026-11-30", "2026-11-30")[1].isoformat()
    '2026-11-30T23:59:59+00:00'
    """
    begin = None if from_ is None else parse("from", from_)
    end = None if until is None else parse("until", until)
    if begin and end and begin.is_day != end.is_day:
        raise refuse("badArgument", "from and until must have the same granularity.")
    if begin and end and begin.first > end.last:
        raise refuse("badArgument", "from is later than until.")
    return (begin.first if begin else None), (end.last if end else None)


def datestamp(moment: datetime) -> str:
    """Return a moment as the protocol writes it.

    >>> datestamp(datetime(2026, 11, 30, 12, 0, 0, 999, tzinfo=UTC))
    '2026-11-30T12:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
