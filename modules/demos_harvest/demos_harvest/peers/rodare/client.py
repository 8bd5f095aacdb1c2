# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of RODARE."""

from __future__ import annotations

from typing import BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import UnexpectedContentError
from ..types import ModelFile, PeerRecord
from .mapper import record_from_json


class Rodare:
    """An archive on the older Invenio, by record number.

    Args:
        http: The connection.
        name: Its short name, also its host name in the registry.
    """

    def __init__(self, http: PeerHTTP, name: str = "rodare") -> None:
        self.http = http
        self.name = name
        self.host = name

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
        return record_from_json(answer, self.host, self.http.settings.base_url.rstrip("/"))

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write one file, checked against the declared checksum."""
        return self.http.download(file.download_url or file.url, target, checksum=file.checksum)
