# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The CERN Open Data portal."""

from ..peer import Link, Peer
from .client import OpenData
from .mapper import record_from_json

__all__ = ("PEER", "OpenData", "record_from_json")

PEER = Peer(
    name="opendata",
    title="CERN Open Data",
    url="https://opendata.cern.ch",
    build=lambda setup: OpenData(setup.http),
    purpose="Single records, described.",
    importable=True,
    looked_up=True,
    sites=("opendata.cern.ch",),
    links=(Link(r"/record/(?P<id>\d+)"),),
    record_help="The record's number.",
    example="5",
)
