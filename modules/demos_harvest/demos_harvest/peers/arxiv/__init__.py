# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""arXiv: a paper's title, authors and DOI."""

from ..peer import Peer
from .client import ArXiv
from .mapper import enrichment

__all__ = ("PEER", "ArXiv", "enrichment")

PEER = Peer(
    name="arxiv",
    title="arXiv",
    url="https://export.arxiv.org",
    build=lambda setup: ArXiv(setup.http),
    purpose="Answers for preprints that INSPIRE does not have yet.",
    protocol="Atom feed",
    rates={"default": ("1/3 second",)},
)
