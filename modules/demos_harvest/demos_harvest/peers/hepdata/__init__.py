# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HEPData: REST only."""

from ..peer import Link, Peer
from .client import CONTRACT, HEPData
from .mapper import record_from_json

__all__ = ("PEER", "HEPData", "record_from_json")

PEER = Peer(
    name="hepdata",
    title="HEPData",
    url="https://www.hepdata.net",
    build=lambda setup: HEPData(
        setup.http,
        setup.client("datacite"),
        may_search=setup.option("search") == ("allowed",),
    ),
    purpose="HistFactory and HS3 likelihoods of records and tables; Combine models are described.",
    protocol="DataCite's list or identifiers since a day; then record, resources, files by REST",
    rates={"default": ("60/minute",)},
    harvested=True,
    importable=True,
    open_import=True,
    looked_up=True,
    sites=("www.hepdata.net", "hepdata.net"),
    links=(
        Link(r"/record/resource/(?P<file>\d+)", record=None),
        Link(r"/record/(?P<id>(?:ins)?\d+)"),
    ),
    dois=(Link(r"10\.17182/hepdata\.(?P<id>\d+)(?:\.v\d+)?(?:/\w+)?"),),
    file_dois=r"10\.17182/hepdata\.\d+\.v\d+/r\d+",
    inspire="ins{number}",
    options={"search": ()},
    record_help="INSPIRE identifier with `ins`, or HEPData's own number.",
    example="ins1748602",
    contract=CONTRACT,
)
"""The option ``search`` is ``allowed`` where HEPData permits this portal what its robots.txt
closes to others."""
