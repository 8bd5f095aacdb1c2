# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A generic archive: its records are models because its set says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import GoneError, NotFoundError, PeerError
from ..types import Change, Listing, ModelFile, PeerRecord
from .archive import OAIArchive
from .mapper import record_from_xml
from .parser import OAIError

__all__ = ("OAIPMH", "OAIArchive")


class OAIPMH:
    """Any OAI-PMH endpoint, by URL and set.

    OAI-PMH's common formats say nothing of files, so every record of the chosen set is
    described here and its bytes stay where they are.

    Args:
        http: The connection; its base URL is the endpoint.
        name: The archive's short name, also its host name in the registry.
        set_spec: The set whose records are models.
        prefix: ``oai_datacite`` or ``oai_dc``.
    """

    def __init__(
        self, http: PeerHTTP, name: str, set_spec: str | None = None, prefix: str = "oai_dc"
    ) -> None:
        self.http = http
        self.name = name
        self.host = name
        self._set = set_spec
        self._prefix = prefix
        self._archive = OAIArchive(http, path="")

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def listing(self, cursor: str | None, since: str | None = None) -> Listing:
        """List the set with its datestamps, or what changed since a date."""
        headers = self._archive.identifiers(self._prefix, self._set, since)
        changes = [Change(h.identifier, h.datestamp, h.deleted) for h in headers]
        present = None if since else frozenset(c.source_id for c in changes if not c.deleted)
        return Listing(changes, datetime.now(UTC).date().isoformat(), present)

    def record(self, source_id: str) -> PeerRecord:
        """Fetch one record's metadata."""
        try:
            header = self._archive.record(source_id, self._prefix)
        except OAIError as error:
            if error.code == "idDoesNotExist":
                raise NotFoundError("The archive does not know it.", url=source_id) from error
            raise PeerError(f"The archive refuses: {error}", url=source_id) from error
        if header.deleted:
            raise GoneError("The archive removed it.", url=source_id)
        record = record_from_xml(header, self.host)
        described = ModelFile(
            key=record.record_id,
            filename=record.metadata["title"][:200],
            url=record.url,
            download_url=None,
            kind="other",
            licence=record.metadata.get("licence"),
        )
        return replace(record, files=(described,))

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Refuse: the protocol does not say where files are."""
        raise PeerError("OAI-PMH does not tell where the file is.", url=file.url)
