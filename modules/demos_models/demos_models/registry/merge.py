# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""One metadata block from what several sources say of the same model.

Not everybody may say something about an entry. It belongs to the people of its first
source; hosts that are authoritative for their models go before them, in the order of
the setting, with curators first. Everybody else adds a source and nothing more: a
deposit of the same bytes by somebody else changes no field, keyword, reference,
container or declared result.

``PRECEDENCE`` says for each field how the sources that count are merged. The docs show
the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .references import merge_references

FIRST = "first"
"""The whole field from the first source that has it."""

BY_KEY = "by key"
"""Each key from the first source that has it."""

UNITED = "united"
"""The values of all sources that count, those of the first source first."""

REFERENCES = "references"
"""Host by host and key by key; further ones of a host are listed under ``others``."""

PRECEDENCE = {
    "title": FIRST,
    "description": FIRST,
    "creators": FIRST,
    "contributors": FIRST,
    "collaborations": FIRST,
    "experiment": FIRST,
    "energies": FIRST,
    "luminosity": FIRST,
    "licence": FIRST,
    "analysis_id": FIRST,
    "publication_date": FIRST,
    "dates": FIRST,
    "funding": FIRST,
    "related": FIRST,
    "declared_results": FIRST,
    "publication": BY_KEY,
    "container": BY_KEY,
    "keywords": UNITED,
    "external_references": REFERENCES,
}
"""How each field of an entry is made of what its sources say."""

EMPTY = (None, "", [], {})


@dataclass(frozen=True)
class Contribution:
    """What one source says.

    Args:
        source: The name under which the provenance mentions the source.
        host: Who hosts the source.
        lineage: The series of versions that the source belongs to.
        order: The number of the version within the lineage.
        since: When the source was registered.
        data: Its metadata.
        keeper: Who keeps the source: the owner of a deposit, else the host.
        shown: Whether it is a source of the version that is shown; sources of other
            versions only fill what the others leave open.
        row: Whatever the contribution was made from.
    """

    source: str
    host: str
    lineage: str
    order: int
    since: datetime
    data: Mapping[str, Any]
    keeper: Any = None
    shown: bool = True
    row: Any = None


def entitled(
    contributions: Iterable[Contribution], authoritative: Sequence[str] = ()
) -> list[Contribution]:
    """Return the contributions of those who may say something about the entry.

    Args:
        contributions: All of an entry's, in any order.
        authoritative: Hosts that go before all others, the first of them first.

    Returns:
        Those of authoritative hosts, and those of the keeper of the first source.

    >>> from datetime import datetime, timezone
    >>> day = lambda d: datetime(2026, 1, d, tzinfo=timezone.utc)
    >>> a = Contribution("a", "portal", "x", 1, day(1), {}, keeper="A")
    >>> b = Contribution("b", "portal", "y", 1, day(2), {}, keeper="B")
    >>> later = Contribution("c", "portal", "z", 1, day(3), {}, keeper="A")
    >>> [x.source for x in entitled([b, later, a])]
    ['c', 'a']
    """
    items = list(contributions)
    if not items:
        return []
    first = min(items, key=lambda c: (c.since, c.source)).keeper
    return [c for c in items if c.keeper == first or c.host in authoritative]


def ordered(
    contributions: Iterable[Contribution], authoritative: Sequence[str] = ()
) -> list[Contribution]:
    """Sort contributions by precedence.

    Args:
        contributions: In any order.
        authoritative: Hosts that go before all others, the first of them first.

    Returns:
        The contributions, the one that decides first.

    >>> from datetime import datetime, timezone
    >>> day = lambda d: datetime(2026, 1, d, tzinfo=timezone.utc)
    >>> a = Contribution("a", "portal", "x", 1, day(2), {})
    >>> b = Contribution("b", "portal", "y", 1, day(1), {})
    >>> c = Contribution("c", "portal", "y", 2, day(3), {})
    >>> d = Contribution("d", "hepdata", "z", 1, day(4), {})
    >>> [x.source for x in ordered([a, b, c, d], authoritative=["hepdata"])]
    ['d', 'c', 'b', 'a']
    """
    items = list(contributions)
    ranks = {host: rank for rank, host in enumerate(authoritative)}
    first: dict[tuple[str, str], datetime] = {}
    for item in items:
        lineage = (item.host, item.lineage)
        first[lineage] = min(item.since, first.get(lineage, item.since))
    return sorted(
        items,
        key=lambda c: (
            not c.shown,
            ranks.get(c.host, len(ranks)),
            first[c.host, c.lineage],
            c.lineage,
            -c.order,
            c.source,
        ),
    )


def merge(
    contributions: Iterable[Contribution], authoritative: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """Merge the contributions that count, as ``PRECEDENCE`` says.

    Args:
        contributions: All of an entry's, in any order.
        authoritative: Hosts that go before all others, the first of them first.

    Returns:
        The metadata, and for every field (``publication.doi`` for a key of a mapping)
        the source that it comes from.

    >>> from datetime import datetime, timezone
    >>> day = lambda d: datetime(2026, 1, d, tzinfo=timezone.utc)
    >>> a = Contribution("a", "portal", "x", 1, day(1), {"title": "A", "keywords": ["k"]}, "me")
    >>> b = Contribution("b", "portal", "y", 1, day(2),
    ...     {"title": "B", "publication": {"doi": "10.1/b"}, "keywords": ["k", "l"]}, "me")
    >>> c = Contribution("c", "portal", "z", 1, day(3), {"experiment": "C"}, "somebody else")
    >>> metadata, provenance = merge([c, b, a])
    >>> metadata["title"], metadata["publication"], metadata["keywords"]
    ('A', {'doi': '10.1/b'}, ['k', 'l'])
    >>> provenance == {"title": "a", "publication.doi": "b", "keywords": "a"}
    True
    """
    metadata: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    items = ordered(entitled(contributions, authoritative), authoritative)
    for name, rule in PRECEDENCE.items():
        for item in items:
            value = item.data.get(name)
            if value in EMPTY:
                continue
            if rule == FIRST:
                metadata[name] = value
                provenance[name] = item.source
                break
            if rule == BY_KEY:
                target = metadata.setdefault(name, {})
                for key, part in value.items():
                    if part not in EMPTY and key not in target:
                        target[key] = part
                        provenance[f"{name}.{key}"] = item.source
            elif rule == UNITED:
                target = metadata.setdefault(name, [])
                target += [part for part in dict.fromkeys(value) if part not in target]
                provenance.setdefault(name, item.source)
            else:
                target = metadata.setdefault(name, {})
                for key in merge_references(target, value):
                    provenance.setdefault(f"{name}.{key}", item.source)
    return metadata, provenance
