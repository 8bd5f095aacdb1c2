# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of HEPData."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import (
    NotAcceptableError,
    NotFoundError,
    PeerError,
    RefusedError,
)
from ..contract import Contract
from ..types import Change, Listing, ModelFile, PeerRecord
from .mapper import PEER, may_have_resources, record_from_json

if TYPE_CHECKING:
    from ..datacite import DataCite

JSON_LD = "application/vnd.hepdata.ld+json"
CONTRACT = Contract.of(__package__)
"""What the answers must look like."""
ANALYSES = ("HistFactory", "HS3", "Combine")
IDS = "/search/ids"
PAGE = 100
"""HEPData clamps larger pages silently."""

MAX_PAGES = 100
OVERLAP = timedelta(days=1)
"""HEPData's dates have no time of day and no zone."""


class HEPData:
    """HEPData as a source of models.

    Args:
        http: The connection.
        datacite: Where HEPData's models are listed when HEPData itself may not or cannot be asked.
        may_search: Whether HEPData permits this portal the searches that its robots.txt closes.
    """

    peer = PEER

    def __init__(
        self, http: PeerHTTP, datacite: DataCite | None = None, *, may_search: bool = False
    ) -> None:
        self.http = http
        self._datacite = datacite
        self._may_search = may_search

    @property
    def site(self) -> str:
        """HEPData's base URL."""
        return self.http.settings.base_url.rstrip("/")

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
        if self._datacite is not None:
            self._datacite.close()

    def listing(self, cursor: str | None, since: str | None = None) -> Listing:
        """List records updated since a date, or all of them, known models first.

        HEPData reports no deletions; the list of all identifiers shows who is missing. Where its
        robots.txt closes that list, or it cannot be had, DataCite lists the records that have
        models with a DOI of their own; what is only attached to a table is then not found.
        """
        start = since or (_day_before(cursor) if cursor else None)
        today = datetime.now(UTC).date().isoformat()
        try:
            if not self._may_search and not self.http.may_ask(IDS):
                raise RefusedError("HEPData's robots.txt closes its searches.", url=self.site)
            present = self.ids()
        except PeerError:
            if self._datacite is None:
                raise
            found = self._datacite.hepdata_records()
            return Listing([Change(*change) for change in found.items()], cursor or "", None)
        if start is None:
            first = [i for i in self._likely() if i in set(present)]
            changed = list(dict.fromkeys([*first, *present]))
        else:
            changed = self.ids(start)
        return Listing([Change(i) for i in changed], today, frozenset(present))

    def ids(self, last_updated: str | None = None) -> list[str]:
        """Return the identifiers of all finished records, or of those updated since a date."""
        params = {"inspire_ids": "True", "sort_by": "latest"}
        if last_updated:
            params["last_updated"] = last_updated
        answer = self.http.get_json(IDS, params)
        CONTRACT.check("ids", answer, self.http.url(IDS))
        return [f"ins{i}" for i in dict.fromkeys(answer) if i > 0]

    def _likely(self) -> Iterator[str]:
        """Yield records that HEPData's index knows to hold models; a hint, so errors end it."""
        for kind in ANALYSES:
            for page in range(1, MAX_PAGES):
                params = {"q": f"analysis:{kind}", "format": "json", "size": PAGE, "page": page}
                try:
                    answer = self.http.get_json("/search/", params)
                except PeerError:
                    return
                results = answer.get("results") if isinstance(answer, dict) else None
                for result in results or []:
                    if isinstance(result, dict) and result.get("inspire_id"):
                        yield f"ins{str(result['inspire_id']).removeprefix('ins')}"
                if not results or len(results) < PAGE:
                    break

    def record(self, source_id: str) -> PeerRecord:
        """Fetch one record, and the list of its resources and its tables' if it has any.

        Args:
            source_id: ``ins…`` or HEPData's own number.

        Raises:
            PeerError: If HEPData gives no usable answer.
            MappingError: If its answer lacks what is needed.
        """
        path = f"/record/{_identifier(source_id)}"
        answer = self.http.get_json(path, {"format": "json"})
        CONTRACT.check("record", answer, self.http.url(path))
        resources: Any = None
        if may_have_resources(answer):
            path = f"/record/resources/{answer['recid']}/{answer['version']}"
            resources = self.http.get_json(path)
            CONTRACT.check("resources", resources, self.http.url(path))
        return record_from_json(answer, resources, self.site)

    def record_of_file(self, number: str) -> str:
        """Return HEPData's number of the record that a resource belongs to.

        Raises:
            PeerError: If HEPData gives no usable answer, or names no record.
        """
        path = f"/record/resource/{number}"
        answer = self.http.get_json(path, {"landing_page": "true"}, accept=JSON_LD)
        found = re.search(r"10\.17182/hepdata\.(\d+)", json.dumps(answer), re.IGNORECASE)
        if found is None:
            raise NotFoundError("HEPData does not say which record this is.", url=path)
        return found.group(1)

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write a resource; a 406 answer names the type to ask for, once."""
        url = file.download_url or file.url
        try:
            return self.http.download(url, target, accept=file.accept)
        except NotAcceptableError as error:
            if not error.mimetype:
                raise
            return self.http.download(url, target, accept=error.mimetype)


def _identifier(source_id: str) -> str:
    """Return an identifier that is safe in a path."""
    if not re.fullmatch(r"(ins)?\d{1,12}", source_id):
        raise ValueError("HEPData's records are named ins1234567 or by a number")
    return source_id


def _day_before(cursor: str) -> str:
    return (date.fromisoformat(cursor[:10]) - OVERLAP).isoformat()
