# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of GitHub."""

from __future__ import annotations

from typing import Any, BinaryIO
from urllib.parse import quote

from ...http import Download, PeerHTTP
from ..forge import Place, is_commit, record_of
from ..types import MappingError, ModelFile, PeerRecord

JSON = "application/vnd.github+json"
RAW = "application/vnd.github.raw"


class GitHub:
    """Files in repositories, by ``owner/name@ref:path``.

    Args:
        http: The connection to the API.
    """

    peer = "github"

    def __init__(self, http: PeerHTTP) -> None:
        self.http = http

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def record(self, source_id: str) -> PeerRecord:
        """Describe one file; its ref is resolved to a commit."""
        place = Place.parse(source_id)
        repository = self._json(f"/repos/{place.repository}")
        if is_commit(place.ref):
            commit = place.ref
        else:
            answer = self._json(f"/repos/{place.repository}/commits/{quote(place.ref, safe='')}")
            commit = str(answer.get("sha") or "")
            if not is_commit(commit):
                raise MappingError("the commit is missing", "/sha")
        path = quote(place.path)
        site = str(repository.get("html_url") or f"https://github.com/{place.repository}")
        about = {
            "description": repository.get("description"),
            "licence": (repository.get("license") or {}).get("spdx_id"),
        }
        urls = (
            f"{site}/blob/{commit}/{path}",
            self.http.url(f"/repos/{place.repository}/contents/{path}?ref={commit}"),
        )
        return record_of(self.peer, place, commit, urls, about)

    def _json(self, path: str) -> dict[str, Any]:
        answer = self.http.get_json(path, accept=JSON)
        return answer if isinstance(answer, dict) else {}

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write the file as it is at the commit."""
        return self.http.download(file.download_url or file.url, target, accept=RAW)
