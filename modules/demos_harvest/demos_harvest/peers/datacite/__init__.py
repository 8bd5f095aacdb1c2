# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DataCite: who has registered what; HEPData's models without asking HEPData."""

from ..peer import Peer
from .client import CONTRACT, DataCite
from .mapper import record_from_json

__all__ = ("PEER", "DataCite", "record_from_json")

PEER = Peer(
    name="datacite",
    title="DataCite",
    url="https://api.datacite.org",
    build=lambda setup: DataCite(setup.http),
    purpose="Describes HEPData's likelihoods that cannot be fetched from HEPData.",
    protocol="REST, by `types.resourceType` under HEPData's prefix",
    rates={"default": ("500/5 minute",)},
    harvested=True,
    every=24 * 7,
    describes="hepdata",
    contract=CONTRACT,
)
