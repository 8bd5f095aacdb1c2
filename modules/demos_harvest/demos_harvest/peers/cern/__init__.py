# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The CERN repository: models for CMS Combine."""

from ..cms.client import CMS
from ..inveniordm import InvenioRDM
from ..inveniordm.client import CONTRACT
from ..peer import Link, Peer, Setup

__all__ = ("PEER",)


def _papers(setup: Setup) -> dict[str, str]:
    """Return what CMS' own list says of the repository's models."""
    with setup.connection("cms") as http:
        return CMS(http).papers()


PEER = Peer(
    name="cern",
    title="CERN repository",
    url="https://repository.cern",
    build=lambda setup: InvenioRDM(
        setup.http,
        setup.name,
        sets=setup.option("sets"),
        kind="combine",
        papers=lambda: _papers(setup),
    ),
    purpose="Models for CMS Combine, described.",
    protocol="OAI-PMH by set, then REST for each new or changed record",
    rates={"default": ("60/minute",), "search": ("30/minute",), "oai": ("30/minute",)},
    harvested=True,
    importable=True,
    open_import=True,
    looked_up=True,
    publisher="CERN",
    sites=("repository.cern",),
    links=(Link(r"/records/(?P<id>[a-z0-9]{5}-[a-z0-9]{5})(?:/files/(?P<file>[^/]+))?"),),
    dois=(Link(r"10\.17181/(?P<id>[a-z0-9]{5}-[a-z0-9]{5})"),),
    options={"sets": ("community-cms-statistical-models",)},
    example="c2948-e8875",
    contract=CONTRACT,
)
