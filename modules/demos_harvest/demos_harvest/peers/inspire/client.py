# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of INSPIRE."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ...http import PeerHTTP
from ..contract import Contract

CONTRACT = Contract.of(__package__)
"""What the answers must look like."""

FIELDS = (
    "control_number,titles,abstracts,collaborations,accelerator_experiments,keywords,"
    "arxiv_eprints,dois,external_system_identifiers"
)
DAY = 86400.0


class Inspire:
    """Literature by INSPIRE number, DOI or arXiv identifier.

    Args:
        http: The connection.
    """

    peer = "inspire"

    def __init__(self, http: PeerHTTP) -> None:
        self.http = http

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def literature(self, scheme: str, value: str) -> dict[str, Any]:
        """Return one literature record; a day-old answer will do.

        Args:
            scheme: ``inspire``, ``doi`` or ``arxiv``.
            value: The identifier.
        """
        kind = {"inspire": "literature", "doi": "doi", "arxiv": "arxiv"}[scheme]
        path = f"/{kind}/{quote(value, safe='/')}"
        answer = self.http.get_json(path, {"fields": FIELDS}, max_age=DAY)
        CONTRACT.check("literature", answer, self.http.url(path))
        found: dict[str, Any] = answer
        return found
