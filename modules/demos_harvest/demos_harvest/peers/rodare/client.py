# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of RODARE."""

from __future__ import annotations

from typing import BinaryIO

from ...http import Download, PeerHTTP
from ..contract import Contract
from ..types import ModelFile, PeerRecord
from .mapper import record_from_json

CONTRACT = Contract.of(__package__)
"""What the answers must look like."""


class Rodare:
    """An archive on the older Invenio, by record number.

    Args:
        http: The connection.
        peer: The archive's name as a peer.
    """

    def __init__(self, http: PeerHTTP, peer: str = "rodare") -> None:
        self.http = http
        self.peer = peer

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def record(self, source_id: str) -> PeerRecord:
        """Fetch one record."""
        if not source_id.isdigit():
            raise ValueError("records are named by a number")
        path = f"/api/records/{source_id}"
        answer = self.http.get_json(path)
        CONTRACT.check("record", answer, self.http.url(path))
        return record_from_json(answer, self.peer, self.http.settings.base_url.rstrip("/"))

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write one file, checked against the declared checksum."""
        return self.http.download(file.download_url or file.url, target, checksum=file.checksum)
