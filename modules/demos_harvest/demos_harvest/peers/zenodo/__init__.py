# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Zenodo."""

from ..inveniordm import InvenioRDM
from ..inveniordm.client import CONTRACT
from ..peer import Link, Peer

__all__ = ("PEER",)

PEER = Peer(
    name="zenodo",
    title="Zenodo",
    url="https://zenodo.org",
    build=lambda setup: InvenioRDM(
        setup.http, setup.name, sets=setup.option("sets"), queries=setup.option("queries")
    ),
    purpose="Every file that holds a HistFactory or HS3 model.",
    protocol="OAI-PMH by set, or searches; then REST for each new or changed record",
    rates={
        "default": ("133/minute", "8000/hour"),
        "search": ("30/minute",),
        "oai": ("30/minute",),
    },
    harvested=True,
    importable=True,
    looked_up=True,
    sites=("zenodo.org", "www.zenodo.org", "sandbox.zenodo.org"),
    links=(Link(r"/(?:api/)?records?/(?P<id>\d+)(?:/files/(?P<file>[^/]+)(?:/content)?)?"),),
    dois=(Link(r"10\.(?:5281|5072)/zenodo\.(?P<id>\d+)"),),
    options={
        "sets": (),
        "queries": (
            "pyhf",
            "HistFactory",
            '"statistical model" AND likelihood AND LHC',
            '"HS3" AND likelihood',
        ),
    },
    record_help="The record, or the record of all its versions.",
    example="4924875",
    contract=CONTRACT,
)
"""The option ``sets`` names OAI sets (``user-<community>``); without any, ``queries`` stand in,
since the whole archive is too long to list."""
