# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Defaults. The peers' addresses also come from the environment; see ``peer_url``."""

import os

DEMOS_HARVEST_CONTACT = "https://github.com/demos-portal"
"""Where an operator of a peer can reach the operator of this portal; an address or a mailbox."""

DEMOS_HARVEST_PEERS = {
    "hepdata": {
        "url": "https://www.hepdata.net",
        "rates": {"default": ("60/minute",)},
        "title": "HEPData",
    },
    "datacite": {
        "url": "https://api.datacite.org",
        "rates": {"default": ("500/5 minute",)},
        "title": "DataCite",
    },
    "zenodo": {
        "url": "https://zenodo.org",
        "rates": {
            "default": ("133/minute", "8000/hour"),
            "search": ("30/minute",),
            "oai": ("30/minute",),
        },
        "title": "Zenodo",
    },
    "cern": {
        "url": "https://repository.cern",
        "rates": {"default": ("60/minute",), "search": ("30/minute",), "oai": ("30/minute",)},
        "title": "CERN repository",
    },
    "inspire": {
        "url": "https://inspirehep.net/api",
        "rates": {"default": ("15/5 second",)},
        "title": "INSPIRE",
    },
    "arxiv": {
        "url": "https://export.arxiv.org",
        "rates": {"default": ("1/3 second",)},
        "title": "arXiv",
    },
    "github": {
        "url": "https://api.github.com",
        "rates": {"default": ("60/hour",)},
        "title": "GitHub",
    },
    "gitlab": {
        "url": "https://gitlab.com",
        "rates": {"default": ("300/minute",)},
        "title": "GitLab",
    },
    "rodare": {
        "url": "https://rodare.hzdr.de",
        "rates": {"default": ("60/minute",)},
        "title": "RODARE",
    },
    "opendata": {
        "url": "https://opendata.cern.ch",
        "rates": {"default": ("60/minute",)},
        "title": "CERN Open Data",
    },
}
"""The peers: address, budgets by kind of request, name for people.

``DEMOS_PEER_<NAME>_URL`` in the configuration or the environment puts another address in place
of one of these; that host is then trusted, private or not. ``DEMOS_PEER_<NAME>_RATE`` replaces
the budgets; a peer on the loopback interface has none.
"""

DEMOS_HARVEST_OAIPMH_SOURCES = {}
"""More archives to harvest by OAI-PMH: ``{name: {"url", "set", "prefix", "rate", "title"}}``.

Every record of the set is described here as a model of another kind.
"""

DEMOS_HARVEST_ZENODO_SETS = []
"""OAI sets harvested at Zenodo (``user-<community>``); the whole archive if there are none."""

DEMOS_HARVEST_ZENODO_QUERIES = [
    "pyhf",
    "HistFactory",
    '"statistical model" AND likelihood AND LHC',
    '"HS3" AND likelihood',
]
"""Searches that stand in for the whole archive where it is too large to be listed."""

DEMOS_HARVEST_CERN_SETS = ["community-cms-statistical-models"]
"""OAI sets harvested at the CERN repository: models for CMS Combine."""

DEMOS_HARVEST_MAX_FILE_SIZE = 256 * 1024 * 1024
"""Largest file, in bytes, that is fetched from a peer."""

DEMOS_HARVEST_BATCH = 50
"""Records that are written together; a process that is killed loses at most these."""

DEMOS_HARVEST_MAX_ATTEMPTS = 8
"""Failed attempts after which an item waits for a person."""

DEMOS_HARVEST_ENRICH = True
"""Whether INSPIRE is asked for what a record does not say: experiment, energies, the paper."""

DEMOS_HARVEST_FRESH = 24 * 3600
"""Seconds for which a look-up answers from the mirror without a refresh behind."""

DEMOS_HARVEST_LOOKUP_TIMEOUT = 0.9
"""Seconds that a look-up of an unknown record may take at the peer."""

DEMOS_HARVEST_OPEN_IMPORTS = ("hepdata", "cern")
"""Archives of which everybody may have a record fetched; for the others one must be logged in."""

DEMOS_HARVEST_COMMUNITY = {
    "slug": "hepdata-likelihoods",
    "title": "HEPData likelihoods",
    "description": "Published likelihoods, imported from the archives that hold them.",
}
"""The community of imported records; made on first use."""


def peer_url(app, name):
    """Return a peer's address and whether somebody configured it explicitly."""
    key = f"DEMOS_PEER_{name.upper()}_URL"
    url = app.config.get(key) or os.environ.get(key)
    if url:
        return url.rstrip("/"), True
    return app.config["DEMOS_HARVEST_PEERS"][name]["url"], False


def peer_option(app, name, option):
    """Return ``DEMOS_PEER_<NAME>_<OPTION>`` from the configuration or the environment."""
    key = f"DEMOS_PEER_{name.upper()}_{option}"
    return app.config.get(key) or os.environ.get(key)
