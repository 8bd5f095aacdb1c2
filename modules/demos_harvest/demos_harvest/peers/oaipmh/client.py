# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A generic archive: its records are models because its set says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import GoneError, NotFoundError, PeerError
from ..peer import Peer
from ..types import Change, Listing, ModelFile, PeerRecord
from .archive import OAIArchive
from .mapper import record_from_xml
from .parser import OAIError

__all__ = ("OAIPMH", "OAIArchive", "described_by")


def described_by(
    name: str,
    url: str,
    *,
    set: str | None = None,
    prefix: str = "oai_dc",
    title: str = "",
    rate: str = "30/minute",
) -> Peer:
    """Return the peer that a few settings describe.

    Args:
        name: Its short name.
        url: The endpoint.
        set: The set whose records are models.
        prefix: ``oai_datacite`` or ``oai_dc``.
        title: Its name for people.
        rate: How often it may be asked.
    """
    return Peer(
        name=name,
        title=title or name,
        url=url,
        build=lambda setup: OAIPMH(setup.http, setup.name, set, prefix),
        purpose="Records of a set, described as models of another kind.",
        protocol="OAI-PMH",
        rates={"default": (rate,)},
        harvested=True,
    )


class OAIPMH:
    """Any OAI-PMH endpoint, by URL and set.

    OAI-PMH's common formats say nothing of files, so every record of the chosen set is
    described here and its bytes stay where they are.

    Args:
        http: The connection; its base URL is the endpoint.
        peer: The archive's name as a peer.
        set_spec: The set whose records are models.
        prefix: ``oai_datacite`` or ``oai_dc``.
    """

    def __init__(
        self, http: PeerHTTP, peer: str, set_spec: str | None = None, prefix: str = "oai_dc"
    ) -> None:
        self.http = http
        self.peer = peer
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
        record = record_from_xml(header, self.peer)
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
