# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the look-ups answer with."""

from dataclasses import dataclass, field

from demos_models.api import Content


@dataclass(frozen=True)
class RecordAnswer:
    """One record of a peer.

    Attributes:
        data: The answer as JSON.
        age: Seconds since the record was read at its peer.
        stale: Whether it is older than it should be.
    """

    data: dict
    age: int
    stale: bool


@dataclass(frozen=True)
class Conversion:
    """A model of a peer's in the format that was asked for.

    Attributes:
        content: The bytes.
        age: Seconds since the record was read at its peer.
        model: The entry that it is, with its links.
    """

    content: Content
    age: int
    model: dict


@dataclass(frozen=True)
class Accepted:
    """Something that is under way.

    Attributes:
        data: What is being done, as JSON.
        retry_after: Seconds after which to ask again.
        location: The run to watch; None where there is none.
    """

    data: dict
    retry_after: int
    location: str | None = None


@dataclass(frozen=True)
class Download:
    """A file of a peer's.

    Attributes:
        content: The bytes that are kept here; None where there are none.
        url: Where the file is at its peer.
        age: Seconds since the record was read at its peer.
    """

    content: Content | None
    url: str
    age: int


@dataclass(frozen=True)
class Opened:
    """What a link to a peer's record leads to.

    Attributes:
        state: ``found``, ``several``, ``waiting``, ``unknown``, ``login``, ``failed``, or the
            state of the record: ``skipped``, ``doubtful``, ``dead``, ``deleted``.
        status: The HTTP status of a page that says so.
        models: The entries.
        record: The record as it is known here.
        problem: Why it cannot be opened.
    """

    state: str
    status: int
    models: list = field(default_factory=list)
    record: dict | None = None
    problem: dict | None = None
