# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Peers as this instance is configured to speak to them."""

from flask import current_app
from invenio_cache import current_cache

from . import __version__
from .config import peer_option, peer_url
from .http import AddressPolicy, AnswerCache, CircuitBreaker, PeerHTTP, PeerSettings, RateLimiter
from .http.guard import host_port
from .peers.arxiv import ArXiv
from .peers.datacite import DataCite
from .peers.github import GitHub
from .peers.gitlab import GitLab
from .peers.hepdata import HEPData
from .peers.inspire import Inspire
from .peers.oaipmh import OAIPMH
from .peers.opendata import OpenData
from .peers.rodare import Rodare
from .peers.zenodo import InvenioRDM

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_BUDGET = {"default": ("1000000/second",)}

HARVESTED = ("hepdata", "datacite", "zenodo", "cern")
"""Peers that are harvested as a whole; archives of ``DEMOS_HARVEST_OAIPMH_SOURCES`` come on top."""

IMPORTABLE = ("hepdata", "zenodo", "cern", "rodare", "opendata", "github", "gitlab")
"""Peers of which one record can be imported."""


class UnknownPeerError(LookupError):
    """There is no such peer."""


def user_agent():
    """Return how this portal introduces itself."""
    site = current_app.config.get("SITE_UI_URL", "")
    contact = current_app.config["DEMOS_HARVEST_CONTACT"]
    return f"DEMOS-portal/{__version__} (+{site}; {contact})"


def settings_of(name):
    """Return a peer's settings and its address policy."""
    sources = current_app.config["DEMOS_HARVEST_OAIPMH_SOURCES"]
    if name in sources:
        url, explicit = sources[name]["url"], True
        rates = {"default": (sources[name].get("rate", "30/minute"),)}
    elif name in current_app.config["DEMOS_HARVEST_PEERS"]:
        url, explicit = peer_url(current_app, name)
        rates = current_app.config["DEMOS_HARVEST_PEERS"][name]["rates"]
    else:
        raise UnknownPeerError(f"There is no peer {name!r}.")
    if explicit and host_port(url)[0] in LOOPBACK:
        rates = NO_BUDGET
    if rate := peer_option(current_app, name, "RATE"):
        rates = {"default": (rate,)}
    token = peer_option(current_app, name, "TOKEN")
    settings = PeerSettings(
        name=name,
        base_url=url,
        rates=rates,
        max_file_bytes=current_app.config["DEMOS_HARVEST_MAX_FILE_SIZE"],
        headers={"Authorization": f"Bearer {token}"} if token else {},
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
    settings, policy = settings_of(name)
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


def peer(name, patience=None):
    """Return the client of a peer.

    Raises:
        UnknownPeerError: If there is no such peer.
    """
    http = connect(name, patience)
    sources = current_app.config["DEMOS_HARVEST_OAIPMH_SOURCES"]
    if name in sources:
        source = sources[name]
        return OAIPMH(http, name, source.get("set"), source.get("prefix", "oai_dc"))
    if name == "hepdata":
        return HEPData(http, DataCite(connect("datacite", patience)))
    if name == "zenodo":
        sets = peer_option(current_app, name, "SETS")
        return InvenioRDM(
            http,
            name,
            sets=sets.split(",") if sets else current_app.config["DEMOS_HARVEST_ZENODO_SETS"],
            queries=current_app.config["DEMOS_HARVEST_ZENODO_QUERIES"],
        )
    if name == "cern":
        sets = current_app.config["DEMOS_HARVEST_CERN_SETS"]
        return InvenioRDM(http, name, sets=sets, kind="combine")
    plain = {
        "datacite": DataCite,
        "inspire": Inspire,
        "arxiv": ArXiv,
        "github": GitHub,
        "gitlab": GitLab,
        "rodare": Rodare,
        "opendata": OpenData,
    }
    return plain[name](http)


def harvested_peers():
    """Return the names of all peers that are harvested as a whole."""
    return [*HARVESTED, *current_app.config["DEMOS_HARVEST_OAIPMH_SOURCES"]]


def title_of(name):
    """Return a peer's name for people."""
    sources = current_app.config["DEMOS_HARVEST_OAIPMH_SOURCES"]
    known = current_app.config["DEMOS_HARVEST_PEERS"].get(name) or sources.get(name) or {}
    return known.get("title", name)
