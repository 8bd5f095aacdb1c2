# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What every peer's answers are translated to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Protocol

from ..http import Download, PeerHTTP


class MappingError(ValueError):
    """A peer's answer lacks what it must have.

    Args:
        message: What is wrong.
        pointer: JSON pointer (or XML element) of the place.
    """

    def __init__(self, message: str, pointer: str) -> None:
        super().__init__(f"{pointer}: {message}")
        self.message = message
        self.pointer = pointer


@dataclass(frozen=True)
class ModelFile:
    """A file of a record that is, or may be, a statistical model.

    Attributes:
        key: The peer's own name of the file; unique at the peer.
        filename: Its file name.
        url: Where a reader finds it.
        download_url: Where its bytes are; None for a model that is only a link.
        kind: What the peer says it is: histfactory, hs3, combine, other; "" if it says nothing.
        licence: SPDX identifier or URL; None if unknown.
        mirror: Whether that licence allows a copy here.
        size: Bytes, as declared.
        checksum: ``algorithm:hexdigest``, as declared.
        doi: The file's own DOI.
        accept: Accept header for the download.
    """

    key: str
    filename: str
    url: str
    download_url: str | None
    kind: str = ""
    licence: str | None = None
    mirror: bool = False
    size: int | None = None
    checksum: str | None = None
    doi: str | None = None
    accept: str = "*/*"


@dataclass(frozen=True)
class PeerRecord:
    """One record of a peer.

    Attributes:
        peer: The peer that holds it.
        record_id: The peer's identifier of the record.
        lineage: What stays the same through the record's versions.
        version: The peer's version.
        fingerprint: Differs when anything we use differs.
        url: Where a reader finds it.
        metadata: In the registry's shape.
        files: Files that may be models.
        public: Whether its files may be read by anybody.
        latest: Whether it is the latest version.
    """

    peer: str
    record_id: str
    lineage: str
    version: str
    fingerprint: str
    url: str
    metadata: dict[str, Any]
    files: tuple[ModelFile, ...] = ()
    public: bool = True
    latest: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PeerRecord:
        """Rebuild a record from :meth:`to_dict`.

        Examples:
            >>> record = PeerRecord("x", "1", "1", "1", "f", "https://x.org/1", {"title": "T"})
            >>> PeerRecord.from_dict(record.to_dict()) == record
            True
        """
        files = tuple(ModelFile(**file) for file in data["files"])
        return cls(**{**data, "files": files})


@dataclass(frozen=True)
class Change:
    """A record that a peer lists.

    Attributes:
        source_id: The peer's identifier.
        listed: What the list tells of its state (a datestamp); None if it tells nothing.
        deleted: Whether the list says that it is gone.
    """

    source_id: str
    listed: str | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Listing:
    """What may have changed at a peer.

    Attributes:
        changes: New and changed records, the most promising first.
        cursor: Where the next listing starts, valid once all changes were taken.
        present: All live identifiers, if the peer tells; whoever is missing may be gone.
    """

    changes: Iterable[Change]
    cursor: str
    present: frozenset[str] | None = None


class Client(Protocol):
    """What the harvester needs of a peer's client.

    Attributes:
        peer: The peer's name.
        http: The connection.
    """

    peer: str
    http: PeerHTTP

    def listing(self, cursor: str | None, since: str | None) -> Listing:
        """List what changed since the cursor, or since a date that the caller gives."""

    def record(self, source_id: str) -> PeerRecord:
        """Fetch and translate one record."""

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write one file's bytes."""

    def close(self) -> None:
        """Close the connections."""


@dataclass
class Metadata:
    """Collects metadata in the registry's shape and leaves out what is unknown."""

    fields: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, value: Any) -> Metadata:
        """Set a field unless the value is empty.

        Examples:
            >>> Metadata().put("title", "T").put("experiment", None).fields
            {'title': 'T'}
        """
        if value not in (None, "", [], {}, ()):
            self.fields[name] = value
        return self

    def refer(self, peer: str, **names: str | None) -> Metadata:
        """Say where the same content is, by what it is called there.

        Args:
            peer: The archive.
            **names: ``record_id``, ``doi``, ``url``; of a repository ``repo``, ``commit``, ``url``.

        Examples:
            >>> Metadata().refer("zenodo", record_id="1", doi="10.5281/zenodo.1", url=None).fields
            {'external_references': {'zenodo': '10.5281/zenodo.1'}}
        """
        references = self.fields.setdefault("external_references", {})
        references[peer] = names.get("doi") or names.get("url") or names.get("record_id")
        return self

    def alias(self, *values: str | None) -> Metadata:
        """Add identifiers under which the record is known."""
        known = self.fields.setdefault("aliases", [])
        known.extend(v for v in dict.fromkeys(values) if v and v not in known)
        return self
