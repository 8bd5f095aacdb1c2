# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""RODARE, and every other archive on the Invenio before InvenioRDM."""

from ..peer import Link, Peer
from .client import CONTRACT, Rodare
from .mapper import record_from_json

__all__ = ("PEER", "Rodare", "record_from_json")

PEER = Peer(
    name="rodare",
    title="RODARE",
    url="https://rodare.hzdr.de",
    build=lambda setup: Rodare(setup.http),
    purpose="Single records; models beyond particle physics are described.",
    importable=True,
    looked_up=True,
    sites=("rodare.hzdr.de",),
    links=(Link(r"/record/(?P<id>\d+)(?:/files/(?P<file>[^/]+))?"),),
    dois=(Link(r"10\.14278/rodare\.(?P<id>\d+)"),),
    record_help="The record's number.",
    example="42",
    contract=CONTRACT,
)
