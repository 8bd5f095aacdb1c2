# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How a peer describes itself.

One folder of ``peers`` (or one module of another package, named in the entry point group
``demos.peers``) holds a ``PEER``. Every list of peers is made from these: the command line, the
REST API and its description, pages, jobs, settings and the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from string import Formatter
from typing import Any, Protocol

from ..http import PeerHTTP
from .contract import Contract

_NAME = re.compile(r"[a-z][a-z0-9]{1,31}")


class PeerDescriptionError(ValueError):
    """A peer's description contradicts itself or another peer's."""


class Setup(Protocol):
    """What a peer's client is built from.

    Attributes:
        name: The peer.
        http: The connection to it.
    """

    name: str
    http: PeerHTTP

    def option(self, name: str) -> tuple[str, ...]:
        """Return an option of the peer as this instance is configured."""

    def client(self, peer: str) -> Any:
        """Return the client of another peer."""

    def connection(self, peer: str) -> PeerHTTP:
        """Return a connection to another peer."""


@dataclass(frozen=True)
class Link:
    r"""A way in which people write down a record or a file of a peer.

    Attributes:
        pattern: Matches the whole path of an address, or a whole DOI in lower case. A group
            ``file`` is the file that is meant.
        record: The peer's identifier of the record, with the pattern's groups in braces; None
            where only the peer knows to which record the file belongs.

    Examples:
        >>> link = Link(r"/records/(?P<id>\d+)(?:/files/(?P<file>[^/]+))?")
        >>> link.match("/records/42/files/a.json"), link.match("/about")
        (('42', 'a.json'), None)
    """

    pattern: str
    record: str | None = "{id}"

    def match(self, text: str) -> tuple[str | None, str | None] | None:
        """Return the record and the file that a text names; None if it names none."""
        found = re.fullmatch(self.pattern, text)
        if found is None:
            return None
        groups = found.groupdict()
        return self.record.format(**groups) if self.record else None, groups.get("file")


@dataclass(frozen=True)
class Peer:
    """An archive, or another service that knows of models.

    Attributes:
        name: Its short name: lower case letters and digits; also its host in the registry.
        title: Its name for people.
        url: Where it is; ``DEMOS_PEER_<NAME>_URL`` puts another address in its place.
        build: Makes its client.
        purpose: What is taken from it, in a sentence.
        protocol: How it is asked, in a few words.
        rates: Budgets by kind of request; "default" is used where a kind has none.
        harvested: Whether it is harvested as a whole; it then has a job.
        every: Hours between two harvests that the schedule starts.
        importable: Whether single records are fetched, by identifier or link.
        open_import: Whether everybody may have one fetched; else one must be logged in.
        looked_up: Whether ``/api/<name>/<record>`` answers.
        describes: The peer that holds what this one describes; "" if it holds its own.
        publisher: Who publishes its records, for records made of them here; the title if "".
        sites: Host names of addresses that lead to it.
        links: How the paths of such addresses are read.
        dois: How its DOIs are read.
        file_dois: Matches those of its DOIs that name a single file of a record.
        inspire: Its identifier of the record of a paper, with INSPIRE's number in braces; "" if
            it has none.
        options: Its options and their defaults; ``DEMOS_PEER_<NAME>_<OPTION>`` sets one.
        contract: What its answers must look like, where that is pinned.
        record_help: How its records are named, for people.
        example: A record that exists.
    """

    name: str
    title: str
    url: str
    build: Callable[[Setup], Any]
    purpose: str
    protocol: str = "REST"
    rates: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"default": ("60/minute",)}
    )
    harvested: bool = False
    every: int = 24
    importable: bool = False
    open_import: bool = False
    looked_up: bool = False
    describes: str = ""
    publisher: str = ""
    sites: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    dois: tuple[Link, ...] = ()
    file_dois: str = ""
    inspire: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contract: Contract | None = None
    record_help: str = "The peer's own identifier."
    example: str = ""

    def __post_init__(self) -> None:
        """Refuse a description that contradicts itself."""
        problem = ""
        if not _NAME.fullmatch(self.name):
            problem = "a name has 2 to 32 lower case letters and digits"
        elif "default" not in self.rates:
            problem = "the rates name no default"
        elif not 1 <= self.every <= 24 * 7:
            problem = "a harvest is due every 1 to 168 hours"
        else:
            for link in (*self.links, *self.dois):
                names = {n for _, n, _, _ in Formatter().parse(link.record or "") if n}
                if missing := names - set(re.compile(link.pattern).groupindex):
                    problem = f"the link {link.pattern!r} has no group {sorted(missing)[0]!r}"
        if problem:
            raise PeerDescriptionError(f"The peer {self.name!r}: {problem}.")

    @property
    def holder(self) -> str:
        """The peer that holds the records: itself, unless it describes another's."""
        return self.describes or self.name

    def configured(self, changes: Mapping[str, Any]) -> Peer:
        """Return the peer as an instance wants it.

        Args:
            changes: Fields of the description by name.

        Raises:
            PeerDescriptionError: If a field is unknown, or may not differ.
        """
        known = {f.name for f in fields(self)} - {"name", "build", "describes"}
        if unknown := sorted(set(changes) - known):
            raise PeerDescriptionError(
                f"The peer {self.name!r} has no setting {unknown[0]!r}; there are: "
                f"{', '.join(sorted(known))}."
            )
        return replace(self, **changes)
