# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The service that reads and searches models."""

import uuid
from pathlib import Path

from flask import current_app
from invenio_db import db
from invenio_files_rest.models import FileInstance
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services import RecordService
from invenio_records_resources.services.errors import PermissionDeniedError

from ..permissions import audience_of
from ..records.models import ModelAlias, ModelSource
from ..registry.analysis import by_sha256
from ..registry.audience import EVERYBODY
from ..registry.documents import member_document
from ..registry.entry import Rows, analysis_of, build_entry, closure_of, container_of
from ..registry.identifiers import normalise
from ..registry.types import Content, RunTarget
from .errors import AmbiguousAliasError, DocumentImpossibleError, DocumentPendingError
from .links import model_links
from .results import ModelItem, ModelList

JSON = "application/json"


class ModelService(RecordService):
    """Reads and searches models.

    Every method gives what the identity may see: of a model with several sources only
    what follows from the sources that it may read.
    """

    def create_search(self, identity, record_cls, search_opts, **kwargs):
        """Leave out what is only there to be searched."""
        search = super().create_search(identity, record_cls, search_opts, **kwargs)
        return search.source(excludes=list(ModelList.HIDDEN))

    #
    # Finding an entry
    #
    def resolve(self, identity, id_or_alias):
        """Find an entry by its id or by another name.

        Args:
            identity: the reader.
            id_or_alias: the ``demos_id``, a DOI, an arXiv or HEPData id, or a URL.

        Returns:
            ``(rows, audience)``: the entry's rows and what the reader may see.

        Raises:
            PIDDoesNotExistError: nothing that the reader may see has this name.
            PIDDeletedError: it is gone.
            PermissionDeniedError: the reader may see nothing of it.
            AmbiguousAliasError: several entries have this name.
        """
        audience = audience_of(identity, self.config.permission_policy_cls)
        try:
            model_id = str(uuid.UUID(str(id_or_alias)))
        except ValueError:
            model_id = self._by_alias(str(id_or_alias), audience)
        record = self.record_cls.pid.resolve(model_id)
        rows = Rows.load(record.model, current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])
        if not rows.models:
            raise PIDDeletedError("demos", model_id, record)
        if not rows.visible_versions(audience):
            raise PermissionDeniedError("read")
        return rows, audience

    def _by_alias(self, alias, audience):
        found = normalise(alias)
        if found is None:
            raise PIDDoesNotExistError("demos", alias)
        rows = (
            db.session.query(ModelAlias.work_id, ModelSource)
            .join(ModelSource, ModelAlias.source_id == ModelSource.id)
            .filter(ModelAlias.value == found[1], ModelSource.gone_at.is_(None))
        )
        works = sorted({str(work_id) for work_id, source in rows if audience.record(source)})
        if not works:
            raise PIDDoesNotExistError("demos", alias)
        if len(works) > 1:
            raise AmbiguousAliasError(alias, works)
        return works[0]

    @staticmethod
    def _version(rows, audience, version):
        """Pick a version by its id or number; the current one if neither is given."""
        if version is None:
            return rows.current_version(audience)
        versions = rows.visible_versions(audience)
        for number, candidate in enumerate(versions, start=1):
            if str(version) in (str(candidate.id), str(number)):
                return candidate
        raise PIDDoesNotExistError("demos", f"{rows.work.id} version {version}")

    def _readable(self, identity, id_or_alias, version=None):
        """Find a version whose bytes the reader may read, and the sources that allow it."""
        rows, audience = self.resolve(identity, id_or_alias)
        version = self._version(rows, audience, version)
        sources = rows.sources_of(version, audience, files=True)
        if not sources:
            raise PermissionDeniedError("read_files")
        return rows, audience, version, sources

    #
    # Reading
    #
    def read(self, identity, id_or_alias, version=None, **kwargs):
        """Read an entry.

        Args:
            identity: the reader.
            id_or_alias: the ``demos_id`` or an alias.
            version: a version's id or number; the current one if not given.
            **kwargs: ignored; part of the framework's signature.

        Returns:
            A ``ModelItem``.

        Raises:
            PIDDoesNotExistError: see ``resolve``, as for the other errors.
        """
        rows, audience = self.resolve(identity, id_or_alias)
        version = self._version(rows, audience, version)
        return ModelItem(build_entry(rows, audience, version))

    def structure(self, identity, id_or_alias, version=None):
        """Read a model's structure: channels, samples, modifiers, parameters.

        Raises:
            PermissionDeniedError: the reader may not read the files.
        """
        *_, sources = self._readable(identity, id_or_alias, version)
        return (analysis_of(sources) or {}).get("structure") or {}

    def checks(self, identity, id_or_alias, version=None):
        """Read what was checked: findings, certificate of equivalence, closure.

        Raises:
            PermissionDeniedError: the reader may not read the files.
        """
        rows, _, version, sources = self._readable(identity, id_or_alias, version)
        analysis = analysis_of(sources, rows.analyses)
        if analysis is None:
            return {"valid": None, "findings": [], "documents": {}, "certificate": None}
        documents = rows.documents.get(version.id, {})
        certificate = documents.get("certificate")
        return {
            "valid": bool(analysis.get("valid")),
            "findings": analysis.get("findings") or [],
            "certificate": {"state": certificate.state, **(certificate.report or {})}
            if certificate
            else {"state": "pending"},
            "closure": closure_of(sources, documents),
            "documents": {
                name: {
                    "state": row.state,
                    "converter": row.converter,
                    **({"sha256": row.sha256, "size": row.size} if row.sha256 else {}),
                    **({"findings": row.report["findings"]} if row.state == "impossible" else {}),
                }
                for name, row in documents.items()
                if name in current_app.config["DEMOS_MODELS_DOCUMENTS"]
            },
        }

    def patches(self, identity, id_or_alias, version=None):
        """List the patches of the patch sets that apply to a model.

        Returns:
            ``{"hits": {"total", "hits": [{"name", "values", "labels", "patchset"}]}}``.

        Raises:
            PermissionDeniedError: the reader may not read the files.
        """
        rows, audience, version, _ = self._readable(identity, id_or_alias, version)
        sources = rows.patchsets_of(version, audience)
        analyses = by_sha256(s.sha256 for s in sources)
        hits, seen = [], set()
        for source in sources:
            if source.sha256 in seen:
                continue
            seen.add(source.sha256)
            structure = (analyses.get(source.sha256) or {}).get("structure") or {}
            hits += [
                {
                    "name": patch.get("name"),
                    "values": patch.get("values"),
                    "labels": structure.get("labels"),
                    "patchset": source.sha256,
                    "filename": source.filename,
                }
                for patch in structure.get("patches") or ()
            ]
        return {"hits": {"total": len(hits), "hits": hits}}

    def patchset_content(self, identity, id_or_alias, sha256=None, version=None):
        """Give the bytes of a patch set that applies to a model.

        Args:
            identity: the reader.
            id_or_alias: the model.
            sha256: which patch set; the only one if not given.
            version: the model's version.

        Returns:
            A ``Content``.

        Raises:
            PIDDoesNotExistError: there is no such patch set.
            PermissionDeniedError: the reader may not read the files.
        """
        rows, audience, version, _ = self._readable(identity, id_or_alias, version)
        for source in rows.patchsets_of(version, audience):
            if sha256 in (None, source.sha256):
                return self._source_content(source, rows.documents.get(version.id, {}))
        raise PIDDoesNotExistError("patchset", sha256 or "")

    def versions(self, identity, id_or_alias):
        """List the versions that the reader may see, the newest first."""
        rows, audience = self.resolve(identity, id_or_alias)
        hits = []
        for version in reversed(rows.visible_versions(audience)):
            entry = build_entry(rows, audience, version)
            hits.append(
                {
                    **{k: entry[k] for k in ("id", "kind", "format", "version", "sources")},
                    "title": entry["metadata"]["title"],
                    "links": {"self": f"{model_links(entry['id'])['self']}?version={version.id}"},
                }
            )
        return {"hits": {"total": len(hits), "hits": hits}}

    def content(self, identity, id_or_alias, format="source", dialect=None, version=None):
        """Give the bytes of one of a model's documents.

        Args:
            identity: the reader.
            id_or_alias: the model.
            format: ``source``, ``demos``, ``hs3`` or ``pyhf``.
            dialect: of HS3; ``root`` if not given.
            version: a version's id or number.

        Returns:
            A ``Content``.

        Raises:
            PermissionDeniedError: the reader may not read the files.
            DocumentPendingError: the document is not made yet.
            DocumentImpossibleError: there is no such document of this model.
        """
        rows, _, version, sources = self._readable(identity, id_or_alias, version)
        documents = rows.documents.get(version.id, {})
        sources = [s for s in sources if s.file_id]
        if version.digest is None or not sources:
            raise DocumentImpossibleError(format)
        analysis = analysis_of(sources[:1], rows.analyses) or {}
        same = analysis.get("format") == format and (
            format != "hs3" or (dialect is not None and dialect == analysis.get("dialect"))
        )
        if format == "source" or same:
            # A member of a pallet is there once it is extracted, a file of its own at once.
            ready = (s for s in sources if not s.member or member_document(s.sha256) in documents)
            return self._source_content(next(ready, sources[0]), documents)
        name = f"hs3-{dialect or 'root'}" if format == "hs3" else format
        row = documents.get(name)
        if row is None:
            if name not in current_app.config["DEMOS_MODELS_DOCUMENTS"]:
                raise DocumentImpossibleError(name)
            raise DocumentPendingError(name)
        if row.state != "ready":
            raise DocumentImpossibleError(name, (row.report or {}).get("findings") or ())
        return _content(row.file_id, row.sha256, f"{version.work_id}.{name}.json", row.created)

    @staticmethod
    def _source_content(source, documents):
        if source.member is None:
            return _content(source.file_id, source.sha256, source.filename, source.created)
        row = documents.get(member_document(source.sha256))
        if row is None:
            raise DocumentPendingError("source")
        return _content(row.file_id, row.sha256, Path(source.member).name, row.created)

    def resolve_for_run(self, identity, id_or_alias, version=None):
        """Say what a run of a model is about.

        Args:
            identity: who runs.
            id_or_alias: the model.
            version: a version's id or number.

        Returns:
            A ``RunTarget``.

        Raises:
            PermissionDeniedError: the identity may not read the files.
        """
        rows, audience, version, _ = self._readable(identity, id_or_alias, version)
        open_to_all = rows.sources_of(version, EVERYBODY, files=True)
        return RunTarget(
            model_id=str(rows.work.id),
            version_id=str(version.id),
            digest=version.digest,
            kind=version.kind,
            container=container_of(rows, audience, version) or None,
            restricted=not open_to_all,
        )


def _content(file_id, sha256, filename, modified):
    file = db.session.get(FileInstance, file_id)
    if file is None or not file.readable:
        raise DocumentPendingError("source")
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
