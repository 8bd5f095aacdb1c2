# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A source on its way into the registry: as it should be stored, and what came of it."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from ..records.models import ModelSource
from .identifiers import aliases_of


@dataclass
class SourceSpec:
    """One source as it should be stored, with what its content is.

    Args:
        host: see ``ModelSource``; so are the fields that have its columns' names.
        key: unique at the host.
        digest: the canonical digest, None for a model that is only described.
        kind: the model's kind.
        work_id: the work to join where the digest is not known yet, in place of the
            one that the lineage names; a description joins its newest version.
    """

    host: str
    key: str
    kind: str | None
    digest: str | None
    role: str = "model"
    applies_to: str | None = None
    url: str | None = None
    record_id: str | None = None
    lineage: str | None = None
    filename: str | None = None
    member: str | None = None
    sha256: str | None = None
    container_sha256: str | None = None
    size: int | None = None
    file_id: Any = None
    licence: str | None = None
    access_record: str = "public"
    access_files: str = "public"
    readers: list[str] = field(default_factory=list)
    version_label: str | None = None
    record_order: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    created: datetime | None = None
    work_id: uuid.UUID | None = None

    def columns(self):
        """Give the values of the source's columns."""
        values = asdict(self)
        for name in ("kind", "digest", "created", "work_id"):
            values.pop(name)
        return values

    @property
    def names(self):
        """The model's own identifiers, without those of its paper."""
        own = [self.data.get(name) for name in ("doi", "concept_doi")]
        given = {"aliases": [*(self.data.get("aliases") or ()), *filter(None, own)]}
        return aliases_of(given, [self.url] if self.url else [])


@dataclass
class Joined:
    """The outcome for one source: its row, and ``created``, ``updated`` or ``unchanged``."""

    source: ModelSource
    status: str

    @property
    def version(self):
        """The version that the source belongs to; None for a patch set that waits."""
        return self.source.version
