# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of peers: ours by folder, other packages' by entry point."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from .peer import Peer, PeerDescriptionError

GROUP = "demos.peers"
"""Entry points of other packages' peers; each names a ``Peer``."""


def own() -> Iterator[Peer]:
    """Yield the peers that have a folder here."""
    package = import_module(__package__ or "demos_harvest.peers")
    for module in pkgutil.iter_modules(package.__path__):
        if module.ispkg:
            found = getattr(import_module(f"{package.__name__}.{module.name}"), "PEER", None)
            if isinstance(found, Peer):
                yield found


def others() -> Iterator[Peer]:
    """Yield the peers that installed packages name.

    Raises:
        PeerDescriptionError: If an entry point names something else.
    """
    for entry_point in entry_points(group=GROUP):
        found = entry_point.load()
        if not isinstance(found, Peer):
            raise PeerDescriptionError(f"{entry_point.value} in {GROUP} is no Peer.")
        yield found


def table(peers: Iterable[Peer]) -> dict[str, Peer]:
    """Return peers by name.

    Args:
        peers: In the order in which they are listed.

    Raises:
        PeerDescriptionError: If two peers have the same name or site, or one describes the
            records of an unknown peer.

    Examples:
        >>> one = Peer("one", "One", "https://one.org", print, "Nothing.", sites=("one.org",))
        >>> list(table([one]))
        ['one']
        >>> table([one, one])
        Traceback (most recent call last):
        demos_harvest.peers.peer.PeerDescriptionError: Two peers are named 'one'.
    """
    found: dict[str, Peer] = {}
    sites: dict[str, str] = {}
    for peer in peers:
        if peer.name in found:
            raise PeerDescriptionError(f"Two peers are named {peer.name!r}.")
        found[peer.name] = peer
        for site in peer.sites:
            if (other := sites.setdefault(site, peer.name)) != peer.name:
                raise PeerDescriptionError(
                    f"The peers {other!r} and {peer.name!r} both claim links to {site}."
                )
    for peer in found.values():
        if peer.describes and peer.describes not in found:
            raise PeerDescriptionError(
                f"The peer {peer.name!r} describes {peer.describes!r}, which is no peer."
            )
    return found


@cache
def installed() -> Mapping[str, Peer]:
    """Return all peers of this installation by name, in the order of their names."""
    return table(sorted([*own(), *others()], key=lambda peer: peer.name))
