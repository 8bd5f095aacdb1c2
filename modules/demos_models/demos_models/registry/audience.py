# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Who may see which sources, and so which face of an entry.

The registry shows an entry as its audience may see it: merged from the sources whose
record they may read, with what is derived from bytes only where they may read files.
A *view* is such a face. In the search index an entry has one document per view: one
for everybody, one per set of restricted sources that some readers may read, and one
with everything for those who may see everything. ``preferred`` names the readers of the
views that go before, so that a query finds exactly one document of each entry for each
reader: the one with most sources. Who may read several sets that do not hold one
another, by a link to each of two copies for instance, searches the first of them; the
entry itself shows all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

ANYBODY = "any"
"""The token that everybody has."""


class HasAccess(Protocol):
    """A source, as far as access goes."""

    id: Any
    access_record: str
    access_files: str
    readers: Sequence[str]


@dataclass(frozen=True)
class Audience:
    """What a reader may see.

    Args:
        record: says of a source whether its metadata may be read.
        files: says of a source whether its bytes may be read.
    """

    record: Callable[[Any], bool]
    files: Callable[[Any], bool]


@dataclass(frozen=True)
class View:
    """One face of an entry for the search index.

    Args:
        key: None for everybody's view, else what makes its document id.
        audience: what is in it.
        tokens: who it is for.
        preferred: the readers who find another view of the same entry first.
        top: whether it is the one for those who may see everything.
    """

    key: str | None
    audience: Audience
    tokens: tuple[str, ...]
    preferred: tuple[str, ...]
    top: bool


def is_public(source: HasAccess) -> bool:
    """Say whether anybody may read a source's metadata."""
    return source.access_record == "public"


def is_open(source: HasAccess) -> bool:
    """Say whether anybody may read a source's bytes."""
    return source.access_record == "public" and source.access_files == "public"


EVERYBODY = Audience(record=is_public, files=is_open)
"""What anybody may see."""

EVERYTHING = Audience(record=lambda source: True, files=lambda source: True)
"""What the system and curators may see."""


def _readers_of(sources: frozenset[Any]) -> Audience:
    return Audience(
        record=lambda source: is_public(source) or source.id in sources,
        files=lambda source: is_open(source) or source.id in sources,
    )


def _groups(restricted: Iterable[HasAccess]) -> list[tuple[frozenset[Any], list[str]]]:
    """Group tokens by the sources that they open; the most sources first."""
    opened: dict[str, set[Any]] = {}
    for source in restricted:
        for token in source.readers:
            opened.setdefault(token, set()).add(source.id)
    groups: dict[frozenset[Any], list[str]] = {}
    for token in sorted(opened):
        groups.setdefault(frozenset(opened[token]), []).append(token)
    return sorted(groups.items(), key=lambda group: (-len(group[0]), group[1]))


def _most_groups(n_sources: int) -> int:
    """Give how many groups are told apart: all there can be for up to four sources."""
    return min(2**n_sources - 1, 4 * n_sources)


def views_of(sources: Iterable[HasAccess]) -> list[View]:
    """Say which views an entry with these sources has.

    Args:
        sources: the sources that are still there.

    Returns:
        The views in the order of preference; none for no sources.

    >>> from types import SimpleNamespace as S
    >>> public = S(id=1, access_record="public", access_files="public", readers=[])
    >>> secret = S(
    ...     id=2, access_record="restricted", access_files="restricted", readers=["user:1"]
    ... )
    >>> [(v.tokens, v.preferred, v.top) for v in views_of([public])]
    [(('any',), (), True)]
    >>> [(v.tokens, v.preferred, v.top) for v in views_of([public, secret])]
    [((), (), True), (('user:1',), (), False), (('any',), ('user:1',), False)]
    >>> copy = S(**{**vars(secret), "id": 3, "readers": ["user:2", "community:c"]})
    >>> secret.readers.append("community:c")
    >>> [v.tokens for v in views_of([secret, copy])]
    [(), ('community:c',), ('user:1',), ('user:2',)]
    """
    sources = list(sources)
    restricted = [s for s in sources if not is_open(s)]
    public = any(is_public(s) for s in sources)
    if not restricted:
        return [View(None, EVERYBODY, (ANYBODY,), (), top=True)] if public else []
    views = [View("all", EVERYTHING, (), (), top=True)]
    preferred: list[str] = []
    for number, (opened, tokens) in enumerate(_groups(restricted)[: _most_groups(len(sources))]):
        audience = _readers_of(opened)
        before = tuple(sorted(preferred))
        views.append(View(f"group-{number}", audience, tuple(tokens), before, top=False))
        preferred += tokens
    if public:
        views.append(View(None, EVERYBODY, (ANYBODY,), tuple(sorted(preferred)), top=False))
    return views


def view_id(model_id: uuid.UUID | str, key: str | None) -> str:
    """Give the id of a view's document in the index.

    Args:
        model_id: the entry.
        key: the view's key.

    Returns:
        The entry's own id for everybody's view, else an id derived from both.

    >>> view_id("2f1a6c1e-55cc-4b62-9a50-6d1f3d5a0a8c", None)
    '2f1a6c1e-55cc-4b62-9a50-6d1f3d5a0a8c'
    """
    model_id = uuid.UUID(str(model_id))
    return str(model_id) if key is None else str(uuid.uuid5(model_id, key))


def possible_view_ids(model_id: uuid.UUID | str, source_ids: Iterable[Any]) -> set[str]:
    """Give the ids of all documents that an entry may ever have had in the index.

    Args:
        model_id: the entry.
        source_ids: the ids of all its sources, also of those that are gone.
    """
    groups = range(_most_groups(len(list(source_ids))))
    keys = [None, "all", *(f"group-{number}" for number in groups)]
    return {view_id(model_id, key) for key in keys}
