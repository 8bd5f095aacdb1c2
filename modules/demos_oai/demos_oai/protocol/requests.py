# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Requests of the protocol: from pairs of text to something typed, or errors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from . import dates
from .errors import Fault, ProtocolErrors, refuse

ILLEGAL_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""

SET_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")
PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
LONGEST: Final = 2048
"""Characters of one argument; a longer one is an error before anything looks at it."""


@dataclass(frozen=True)
class Verb:
    """What a verb takes.

    Args:
        required: Arguments that must be there.
        optional: Arguments that may be there.
        resumable: Whether a resumptionToken may stand instead of all the others.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    resumable: bool = False

    @property
    def arguments(self) -> frozenset[str]:
        """All arguments of the verb."""
        token = {"resumptionToken"} if self.resumable else set()
        return self.required | self.optional | token


_LIST = Verb(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), resumable=True)

VERBS: Final[Mapping[str, Verb]] = {
    "GetRecord": Verb(frozenset({"identifier", "metadataPrefix"})),
    "Identify": Verb(),
    "ListIdentifiers": _LIST,
    "ListMetadataFormats": Verb(optional=frozenset({"identifier"})),
    "ListRecords": _LIST,
    "ListSets": Verb(resumable=True),
}
"""The six verbs."""


@dataclass(frozen=True)
class Request:
    """A request that is right in form.

    Args:
        verb: One of `VERBS`.
        arguments: As they were sent, the verb among them.
        first: First second of the range, or None.
        last: Last second of the range, or None.
    """

    verb: str
    arguments: Mapping[str, str]
    first: datetime | None = None
    last: datetime | None = None

    def get(self, name: str) -> str | None:
        """Return an argument."""
        return self.arguments.get(name)

    def __getitem__(self, name: str) -> str:
        return self.arguments[name]


def parse(pairs: Sequence[tuple[str, str]]) -> Request:
    """Return the request that pairs of names and values make.

    Args:
        pairs: Decoded, in the order of the query string or form.

    Raises:
        ProtocolErrors: With badVerb or badArgument; every wrong argument is named.

    >>> parse([("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]).verb
    'ListRecords'
    >>> parse([("verb", "ListRecords"), ("metadataPrefix", "a"), ("metadataPrefix", "a")])
    Traceback (most recent call last):
    ...
    demos_oai.protocol.errors.ProtocolErrors: badArgument: metadataPrefix is repeated.
    """
    verb = _verb(pairs)
    taken = VERBS[verb]
    counts = Counter(name for name, _ in pairs)
    faults = [f"{_shown(name)} is repeated." for name, count in counts.items() if count > 1]
    faults += [
        f"{verb} takes no argument {_shown(name)}."
        for name in counts
        if name not in taken.arguments | {"verb"}
    ]
    arguments = dict(pairs)
    faults += [
        f"{name} is too long or holds characters that XML cannot hold."
        for name, value in arguments.items()
        if name in taken.arguments and (len(value) > LONGEST or ILLEGAL_IN_XML.search(value))
    ]
    if "resumptionToken" in arguments and taken.resumable:
        faults += [
            f"resumptionToken excludes {name}."
            for name in sorted(taken.arguments - {"resumptionToken"})
            if name in arguments
        ]
    else:
        faults += [
            f"{verb} needs {name}." for name in sorted(taken.required) if name not in arguments
        ]
    if faults:
        raise ProtocolErrors([Fault("badArgument", text) for text in faults])
    first, last = dates.parse_range(arguments.get("from"), arguments.get("until"))
    if (spec := arguments.get("set")) is not None and not SET_SPEC.fullmatch(spec):
        raise refuse("badArgument", "set is no setSpec.")
    return Request(verb, arguments, first, last)


def _verb(pairs: Sequence[tuple[str, str]]) -> str:
    verbs = [value for name, value in pairs if name == "verb"]
    if not verbs:
        raise refuse("badVerb", "The verb is missing.")
    if len(verbs) > 1:
        raise refuse("badVerb", "The verb is repeated.")
    if verbs[0] not in VERBS:
        raise refuse("badVerb", f"The verb must be one of {', '.join(VERBS)}.")
    return verbs[0]


def _shown(name: str) -> str:
    """Return an argument's name as it can stand in a message."""
    return ILLEGAL_IN_XML.sub("�", name[:60]) or "without a name"
