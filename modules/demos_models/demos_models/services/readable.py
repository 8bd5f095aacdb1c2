# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""One version of an entry, resolved once, and what its reader may read of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app
from invenio_db import db
from invenio_files_rest.models import FileInstance
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import DerivativeImpossibleError, DerivativePendingError
from ..registry.analyse import by_sha256
from ..registry.audience import EVERYBODY, Audience
from ..registry.derive import member_name
from ..registry.entry import Rows, analysis_of, build_entry, closure_of, container_of
from ..registry.types import Content, RunTarget
from .links import model_links

JSON = "application/json"


@dataclass(frozen=True)
class ReadableEntry:
    """One version of an entry as one reader may see it.

    Whatever follows from the bytes of the model asks whether the reader may read the
    files, and raises ``PermissionDeniedError`` if not. Use it for one request only: it
    remembers what the access policies said.

    Args:
        rows: The rows of the work.
        audience: What the reader may see.
        version: The version that is meant.
    """

    rows: Rows
    audience: Audience
    version: Any

    @property
    def id(self) -> str:
        """The ``demos_id``."""
        return str(self.rows.work.id)

    @cached_property
    def entry(self) -> dict[str, Any]:
        """The entry as the reader may see it, without its links."""
        return build_entry(self.rows, self.audience, self.version)

    @cached_property
    def _files(self) -> list[Any]:
        return self.rows.sources_of(self.version, self.audience, files=True)

    @property
    def is_readable(self) -> bool:
        """Whether the reader may read the bytes of this version."""
        return bool(self._files)

    @property
    def files(self) -> list[Any]:
        """The sources whose bytes the reader may read, in order of precedence.

        Raises:
            PermissionDeniedError: There is none.
        """
        if not self._files:
            raise PermissionDeniedError("read_files")
        return self._files

    @cached_property
    def _analysis(self) -> dict[str, Any] | None:
        return analysis_of(self.files, self.rows.analyses)

    @property
    def _derivatives(self) -> dict[str, Any]:
        return self.rows.derivatives.get(self.version.id, {})

    @property
    def structure(self) -> dict[str, Any]:
        """The model's channels, samples, modifiers and parameters."""
        files = self.files
        return (analysis_of(files, self.rows.analyses) or {}).get("structure") or {}

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What validation says of the model: errors and warnings."""
        return (self._analysis or {}).get("findings") or []

    @property
    def checks(self) -> dict[str, Any]:
        """What was checked: findings, certificate of equivalence, declared results."""
        files = self.files
        analysis = self._analysis
        if analysis is None:
            return {"valid": None, "findings": [], "derivatives": {}, "certificate": None}
        certificate = self._derivatives.get("certificate")
        return {
            "valid": bool(analysis.get("valid")),
            "findings": self.findings,
            "certificate": {"state": certificate.state, **(certificate.report or {})}
            if certificate
            else {"state": "pending"},
            "closure": closure_of(files, self._derivatives),
            "derivatives": {
                name: {
                    "state": row.state,
                    "converter": row.converter,
                    **({"sha256": row.sha256, "size": row.size} if row.sha256 else {}),
                    **({"findings": row.report["findings"]} if row.state == "impossible" else {}),
                }
                for name, row in self._derivatives.items()
                if name in current_app.config["DEMOS_MODELS_DERIVATIVES"]
            },
        }

    @cached_property
    def patches(self) -> list[dict[str, Any]]:
        """The patches of the patchsets that apply to this version.

        Each has ``name``, ``values``, ``labels``, ``patchset`` (sha256) and ``filename``.
        """
        return [patch for source in self._patchsets for patch in self._patches_of(source)]

    @cached_property
    def _patchsets(self) -> list[Any]:
        self.files  # noqa: B018  (whoever may not read the model may not read its grid)
        found = self.rows.patchsets_of(self.version, self.audience)
        return list({source.sha256: source for source in reversed(found)}.values())[::-1]

    @cached_property
    def _patchset_analyses(self) -> dict[str, Any]:
        return by_sha256(source.sha256 for source in self._patchsets)

    def _patches_of(self, source: Any) -> list[dict[str, Any]]:
        structure = (self._patchset_analyses.get(source.sha256) or {}).get("structure") or {}
        return [
            {
                "name": patch.get("name"),
                "values": patch.get("values"),
                "labels": structure.get("labels"),
                "patchset": source.sha256,
                "filename": source.filename,
            }
            for patch in structure.get("patches") or ()
        ]

    def patchset(self, sha256: str | None = None) -> Content:
        """Return the bytes of a patchset that applies to this version.

        Args:
            sha256: Which patchset; the first one if not given.

        Raises:
            PIDDoesNotExistError: There is no such patchset.
            PermissionDeniedError: The reader may not read the files.
        """
        for source in self._patchsets:
            if sha256 in (None, source.sha256):
                return self._source_content(source)
        raise PIDDoesNotExistError("patchset", sha256 or "")

    def content(self, format: str = "source", dialect: str | None = None) -> Content:
        """Return the model's bytes, as they came or as they were converted.

        Args:
            format: ``source``, ``demos``, ``hs3``, ``pyhf``, ``pyhf-settings`` (the
                ``modifier_settings`` of the former), ``inference`` (what the engine loads:
                a pyhf workspace as it came, of other formats every convention written out) or
                ``drawing`` (what the model's figures start from).
            dialect: Of HS3; ``root`` if not given.

        Raises:
            PermissionDeniedError: The reader may not read the files.
            DerivativePendingError: It is not made yet.
            DerivativeImpossibleError: The model has no such derivative.
        """
        sources = [s for s in self.files if s.file_id]
        if self.version.digest is None or not sources:
            raise DerivativeImpossibleError(format)
        analysis = analysis_of(sources[:1], self.rows.analyses) or {}
        wanted = "pyhf" if format == "inference" else format
        same = analysis.get("format") == wanted and (
            format != "hs3" or (dialect is not None and dialect == analysis.get("dialect"))
        )
        if format == "source" or same:
            # A member of a pallet is there once it is extracted, a file of its own at once.
            ready = (
                s for s in sources if not s.member or member_name(s.sha256) in self._derivatives
            )
            return self._source_content(next(ready, sources[0]))
        name = f"hs3-{dialect or 'root'}" if format == "hs3" else format
        row = self._derivatives.get(name)
        if row is None:
            if name not in current_app.config["DEMOS_MODELS_DERIVATIVES"]:
                raise DerivativeImpossibleError(name)
            raise DerivativePendingError(name)
        if row.state != "ready":
            raise DerivativeImpossibleError(name, (row.report or {}).get("findings") or ())
        return stored_content(row.file_id, row.sha256, f"{self.id}.{name}.json", row.created)

    def _source_content(self, source: Any) -> Content:
        if source.member is None:
            return stored_content(source.file_id, source.sha256, source.filename, source.created)
        row = self._derivatives.get(member_name(source.sha256))
        if row is None:
            raise DerivativePendingError("source")
        return stored_content(row.file_id, row.sha256, Path(source.member).name, row.created)

    @cached_property
    def target(self) -> RunTarget:
        """What a run of this version is about.

        Raises:
            PermissionDeniedError: The reader may not read the files.
        """
        self.files  # noqa: B018  (a run shows what is in them)
        open_to_all = self.rows.sources_of(self.version, EVERYBODY, files=True)
        return RunTarget(
            model_id=self.id,
            version_id=str(self.version.id),
            digest=self.version.digest,
            kind=self.version.kind,
            container=container_of(self.rows, self.audience, self.version) or None,
            restricted=not open_to_all,
        )

    @property
    def versions(self) -> list[dict[str, Any]]:
        """The versions that the reader may see, the newest first."""
        hits = []
        for version in reversed(self.rows.visible_versions(self.audience)):
            entry = build_entry(self.rows, self.audience, version)
            hits.append(
                {
                    **{k: entry[k] for k in ("id", "kind", "format", "version", "sources")},
                    "title": entry["metadata"]["title"],
                    "links": {"self": f"{model_links(entry['id'])['self']}?version={version.id}"},
                }
            )
        return hits


def stored_content(file_id: Any, sha256: str, filename: str | None, modified: Any) -> Content:
    """Return stored bytes as a download.

    Args:
        file_id: The stored file.
        sha256: Of its bytes, hexadecimal.
        filename: A name for the download.
        modified: When the bytes were written.

    Raises:
        DerivativePendingError: The file is not there (yet).
    """
    file = db.session.get(FileInstance, file_id)
    if file is None or not file.readable:
        raise DerivativePendingError("source")
    path = Path(file.uri)
    return Content(
        path=path if path.is_file() else None,
        storage=file.storage(default_location=None),
        digest=sha256,
        size=file.size,
        mimetype=JSON,
        filename=filename or f"{sha256}.json",
        modified=modified,
    )
