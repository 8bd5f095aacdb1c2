# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of an InvenioRDM."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import PeerError
from ..contract import Contract
from ..oaipmh import OAIArchive
from ..oaipmh.archive import ListTooLongError
from ..oaipmh.parser import Header
from ..types import Change, Listing, MappingError, ModelFile, PeerRecord
from .mapper import record_from_json

log = logging.getLogger(__name__)

CONTRACT = Contract.of(__package__)
"""What the answers must look like."""

MEDIA_TYPE = "application/vnd.inveniordm.v1+json, application/json;q=0.9"
"""Without the first Zenodo answers in its older format; a plain InvenioRDM refuses it for lists
of files and answers the second."""

SEARCH_PAGE = 25
"""Zenodo refuses larger pages to strangers."""

MAX_HITS = 10_000


class InvenioRDM:
    """An InvenioRDM as a source of models.

    Args:
        http: The connection.
        peer: The archive's name as a peer.
        sets: OAI sets that are harvested; the whole archive if there are none.
        queries: Searches that stand in where the whole archive is too large to list.
        kind: What its records are, where they are models of a kind that is only described.
        papers: Asks a list of models for INSPIRE's numbers of their papers, by DOI.
    """

    def __init__(
        self,
        http: PeerHTTP,
        peer: str = "zenodo",
        *,
        sets: Sequence[str] = (),
        queries: Sequence[str] = (),
        kind: str = "",
        papers: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        self.http = http
        self.peer = peer
        self._sets = tuple(sets)
        self._queries = tuple(queries)
        self._kind = kind
        self._papers = papers
        self._archive = OAIArchive(http)

    @property
    def site(self) -> str:
        """The archive's base URL."""
        return self.http.settings.base_url.rstrip("/")

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def listing(self, cursor: str | None, since: str | None = None) -> Listing:
        """List all records of the sets with their datestamps.

        Zenodo announces no deletions and lists in no order, but its list of identifiers is
        cheap: one request for 50 records tells what is new, what changed and what is missing.
        """
        today = datetime.now(UTC).date().isoformat()
        headers: dict[str, Header] = {}
        try:
            for name in self._sets or (None,):
                for header in self._archive.identifiers("oai_dc", name, since):
                    headers[header.identifier] = header
        except ListTooLongError:
            if self._sets or not self._queries:
                raise
            return Listing(self._found(since), today, None)
        changes = [
            Change(h.identifier.rpartition(":")[2], h.datestamp, h.deleted)
            for h in headers.values()
        ]
        present = None if since else frozenset(c.source_id for c in changes if not c.deleted)
        return Listing(changes, today, present)

    def _found(self, since: str | None) -> list[Change]:
        """List what the searches find."""
        found: dict[str, Change] = {}
        for query in self._queries:
            text = f"({query}) AND updated:[{since} TO *]" if since else query
            for page in range(1, MAX_HITS // SEARCH_PAGE + 1):
                params = {"q": text, "size": SEARCH_PAGE, "page": page, "sort": "newest"}
                answer = self._json("/api/records", params, kind="search", answer="search")
                hits = (answer.get("hits") or {}).get("hits") or []
                for hit in hits:
                    if isinstance(hit, dict) and hit.get("id"):
                        found[str(hit["id"])] = Change(str(hit["id"]), str(hit.get("updated")))
                if len(hits) < SEARCH_PAGE or not (answer.get("links") or {}).get("next"):
                    break
        return list(found.values())

    def record(self, source_id: str) -> PeerRecord:
        """Fetch one record.

        Args:
            source_id: A record's identifier, or a concept's, which leads to its latest version.
        """
        if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", source_id):
            raise ValueError("records are named by letters, digits and dashes")
        answer = self._json(f"/api/records/{source_id}", answer="record")
        return record_from_json(
            answer, self.peer, self.site, kind=self._kind, papers=self._known_papers()
        )

    def _known_papers(self) -> Mapping[str, str]:
        """Return what a list says of papers; a record is described without it too."""
        if self._papers is None:
            return {}
        try:
            return self._papers()
        except (PeerError, MappingError) as error:
            log.warning("%s: no list of papers: %s", self.peer, error)
            return {}

    def _json(
        self,
        path: str,
        params: dict[str, Any] | None = None,
        *,
        kind: str = "default",
        answer: str,
    ) -> dict[str, Any]:
        document: dict[str, Any] = self.http.get_json(path, params, accept=MEDIA_TYPE, kind=kind)
        CONTRACT.check(answer, document, self.http.url(path))
        return document

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write one file, checked against the declared checksum."""
        return self.http.download(
            file.download_url or file.url, target, kind="files", checksum=file.checksum
        )
