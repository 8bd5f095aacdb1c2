# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the registry knows of the files of other hosts, for the modules that bring them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import AmbiguousAliasError
from ..permissions import audience_of
from ..proxies import current_models_service
from ..records.models import EntryMetadata, ModelAlias, ModelDoubt, ModelSource
from ..registry.audience import EVERYBODY
from ..registry.types import Content
from .readable import stored_content


@dataclass(frozen=True)
class HostedSource:
    """One source of an entry: where a copy is hosted, and the copy that is stored here.

    Args:
        model_id: The entry (``demos_id``).
        version_id: The version of the entry that it belongs to.
        host: Who hosts it.
        key: The host's own name of the file, with ``#path`` for a member of a pallet.
        member: The path in the pallet, if the file is one.
        filename: The file's name at the host.
        record_id: The host's record that the file belongs to.
        lineage: The series of the record's versions.
        url: Where a reader finds it.
        version: The host's version of the record.
        created: When it was registered.
        licence: An SPDX identifier or a URL.
        sha256: Of the bytes of the model, hexadecimal.
        file_sha256: Of the bytes of the whole file.
        file_id: The stored file; None where there is none, or the reader may not read it.
        metadata: What the source says of the model.
        gone: Whether the host has it no more.
    """

    model_id: str
    version_id: str
    host: str
    key: str
    member: str | None
    filename: str | None
    record_id: str | None
    lineage: str | None
    url: str | None
    version: str | None
    created: datetime
    licence: str | None
    sha256: str | None
    file_sha256: str | None
    file_id: Any
    metadata: dict[str, Any]
    gone: bool
    id: Any

    @property
    def dois(self) -> list[str]:
        """The DOIs that this source gives, its paper's among them."""
        rows = db.session.query(ModelAlias.value).filter_by(source_id=self.id, scheme="doi")
        return sorted(row[0] for row in rows)

    def content(self) -> Content:
        """Return the bytes of the whole stored file, of a pallet the pallet's.

        Raises:
            DerivativePendingError: No file is stored that the reader may read.
        """
        filename = (self.filename or "").rpartition("/")[2]
        return stored_content(self.file_id, self.file_sha256, filename, None)


def _hosted(source: Any, readable: bool) -> HostedSource:
    return HostedSource(
        id=source.id,
        model_id=str(source.version.work_id),
        version_id=str(source.version_id),
        host=source.host,
        key=source.key,
        member=source.member if readable else None,
        filename=source.filename if readable else None,
        record_id=source.record_id,
        lineage=source.lineage,
        url=source.url,
        version=source.version_label,
        created=source.created,
        licence=source.licence,
        sha256=source.sha256 if readable else None,
        file_sha256=(source.container_sha256 or source.sha256) if readable else None,
        file_id=source.file_id if readable else None,
        metadata=source.data,
        gone=source.gone_at is not None,
    )


def sources_at(host: str, key: str, identity: Any, *, gone: bool = False) -> list[HostedSource]:
    """Return what is registered of one file of a host, the members of a pallet too.

    Args:
        host: The host.
        key: Its name of the file.
        identity: Who asks: sources whose record this reader may not see are left out, and
            of those whose bytes it may not read nothing is said that follows from them.
        gone: Whether sources that the host has no more are wanted too.
    """
    members = ModelSource.key.startswith(f"{key}#", autoescape=True)
    rows = (
        db.session.query(ModelSource)
        .join(ModelSource.version)
        .filter(ModelSource.host == host, (ModelSource.key == key) | members)
        .filter(ModelSource.role == "model")
        .order_by(ModelSource.key)
    )
    if not gone:
        rows = rows.filter(ModelSource.gone_at.is_(None))
    audience = _audience(identity)
    return [_hosted(row, audience.files(row)) for row in rows if audience.record(row)]


def sources_of(entry: Any) -> list[HostedSource]:
    """Return the sources of all versions of an entry, the newest version's first.

    Args:
        entry: A ``ReadableEntry``.
    """
    order = {v.id: v.position for v in entry.rows.versions}
    rows = [s for s in entry.rows.models if entry.audience.record(s)]
    rows.sort(key=lambda s: (-order[s.version_id], s.created, s.key))
    return [_hosted(row, entry.audience.files(row)) for row in rows]


def lineage_of(host: str, ending: str) -> str | None:
    """Return the series of versions that a host's file belongs to.

    Args:
        host: The host.
        ending: The last part of its name of the file, after a slash.
    """
    found = ModelSource.key.endswith(f"/{ending}", autoescape=True)
    member = ModelSource.key.contains(f"/{ending}#", autoescape=True)
    rows = db.session.query(ModelSource.lineage).filter(ModelSource.host == host, found | member)
    return rows.limit(1).scalar()


def find(identity: Any, identifier: str) -> list[str]:
    """Return the entries that a reader may see and that have an identifier.

    Args:
        identity: The reader.
        identifier: A DOI, an arXiv or HEPData identifier, or a URL.

    Returns:
        Their ``demos_id``; several entries may share an identifier.
    """
    try:
        return [current_models_service.open(identity, identifier).id]
    except AmbiguousAliasError as error:
        return error.model_ids
    except (PIDDoesNotExistError, PIDDeletedError, PermissionDeniedError):
        return []


def entries_by(*, publication: str) -> Iterator[tuple[str, str, str | None]]:
    """Iterate over the entries that everybody may see and that belong to a paper.

    Args:
        publication: Which identifier of the paper: ``doi``, ``arxiv`` or ``inspire_id``.

    Yields:
        The identifier, the ``demos_id`` and the title, in the order of the identifiers.
    """
    value = EntryMetadata.json["metadata"]["publication"][publication].as_string()
    rows = (
        db.session.query(value, EntryMetadata.pid, EntryMetadata.json)
        .filter(value.isnot(None), EntryMetadata.json["public"].as_boolean())
        .order_by(value, EntryMetadata.pid)
    )
    for identifier, model_id, stored in rows:
        yield identifier, model_id, stored["metadata"].get("title")


def doubts(ids: Any) -> list[dict[str, Any]]:
    """Return doubtful registrations that wait for a curator.

    Args:
        ids: ``Registration.doubt_id`` of each.

    Returns:
        ``[{"id", "host", "key", "title", "candidates"}]``.
    """
    ids = list(ids)
    if not ids:
        return []
    return [
        {
            "id": str(row.id),
            "host": row.host,
            "key": row.key,
            "title": (row.request.get("metadata") or {}).get("title"),
            "candidates": row.candidates,
        }
        for row in db.session.query(ModelDoubt).filter(ModelDoubt.id.in_(ids))
    ]


def containers_named() -> list[dict[str, Any]]:
    """Return the container fields of all registered models that name an image."""
    container = ModelSource.data["container"]
    rows = sa.select(container).where(
        ModelSource.gone_at.is_(None), container["image"].as_string().is_not(None)
    )
    return [found for found in db.session.scalars(rows) if isinstance(found, dict)]


def _audience(identity: Any):
    policy = current_app.config["DEMOS_MODELS_PERMISSION_POLICY"]
    return EVERYBODY if identity is None else audience_of(identity, policy)
