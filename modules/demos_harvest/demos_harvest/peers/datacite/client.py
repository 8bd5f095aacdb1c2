# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of DataCite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import quote

from ...http import Download, PeerHTTP
from ...http.errors import PeerError
from ..contract import Contract
from ..types import Change, Listing, ModelFile, PeerRecord
from .mapper import hepdata_recid, record_from_json

CONTRACT = Contract.of(__package__)
"""What the answers must look like."""

PREFIX = "10.17182"
"""HEPData's DOI prefix."""

TYPES = ("HistFactory file", "HS3 file")
PAGE = 1000
MAX_PAGES = 100


class DataCite:
    """DataCite as a list of models; it describes them and holds none."""

    peer = "datacite"

    def __init__(self, http: PeerHTTP) -> None:
        self.http = http

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def listing(self, cursor: str | None, since: str | None = None) -> Listing:
        """List the DOIs of all model files; the state is DataCite's date of change."""
        changes = [
            Change(str(item.get("id")).lower(), (item.get("attributes") or {}).get("updated"))
            for item in self.items()
        ]
        present = frozenset(change.source_id for change in changes)
        if since:
            changes = [c for c in changes if not c.listed or c.listed[:10] >= since[:10]]
        return Listing(changes, datetime.now(UTC).date().isoformat(), present)

    def items(self) -> Iterator[Mapping[str, Any]]:
        """Yield the metadata of every model file under HEPData's prefix."""
        for kind in TYPES:
            params: dict[str, Any] | None = {
                "query": f'types.resourceType:"{kind}"',
                "prefix": PREFIX,
                "page[cursor]": "1",
                "page[size]": PAGE,
            }
            path = "/dois"
            asked = set()
            for _ in range(MAX_PAGES):
                answer = self.http.get_json(path, params, accept="application/vnd.api+json")
                CONTRACT.check("list", answer, self.http.url(path))
                data = answer["data"]
                yield from (item for item in data if item["id"])
                following = (answer.get("links") or {}).get("next")
                # The same page again would go on for ever.
                if not data or not isinstance(following, str) or following in asked:
                    break
                asked.add(following)
                path, params = following, None

    def hepdata_records(self) -> dict[str, str | None]:
        """Return when the DOIs of HEPData's model files changed last, by HEPData's record."""
        found: dict[str, str | None] = {}
        for item in self.items():
            if recid := hepdata_recid(str(item["id"])):
                updated = str((item.get("attributes") or {}).get("updated") or "")
                found[recid] = max(found.get(recid) or "", updated) or None
        return found

    def record(self, source_id: str) -> PeerRecord:
        """Fetch the metadata of one DOI."""
        path = f"/dois/{quote(source_id, safe='/')}"
        answer = self.http.get_json(path, accept="application/vnd.api+json")
        CONTRACT.check("doi", answer, self.http.url(path))
        return record_from_json(answer["data"])

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Refuse: DataCite holds no files."""
        raise PeerError("DataCite describes files and holds none.", url=file.url)
