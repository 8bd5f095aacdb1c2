# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Defaults."""

DEMOS_HARVEST_CONTACT = "https://github.com/demos-portal"
"""Where an operator of a peer can reach the operator of this portal; an address or a mailbox."""

DEMOS_HARVEST_PEERS = {}
"""What differs here from the peers' own descriptions: ``{name: {field: value}}``.

``{"zenodo": {"harvested": False}}`` leaves Zenodo out, ``{"github": {"open_import": True}}`` lets
everybody have files of GitHub fetched. ``DEMOS_PEER_<NAME>_URL`` in the configuration or the
environment puts another address in a peer's place; that host is then trusted, private or not.
``DEMOS_PEER_<NAME>_RATE`` replaces its budgets (a peer on the loopback interface has none),
``DEMOS_PEER_<NAME>_TOKEN`` is sent to it, and its options have names of the same form.
"""

DEMOS_HARVEST_OAIPMH_SOURCES = {}
"""More archives to harvest by OAI-PMH.

``{name: {"url", "set", "prefix", "rate", "title"}}``; only the address is needed.

Every record of the set is described here as a model of another kind.
"""

DEMOS_HARVEST_SCHEDULE = True
"""Whether the set-up creates a scheduled job for every harvested peer."""

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

DEMOS_HARVEST_COMMUNITY = {
    "slug": "hepdata-likelihoods",
    "title": "HEPData likelihoods",
    "description": "Published likelihoods, imported from the archives that hold them.",
}
"""The community of imported records; made on first use."""
