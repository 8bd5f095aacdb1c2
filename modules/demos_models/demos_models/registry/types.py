# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What producers hand to the registry and what they get back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

PORTAL_HOST = "portal"
"""The ``host`` of sources that are files of this portal's own deposits."""


@dataclass(frozen=True)
class Source:
    """Where one copy of a model is hosted. ``(host, key)`` is unique in the registry.

    Args:
        host: who hosts the bytes: ``portal``, ``hepdata``, ``zenodo``, ``github``, ...
        key: the host's own name of the file, stable over its versions' metadata.
        url: where a reader finds it.
        record_id: the host's record that the file belongs to.
        filename: the file's name at the host.
        licence: an SPDX identifier or a URL.
        access: ``{"record": "public" | "restricted", "files": ...}``.
        version: the host's version of the record.
        seen_at: when the producer saw it; now if not given.
        lineage: names the series of which this source is one version (a portal
            deposit's parent, a HEPData record): a new content under the same
            lineage and file name is a new version of the same model.
    """

    host: str
    key: str
    url: str | None = None
    record_id: str | None = None
    filename: str | None = None
    licence: str | None = None
    access: Mapping[str, str] = field(
        default_factory=lambda: {"record": "public", "files": "public"}
    )
    version: str | None = None
    seen_at: datetime | None = None
    lineage: str | None = None


@dataclass(frozen=True)
class Proposal:
    """A file, or a description, that a producer hands in together with others.

    Args:
        source: where it is hosted.
        content: its bytes, a path to them, or None for a model that is only described.
        metadata: as ``ModelRegistry.register`` takes it.
        file_id: a file that this portal stores already, in place of content.
    """

    source: Source
    content: bytes | os.PathLike[str] | None
    metadata: Mapping[str, Any]
    file_id: Any = None


@dataclass(frozen=True)
class Candidate:
    """A registered model that a doubtful registration may be a version of."""

    model_id: str
    reason: str


@dataclass
class Registration:
    """The outcome of one registration.

    Args:
        status: ``created``, ``updated``, ``unchanged`` or ``doubtful`` (nothing was
            written because the content or the metadata needs a decision).
        model_ids: the entries concerned; a pallet has several.
        version_ids: the versions concerned, in the same order.
        findings: what the analysis said of the content.
        candidates: with ``doubtful``, what it may belong to.
        doubt_id: with ``doubtful``, what to pass to ``ModelRegistry.decide``.
    """

    status: str
    model_ids: list[str] = field(default_factory=list)
    version_ids: list[str] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    doubt_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the outcome as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Content:
    """The bytes of one document of a model.

    Args:
        path: the file on this machine, or None where the storage has no paths.
        storage: the storage object to open the bytes from where ``path`` is None.
        digest: sha256 of the bytes, hexadecimal.
        size: bytes.
        mimetype: the media type.
        filename: a name for the download.
        modified: when the bytes were written.
    """

    path: Path | None
    storage: Any
    digest: str
    size: int
    mimetype: str
    filename: str
    modified: datetime | None = None

    def open(self):
        """Open the bytes for reading."""
        if self.path is not None:
            return self.path.open("rb")
        return self.storage.open(mode="rb")

    def read(self) -> bytes:
        """Return all bytes."""
        with self.open() as stream:
            return stream.read()


@dataclass(frozen=True)
class RunTarget:
    """What a run needs to know of a model.

    Args:
        model_id: the entry (``demos_id``).
        version_id: the version that runs.
        digest: the canonical digest of the version's content; None if only described.
        kind: ``histfactory``, ``hs3``, ``combine``, ``container`` or ``other``.
        container: the container's ``{"uuid", "registry", "image", "digest"}`` or None.
        restricted: whether anybody may not read the files that this rests on.
    """

    model_id: str
    version_id: str
    digest: str | None
    kind: str
    container: Mapping[str, Any] | None
    restricted: bool
