# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""FAIR Signposting of both levels: typed links of landing pages, files and descriptions.

See https://signposting.org/FAIR/.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .exports import Export, table
from .resource import File, Resource

LINKSET = "application/linkset+json"

MOST_AUTHORS, MOST_ITEMS = 10, 10
"""Links of a kind in the header; the link set has all. Servers in front limit headers."""


@dataclass(frozen=True)
class TypedLink:
    """One link.

    Attributes:
        rel: Its relation.
        href: Where it leads.
        type: The media type of what is there.
        profile: The profile of what is there.
    """

    rel: str
    href: str
    type: str | None = None
    profile: str | None = None

    def header(self) -> str:
        """Return the link as a part of the header ``Link``.

        >>> TypedLink("item", "https://x/f", "text/csv").header()
        '<https://x/f>; rel="item"; type="text/csv"'
        """
        href = quote(self.href, safe=":/?#[]@!$&'()*+,;=%~")
        parts = [f'<{href}>; rel="{self.rel}"']
        parts += [f'type="{self.type}"'] if self.type else []
        parts += [f'profile="{self.profile}"'] if self.profile else []
        return "; ".join(parts)

    def target(self) -> dict[str, str]:
        """Return the link as a target of a link set."""
        pairs = (("href", self.href), ("type", self.type), ("profile", self.profile))
        return {key: value for key, value in pairs if value}


def header(links: Iterable[TypedLink]) -> str:
    """Return the header ``Link`` of some links.

    Args:
        links: The links.
    """
    return ", ".join(one.header() for one in links)


def described_by(resource: Resource, exports: Iterable[Export]) -> list[TypedLink]:
    """Return the links to what describes an object.

    Args:
        resource: The object.
        exports: The exports that it has.
    """
    return [
        TypedLink("describedby", resource.address(one.name), one.plain_type, one.profile)
        for one in exports
    ]


def linkset_link(page: str) -> TypedLink:
    """Return the link to the link set of an object.

    Args:
        page: Address of its landing page.
    """
    return TypedLink("linkset", f"{page}/export/linkset", LINKSET)


def landing_page(resource: Resource, *, whole: bool = False) -> list[TypedLink]:
    """Return the links of a landing page.

    Args:
        resource: The object.
        whole: Whether all authors and items are wanted, as in a link set.
    """
    exports = [one for one in table().values() if one.is_metadata]
    authors = [one.url for one in resource.creators if one.url]
    items: Sequence[File] = resource.files
    if not whole:
        authors, items = authors[:MOST_AUTHORS], items[:MOST_ITEMS]
    links = [
        TypedLink("cite-as", resource.cited),
        TypedLink("type", "https://schema.org/AboutPage"),
        TypedLink("type", f"https://schema.org/{resource.schema_type}"),
        *(TypedLink("author", url) for url in authors),
        *([TypedLink("license", resource.licence_url)] if resource.licence_url else []),
        *(TypedLink("item", one.url, one.media_type) for one in items),
        *described_by(resource, exports),
    ]
    return links if whole else [*links, linkset_link(resource.page)]


def part_of(page: str, rel: str) -> list[TypedLink]:
    """Return the links of a file or of a description.

    Args:
        page: Address of the object's landing page.
        rel: ``collection`` for a file, ``describes`` for a description.
    """
    return [TypedLink(rel, page, "text/html"), linkset_link(page)]


def context(anchor: str, links: Iterable[TypedLink]) -> dict[str, Any]:
    """Return the links of one place as a link context object (RFC 9264).

    Args:
        anchor: The address of the place.
        links: Its links.
    """
    found: dict[str, Any] = {"anchor": anchor}
    for one in links:
        found.setdefault(one.rel, []).append(one.target())
    return found


def linkset(resource: Resource) -> dict[str, Any]:
    """Return the link set of an object, complete whatever it holds.

    Args:
        resource: The object.

    >>> one = Resource("1", "https://x/1", "https://x/api/1", "T")
    >>> linkset(one)["linkset"][0]["anchor"], len(linkset(one)["linkset"]) > 10
    ('https://x/1', True)
    """
    links = landing_page(resource, whole=True)
    back = {"item": "collection", "describedby": "describes"}
    return {
        "linkset": [
            context(resource.page, links),
            *(
                context(one.href, [TypedLink(back[one.rel], resource.page, "text/html")])
                for one in links
                if one.rel in back
            ),
            context(resource.api, [TypedLink("describes", resource.page, "text/html")]),
        ]
    }
