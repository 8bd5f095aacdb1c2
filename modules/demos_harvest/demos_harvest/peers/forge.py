# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What GitHub and GitLab have in common: a file in a repository at a commit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .licences import licence_of
from .text import fingerprint, plain
from .types import Metadata, ModelFile, PeerRecord

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Place:
    """A file in a repository.

    Attributes:
        repository: ``owner/name`` (with groups at GitLab).
        ref: Branch, tag or commit.
        path: The file's path.

    Examples:
        >>> str(Place("a/b", "v1.0", "models/c.json"))
        'a/b@v1.0:models/c.json'
    """

    repository: str
    ref: str
    path: str

    def __str__(self) -> str:
        return f"{self.repository}@{self.ref}:{self.path}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read ``owner/name@ref:path``.

        Raises:
            ValueError: If it is not spelled like that.

        Examples:
            >>> Place.parse("a/b@main:c.json").path
            'c.json'
        """
        match = re.fullmatch(
            r"([\w.-]+(?:/[\w.-]+)+)@([\w./-]{1,255}):([^\x00-\x1f?#\\]{1,900})", text
        )
        if match is None or ".." in text.split(":", 1)[1].split("/") or ".." in match.group(2):
            raise ValueError("a file in a repository is spelled owner/name@ref:path")
        return cls(*match.groups())


def is_commit(ref: str) -> bool:
    """Tell whether a ref is a full commit hash."""
    return _COMMIT.fullmatch(ref) is not None


def record_of(
    peer: str, place: Place, commit: str, urls: tuple[str, str], about: dict[str, str | None]
) -> PeerRecord:
    """Build the record of one file.

    Args:
        peer: ``github`` or ``gitlab``.
        place: The file as it was asked for.
        commit: The commit that the ref led to.
        urls: Where a reader finds the file, and where its bytes are.
        about: ``description`` and ``licence`` of the repository.
    """
    licence, mirror = licence_of(about.get("licence"))
    name = place.path.rpartition("/")[2]
    found = Metadata()
    found.put("title", f"{name} ({place.repository})")
    found.put("description", plain(about.get("description"), 2000))
    found.put("licence", licence)
    found.refer(peer, repo=place.repository, commit=commit, url=urls[0])
    found.alias(urls[0])
    return PeerRecord(
        peer=peer,
        record_id=str(place),
        lineage=f"{place.repository}:{place.path}",
        version=place.ref,
        fingerprint=fingerprint(commit, place.path),
        url=urls[0],
        metadata=found.fields,
        files=(
            ModelFile(
                key=f"{place.repository}@{commit}:{place.path}"[:1000],
                filename=name,
                url=urls[0],
                download_url=urls[1],
                licence=licence,
                mirror=mirror,
            ),
        ),
    )
