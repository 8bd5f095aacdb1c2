# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CMS' public list of likelihoods: which models belong to which paper."""

from ..peer import Peer
from .client import CMS, CONTRACT
from .mapper import papers_from_json

__all__ = ("CMS", "PEER", "papers_from_json")

PEER = Peer(
    name="cms",
    title="CMS' list of public likelihoods",
    url="https://cms-public-likelihoods-list.web.cern.ch",
    build=lambda setup: CMS(setup.http, setup.client("cern")),
    purpose="Which models of the CERN repository belong to which paper.",
    protocol="one JSON file, as HEPData reads it; then the CERN repository",
    rates={"default": ("10/minute",)},
    harvested=True,
    describes="cern",
    contract=CONTRACT,
)
