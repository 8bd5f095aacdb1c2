# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of CERN Open Data."""

from __future__ import annotations

from typing import BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import PeerError, UnexpectedContentError
from ..types import ModelFile, PeerRecord
from .mapper import PEER, record_from_json


class OpenData:
    """Records by number.

    Args:
        http: The connection.
    """

    peer = PEER

    def __init__(self, http: PeerHTTP) -> None:
        self.http = http

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def record(self, source_id: str) -> PeerRecord:
        """Fetch one record."""
        if not source_id.isdigit():
            raise ValueError("records are named by a number")
        answer = self.http.get_json(f"/api/records/{source_id}")
        if not isinstance(answer, dict):
            raise UnexpectedContentError("The answer is no object.", url=source_id)
        return record_from_json(answer, self.http.settings.base_url.rstrip("/"))

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Refuse: files are only described."""
        raise PeerError("CERN Open Data's files are not copied.", url=file.url)
