# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the protocol asks of a repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Format:
    """A metadata format.

    Args:
        prefix: The metadataPrefix.
        schema: Address of the XML Schema.
        namespace: The namespace of the payload's root element.
    """

    prefix: str
    schema: str
    namespace: str


@dataclass(frozen=True)
class SetInfo:
    """A set.

    Args:
        spec: The setSpec.
        name: For people.
        description: Plain text, or empty.
    """

    spec: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class Item:
    """An item in one format, as it is listed.

    Args:
        number: Breaks ties between equal datestamps; never reused.
        identifier: The OAI identifier.
        datestamp: When what harvesters see of it last changed, to the second.
        sets: Its setSpecs.
        deleted: Whether it is announced as deleted.
        metadata: The payload as XML without declaration; empty where deleted or not asked for.
        abouts: Containers ``about`` as XML.
    """

    number: int
    identifier: str
    datestamp: datetime
    sets: Sequence[str] = ()
    deleted: bool = False
    metadata: bytes = b""
    abouts: Sequence[bytes] = ()

    @property
    def key(self) -> tuple[int, int]:
        """The sort key of lists."""
        return int(self.datestamp.timestamp()), self.number


@dataclass(frozen=True)
class Selection:
    """What a list is asked for.

    Args:
        prefix: The metadata format.
        set_spec: The set, its subsets included, or None.
        first: First second, inclusive, or None.
        last: Last second, inclusive, or None.
    """

    prefix: str
    set_spec: str | None = None
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True)
class Identity:
    """What Identify says.

    Args:
        name: Of the repository.
        base_url: Where it is asked.
        emails: Addresses of its administrators.
        earliest: No datestamp is, or ever will be, earlier.
        descriptions: Containers ``description`` as XML.
    """

    name: str
    base_url: str
    emails: Sequence[str]
    earliest: datetime
    descriptions: Sequence[bytes] = ()


class Repository(Protocol):
    """A repository that announces deletions for ever (``persistent``)."""

    def identify(self) -> Identity:
        """Return what Identify says."""

    def formats(self, identifier: str | None = None) -> Sequence[Format] | None:
        """Return the formats of the repository or of an item; None for an unknown item."""

    def sets(self) -> Sequence[SetInfo]:
        """Return all sets, in the order in which they are listed."""

    def get(self, identifier: str, prefix: str) -> Item | None:
        """Return an item in a format; None where there is no such item or not in this format."""

    def count(self, selection: Selection) -> int:
        """Return the length of a list."""

    def page(
        self, selection: Selection, after: tuple[int, int] | None, size: int, *, metadata: bool
    ) -> Sequence[Item]:
        """Return the items of a list that follow a sort key.

        Args:
            selection: The list.
            after: Sort key of the last item that was delivered, or None for the first page.
            size: At most so many.
            metadata: Whether payloads are wanted.

        Returns:
            In the order of (datestamp, number).
        """
