# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of a GitLab."""

from __future__ import annotations

from typing import Any, BinaryIO
from urllib.parse import quote

from ...http import Download, PeerHTTP
from ..forge import Place, is_commit, record_of
from ..types import MappingError, ModelFile, PeerRecord


class GitLab:
    """Files in projects, by ``group/name@ref:path``.

    Args:
        http: The connection; its base URL is the site.
    """

    peer = "gitlab"

    def __init__(self, http: PeerHTTP) -> None:
        self.http = http

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def record(self, source_id: str) -> PeerRecord:
        """Describe one file; its ref is resolved to a commit."""
        place = Place.parse(source_id)
        project = f"/api/v4/projects/{quote(place.repository, safe='')}"
        answer = self._json(f"{project}?license=true")
        if is_commit(place.ref):
            commit = place.ref
        else:
            found = self._json(f"{project}/repository/commits/{quote(place.ref, safe='')}")
            commit = str(found.get("id") or "")
            if not is_commit(commit):
                raise MappingError("the commit is missing", "/id")
        site = self.http.settings.base_url.rstrip("/")
        path = quote(place.path)
        about = {
            "description": answer.get("description"),
            "licence": (answer.get("license") or {}).get("key"),
        }
        raw = f"{project}/repository/files/{quote(place.path, safe='')}/raw?ref={commit}"
        urls = (f"{site}/{place.repository}/-/blob/{commit}/{path}", self.http.url(raw))
        return record_of(self.peer, place, commit, urls, about)

    def _json(self, path: str) -> dict[str, Any]:
        answer = self.http.get_json(path)
        return answer if isinstance(answer, dict) else {}

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write the file as it is at the commit."""
        return self.http.download(file.download_url or file.url, target)
