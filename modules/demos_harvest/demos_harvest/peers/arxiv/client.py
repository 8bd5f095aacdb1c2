# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of arXiv."""

from __future__ import annotations

from typing import Any

from ...http import PeerHTTP
from ...http.errors import NotFoundError
from .mapper import enrichment


class ArXiv:
    """Papers by arXiv identifier.

    Args:
        http: The connection.
    """

    peer = "arxiv"

    def __init__(self, http: PeerHTTP) -> None:
        self.http = http

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def paper(self, identifier: str) -> dict[str, Any]:
        """Return one paper's metadata.

        Raises:
            NotFoundError: If arXiv knows no such paper.
        """
        params = {"id_list": identifier, "max_results": 1}
        found = enrichment(self.http.get_xml("/api/query", params))
        if found is None:
            raise NotFoundError("arXiv knows no such paper.", url=self.http.url("/api/query"))
        return found
