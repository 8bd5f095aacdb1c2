# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Peers as this instance is configured to speak to them."""

import os
from dataclasses import dataclass
from functools import partial

from flask import current_app
from invenio_cache import current_cache

from . import __version__
from .errors import UnknownPeerError
from .http import AddressPolicy, AnswerCache, CircuitBreaker, PeerHTTP, PeerSettings, RateLimiter
from .http.guard import host_port
from .peers.oaipmh import described_by
from .peers.peer import PeerDescriptionError
from .peers.table import installed, table
from .proxies import current_harvest

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_BUDGET = {"default": ("1000000/second",)}


def configured_peers(app):
    """Return the peers of an application by name: installed ones and those of its settings.

    Raises:
        PeerDescriptionError: If a setting names an unknown peer or field, or two peers clash.
    """
    changes = app.config["DEMOS_HARVEST_PEERS"]
    found = dict(installed())
    if unknown := sorted(set(changes) - set(found)):
        raise PeerDescriptionError(f"DEMOS_HARVEST_PEERS: there is no peer {unknown[0]!r}.")
    sources = app.config["DEMOS_HARVEST_OAIPMH_SOURCES"].items()
    return table(
        [
            *(peer.configured(changes.get(name, {})) for name, peer in found.items()),
            *(described_by(name, **source) for name, source in sources),
        ]
    )


def peer_named(name):
    """Return the description of a peer.

    Raises:
        UnknownPeerError: If there is no such peer.
    """
    try:
        return current_harvest.peers[name]
    except KeyError as error:
        raise UnknownPeerError(f"There is no peer {name!r}.") from error


def harvested_peers():
    """Return the names of all peers that are harvested as a whole."""
    return [peer.name for peer in current_harvest.peers.values() if peer.harvested]


def option(name, key):
    """Return ``DEMOS_PEER_<NAME>_<KEY>`` from the configuration or the environment."""
    key = f"DEMOS_PEER_{name.upper()}_{key.upper()}"
    return current_app.config.get(key) or os.environ.get(key)


def address_of(peer):
    """Return a peer's address, and whether somebody configured another one than its own."""
    url = option(peer.name, "URL")
    return (url.rstrip("/"), True) if url else (peer.url, False)


def configured_sites():
    """Return the names of peers by host names (with and without port) that were configured."""
    sites = {}
    for name, peer in current_harvest.peers.items():
        url, explicit = address_of(peer)
        if explicit and peer.links:
            host, port = host_port(url)
            sites[f"{host}:{port}"] = sites[host] = name
    return sites


def user_agent():
    """Return how this portal introduces itself: name, version, address and contact."""
    site = current_app.config.get("SITE_UI_URL", "")
    contact = current_app.config["DEMOS_HARVEST_CONTACT"]
    return f"DEMOS-portal/{__version__} (+{site}; {contact})"


def settings_of(peer):
    """Return how a peer is spoken to, and which addresses it may lead to."""
    url, explicit = address_of(peer)
    # An address in the settings is a person's own choice, private or not.
    explicit = explicit or peer.name in current_app.config["DEMOS_HARVEST_OAIPMH_SOURCES"]
    rates = NO_BUDGET if explicit and host_port(url)[0] in LOOPBACK else peer.rates
    if rate := option(peer.name, "RATE"):
        rates = {"default": (rate,)}
    contact = current_app.config["DEMOS_HARVEST_CONTACT"]
    headers = {"From": contact} if "@" in contact else {}
    if token := option(peer.name, "TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    settings = PeerSettings(
        name=peer.name,
        base_url=url,
        rates=rates,
        max_file_bytes=current_app.config["DEMOS_HARVEST_MAX_FILE_SIZE"],
        headers=headers,
    )
    return settings, AddressPolicy.trusting(url) if explicit else AddressPolicy()


def breaker_of(name):
    """Return a peer's circuit breaker, whose state all processes share."""
    return CircuitBreaker(name, _store())


def _store():
    # The object behind the proxy: connections are also used by threads without a context.
    return current_cache._get_current_object()


def connect(name, patience=None):
    """Open a connection to a peer.

    Args:
        name: The peer.
        patience: How long the caller can wait; a harvest's patience by default.

    Raises:
        UnknownPeerError: If there is no such peer.
    """
    settings, policy = settings_of(peer_named(name))
    storage = current_app.config.get("RATELIMIT_STORAGE_URI") or "memory://"
    return PeerHTTP(
        settings,
        user_agent=user_agent(),
        policy=policy,
        limiter=RateLimiter(storage),
        breaker=breaker_of(name),
        cache=AnswerCache(_store()),
        patience=patience,
    )


@dataclass(frozen=True)
class PeerSetup:
    """What a peer's client is built from; see ``peers.peer.Setup``."""

    name: str
    http: PeerHTTP
    option: object
    client: object
    connection: object


def client_of(name, patience=None):
    """Return the client of a peer.

    Args:
        name: The peer.
        patience: How long the caller can wait; a harvest's patience by default.

    Raises:
        UnknownPeerError: If there is no such peer.
    """
    peer = peer_named(name)
    return peer.build(
        PeerSetup(
            name,
            connect(name, patience),
            option=partial(_option, peer),
            client=partial(client_of, patience=patience),
            connection=partial(connect, patience=patience),
        )
    )


def _option(peer, key):
    """Return an option of a peer, as a list whose parts commas separate in the environment."""
    value = option(peer.name, key)
    if value is None:
        return tuple(peer.options[key])
    return tuple(p.strip() for p in value.split(",")) if isinstance(value, str) else tuple(value)
