# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""INSPIRE: what a paper is about."""

from ..peer import Peer
from .client import CONTRACT, Inspire
from .mapper import enrichment

__all__ = ("PEER", "Inspire", "enrichment")

PEER = Peer(
    name="inspire",
    title="INSPIRE",
    url="https://inspirehep.net/api",
    build=lambda setup: Inspire(setup.http),
    purpose="Adds what a record leaves open: experiment, energies, the paper's identifiers.",
    rates={"default": ("15/5 second",)},
    contract=CONTRACT,
)
