# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""One metadata block from what several sources say of the same model.

The precedence is fixed: hosts that are authoritative for their models first, then
the lineage (a deposit with its versions, a HEPData record) that was registered
first, within a lineage its newest version. A field is taken from the first source
that has it; references and publication identifiers are taken key by key, keywords
are united. A later depositor of the same bytes therefore changes no field that the
first one filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FIELDS = (
    "title",
    "description",
    "creators",
    "collaborations",
    "experiment",
    "energies",
    "luminosity",
    "licence",
    "analysis_id",
    "publication_date",
    "declared_results",
)
"""Taken whole from the first source that has them."""

MAPPINGS = ("external_references", "publication", "container")
"""Taken key by key."""

UNIONS = ("keywords",)
"""Lists that are united."""


@dataclass(frozen=True)
class Contribution:
    """What one source says.

    Args:
        source: the name under which the provenance mentions the source.
        host: who hosts the source.
        lineage: the series of versions that the source belongs to.
        order: the number of the version within the lineage.
        since: when the source was registered.
        data: its metadata.
        shown: whether it is a source of the version that is shown; sources of older
            versions only fill what the others leave open.
        row: whatever the contribution was made from.
    """

    source: str
    host: str
    lineage: str
    order: int
    since: datetime
    data: Mapping[str, Any]
    shown: bool = True
    row: Any = None


def ordered(
    contributions: Iterable[Contribution], authoritative: Sequence[str] = ()
) -> list[Contribution]:
    """Sort contributions by precedence.

    Args:
        contributions: in any order.
        authoritative: hosts that go before all others.

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
    first: dict[tuple[str, str], datetime] = {}
    for item in items:
        lineage = (item.host, item.lineage)
        first[lineage] = min(item.since, first.get(lineage, item.since))
    return sorted(
        items,
        key=lambda c: (
            not c.shown,
            c.host not in authoritative,
            first[c.host, c.lineage],
            c.lineage,
            -c.order,
            c.source,
        ),
    )


def merge(
    contributions: Iterable[Contribution], authoritative: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """Merge contributions by precedence.

    Args:
        contributions: in any order.
        authoritative: hosts that go before all others.

    Returns:
        The metadata, and for every field (``publication.doi`` for a key of a mapping)
        the source that it comes from.

    >>> from datetime import datetime, timezone
    >>> day = lambda d: datetime(2026, 1, d, tzinfo=timezone.utc)
    >>> a = Contribution("a", "portal", "x", 1, day(1), {"title": "A", "keywords": ["k"]})
    >>> b = Contribution(
    ...     "b", "portal", "y", 1, day(2),
    ...     {"title": "B", "publication": {"doi": "10.1/b"}, "keywords": ["k", "l"]},
    ... )
    >>> metadata, provenance = merge([b, a])
    >>> metadata["title"], metadata["publication"], metadata["keywords"]
    ('A', {'doi': '10.1/b'}, ['k', 'l'])
    >>> provenance == {"title": "a", "publication.doi": "b", "keywords": "a"}
    True
    """
    metadata: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for item in ordered(contributions, authoritative):
        for name in FIELDS:
            if name not in metadata and item.data.get(name) not in (None, "", [], {}):
                metadata[name] = item.data[name]
                provenance[name] = item.source
        for name in MAPPINGS:
            for key, value in (item.data.get(name) or {}).items():
                target = metadata.setdefault(name, {})
                if value not in (None, "", [], {}) and key not in target:
                    target[key] = value
                    provenance[f"{name}.{key}"] = item.source
        for name in UNIONS:
            for value in item.data.get(name) or ():
                target = metadata.setdefault(name, [])
                if value not in target:
                    target.append(value)
                    provenance.setdefault(name, item.source)
    return metadata, provenance
