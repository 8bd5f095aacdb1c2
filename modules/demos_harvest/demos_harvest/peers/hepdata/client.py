# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of HEPData."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from ...http import Download, PeerHTTP
from ...http.errors import NotAcceptableError, PeerError, UnexpectedContentError
from ..types import Change, Listing, ModelFile, PeerRecord
from .mapper import HOST, names_models, record_from_json

if TYPE_CHECKING:
    from ..datacite import DataCite

ANALYSES = ("HistFactory", "HS3", "Combine")
PAGE = 100
"""HEPData clamps larger pages silently."""

MAX_PAGES = 100
OVERLAP = timedelta(days=1)
"""HEPData's dates have no time of day and no zone."""


class HEPData:
    """HEPData as a source of models.

    Args:
        http: The connection.
        datacite: Where HEPData's models are listed when HEPData itself cannot be asked.
    """

    name = "hepdata"
    host = HOST

    def __init__(self, http: PeerHTTP, datacite: DataCite | None = None) -> None:
        self.http = http
        self._datacite = datacite

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

        HEPData reports no deletions; the list of all identifiers shows who is missing.
        """
        start = since or (_day_before(cursor) if cursor else None)
        today = datetime.now(UTC).date().isoformat()
        try:
            present = self.ids()
        except PeerError:
            if self._datacite is None:
                raise
            found = dict.fromkeys(self._datacite.hepdata_records())
            return Listing([Change(i) for i in found], cursor or "", None)
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
        answer = self.http.get_json("/search/ids", params)
        if not isinstance(answer, list):
            raise UnexpectedContentError(
                "HEPData's list of identifiers is no list.", url=self.http.url("/search/ids")
            )
        return [f"ins{i}" for i in dict.fromkeys(answer) if isinstance(i, int) and i > 0]

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
        """Fetch one record, and its resources if it names a model.

        Args:
            source_id: ``ins…`` or HEPData's own number.

        Raises:
            PeerError: If HEPData gives no usable answer.
            MappingError: If its answer lacks what is needed.
        """
        answer = self.http.get_json(f"/record/{_identifier(source_id)}", {"format": "json"})
        if not isinstance(answer, dict):
            raise UnexpectedContentError("HEPData's record is no object.", url=self.site)
        resources: Any = None
        if names_models(answer):
            recid, version = answer.get("recid"), answer.get("version") or 1
            resources = self.http.get_json(f"/record/resources/{recid}/{version}")
        return record_from_json(answer, resources, self.site)

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
