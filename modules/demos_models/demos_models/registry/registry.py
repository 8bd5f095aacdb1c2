# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The one path into the registry."""

import os
import tempfile
import uuid
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from invenio_db import db
from invenio_db.uow import unit_of_work
from invenio_records_resources.services.errors import PermissionDeniedError

from ..records.models import (
    AnalysedFile,
    ModelAlias,
    ModelDoubt,
    ModelMetadata,
    ModelSource,
    ModelVersion,
)
from . import analysis, storage
from .entry import analysis_of
from .identifiers import aliases_of
from .join import SourceSpec, join, leave, sources_of_lineage, work_of_lineage
from .specs import specs_of
from .types import Candidate, Registration, Source
from .understanding import message_of, understand

DESCRIBED_KINDS = ("combine", "container", "other", "histfactory", "hs3")


class RegistrationError(ValueError):
    """Something that cannot be registered; ``errors`` says what and where."""

    def __init__(self, errors):
        """Keep the errors: ``[{"field", "messages"}]``."""
        super().__init__("; ".join(m for e in errors for m in e["messages"]))
        self.errors = errors


class ModelRegistry:
    """Registers models, wherever they are hosted.

    Args:
        permission_policy_cls: says who may.
    """

    def __init__(self, permission_policy_cls):
        self._policy = permission_policy_cls

    def require_permission(self, identity, action):
        """Raise unless an identity may do something.

        Raises:
            PermissionDeniedError: it may not.
        """
        if not self._policy(action, identity=identity).allows(identity):
            raise PermissionDeniedError(action)

    def register(self, identity, source, content, metadata, *, uow=None):
        """Register a model that somebody else hosts.

        Bytes are stored and analysed before the transaction that joins them begins.
        Registering the same again changes nothing.

        Args:
            identity: who registers; needs the curators' permission.
            source: where the model is hosted, a ``Source``.
            content: its bytes, a path to them, or None for a model that is only
                described (its ``kind`` is in the metadata then).
            metadata: the fields of the metadata block without ``demos_id``, and
                ``aliases``.
            uow: a unit of work to join; one of its own if not given.

        Returns:
            A ``Registration``.

        Raises:
            PermissionDeniedError: the identity may not register models.
            RegistrationError: the content holds no valid model, or the metadata names
                no known kind.
        """
        self.require_permission(identity, "register")
        metadata = dict(metadata)
        if content is None:
            specs, findings, file_id = [_described(source, metadata)], [], None
        else:
            result, file_id = self._stage(source, content)
            specs, findings = _contained(source, metadata, result, file_id)
            if uow is None:
                db.session.commit()
        candidates = _candidates(source, specs)
        if candidates:
            doubt = self._keep_doubt(source, metadata, file_id, candidates, uow=uow)
            return replace(doubt, findings=findings)
        return self._join(specs, findings, uow=uow)

    @unit_of_work()
    def withdraw(self, identity, host, key, reason, uow=None):
        """Mark a source, with the members of a pallet, as gone from its host.

        Args:
            identity: who withdraws; needs the curators' permission.
            host: the source's host.
            key: the source's key.
            reason: why, in a word or two.
            uow: a unit of work to join.

        Returns:
            How many sources are gone by it.

        Raises:
            PermissionDeniedError: the identity may not withdraw.
        """
        self.require_permission(identity, "register")
        sources = [s for s in _sources(host, key) if s.gone_at is None]
        leave(sources, reason, uow)
        return len(sources)

    def decide(self, identity, doubt_id, action):
        """Decide a doubtful registration.

        Args:
            identity: who decides; needs the curators' permission.
            doubt_id: from ``Registration.doubt_id``.
            action: ``"new"`` for a model of its own, ``"drop"``, or
                ``{"version_of": model_id}``.

        Returns:
            The ``Registration``; None for ``"drop"``.

        Raises:
            PermissionDeniedError: the identity may not decide.
            LookupError: there is no such doubt, or no such model.
            ValueError: there is no such action.
        """
        self.require_permission(identity, "register")
        doubt = db.session.get(ModelDoubt, uuid.UUID(str(doubt_id)))
        if doubt is None:
            raise LookupError(f"There is no doubtful registration {doubt_id}.")
        if action == "drop":
            db.session.delete(doubt)
            db.session.commit()
            return None
        work_id = None
        if isinstance(action, dict) and set(action) == {"version_of"}:
            work_id = uuid.UUID(str(action["version_of"]))
            if db.session.get(ModelMetadata, work_id) is None:
                raise LookupError(f"There is no model {work_id}.")
        elif action != "new":
            raise ValueError(f"{action!r} is none of 'new', 'drop' and {{'version_of': id}}.")
        source = _source_from_json(doubt.request["source"])
        metadata = dict(doubt.request["metadata"])
        findings = []
        if doubt.file_id is None:
            specs = [_described(source, metadata)]
        else:
            result = analysis.known([doubt.file_id])[str(doubt.file_id)]
            specs, findings = _contained(source, metadata, result, doubt.file_id)
        for spec in specs:
            spec.work_id = work_id
        db.session.delete(doubt)
        return self._join(specs, findings)

    @unit_of_work()
    def _join(self, specs, findings, uow=None):
        joined = join(specs, uow)
        for item in joined:
            if item.source.file_id and item.version is not None:
                storage.keep(item.version, f"source/{item.source.key}", item.source.file_id)
        models = [j for j in joined if j.source.role == "model"]
        statuses = {j.status for j in joined}
        return Registration(
            status=statuses.pop() if len(statuses) == 1 else "updated",
            model_ids=[str(j.version.work_id) for j in models],
            version_ids=[str(j.version.id) for j in models],
            findings=findings,
        )

    def _stage(self, source, content):
        """Store and analyse a content; what is stored already is found by its sha256."""
        with tempfile.TemporaryDirectory(prefix="demos-") as folder:
            if isinstance(content, (bytes, bytearray, memoryview)):
                path = Path(folder) / "content"
                path.write_bytes(content)
            else:
                path = Path(os.fspath(content))
            result = analysis.analyse(path, source.filename)
            analysis.remember(result)
            stored = (
                db.session.query(ModelSource.file_id)
                .join(AnalysedFile, AnalysedFile.file_id == ModelSource.file_id)
                .filter(AnalysedFile.sha256 == result["sha256"], ModelSource.host == source.host)
                .first()
            )
            file_id = stored[0] if stored else storage.store_file(path)
            analysis.link(file_id, result["sha256"])
        return result, file_id

    @unit_of_work()
    def _keep_doubt(self, source, metadata, file_id, candidates, *, uow=None):
        doubt = (
            db.session.query(ModelDoubt).filter_by(host=source.host, key=source.key).one_or_none()
        )
        if doubt is None:
            doubt = ModelDoubt(id=uuid.uuid4(), host=source.host, key=source.key)
            db.session.add(doubt)
        doubt.request = {"source": _source_to_json(source), "metadata": metadata}
        doubt.file_id = file_id
        doubt.candidates = [asdict(c) for c in candidates]
        return Registration(status="doubtful", candidates=candidates, doubt_id=str(doubt.id))


def _common(source, metadata):
    return {
        "host": source.host,
        "url": source.url,
        "record_id": source.record_id,
        "lineage": source.lineage or source.record_id,
        "filename": source.filename,
        "licence": source.licence,
        "access_record": source.access.get("record", "public"),
        "access_files": source.access.get("files", "public"),
        "version_label": source.version,
        "record_order": int(source.version) if str(source.version or "").isdigit() else 0,
        "data": {k: v for k, v in metadata.items() if k != "kind"},
        "created": source.seen_at,
    }


def _described(source, metadata):
    kind = metadata.get("kind") or "other"
    if kind not in DESCRIBED_KINDS:
        message = f"{kind!r} is none of {', '.join(DESCRIBED_KINDS)}."
        raise RegistrationError([{"field": "kind", "messages": [message]}])
    return SourceSpec(key=source.key, digest=None, kind=kind, **_common(source, metadata))


def _contained(source, metadata, result, file_id):
    documents = understand(source.filename or source.key, result)
    specs = specs_of(documents, source.key, file_id, _common(source, metadata))
    if not specs:
        raise RegistrationError(
            [
                {"field": d.place, "messages": [message_of(f) for f in d.errors]}
                for d in documents
                if d.errors
            ]
            or [{"field": documents[0].place, "messages": ["There is no model in this file."]}]
        )
    return specs, [{**f, "file": d.place} for d in documents for f in d.findings]


def _sources(host, key):
    members = ModelSource.key.startswith(f"{key}#", autoescape=True)
    return (
        db.session.query(ModelSource)
        .filter(ModelSource.host == host, (ModelSource.key == key) | members)
        .all()
    )


def _candidates(source, specs):
    """Say what a new source may belong to, where only a curator can tell.

    A description without content goes to the one model that shares an identifier with
    it; several are a doubt. An unknown content is a doubt where a model of the same
    lineage has the same channels under another file name: it may be its next version.
    """
    if _sources(source.host, source.key):
        return []
    candidates = {}
    lone = sum(s.role == "model" for s in specs) == 1
    for spec in specs:
        if spec.role == "patchset":
            continue
        if spec.digest is None:
            names = {"aliases": spec.data.get("aliases")}
            works = _works_by_alias(aliases_of(names, [spec.url] if spec.url else []))
            if len(works) == 1:
                spec.work_id = works[0]
            else:
                candidates |= dict.fromkeys(works, "shares an identifier")
        elif (
            not _digest_known(spec.digest)
            and work_of_lineage(spec, lone, sources_of_lineage(spec)) is None
        ):
            candidates |= dict.fromkeys(
                _works_with_channels(spec), "has the same channels under another file name"
            )
    return [Candidate(str(work_id), reason) for work_id, reason in candidates.items()]


def _digest_known(digest):
    return db.session.query(ModelVersion.id).filter_by(digest=digest).first() is not None


def _works_by_alias(aliases):
    works = set()
    for scheme, value in aliases:
        rows = db.session.query(ModelAlias.work_id).filter_by(scheme=scheme, value=value)
        works |= {row[0] for row in rows}
    return sorted(works, key=str)


def _channels(result):
    return {c.get("name") for c in ((result or {}).get("structure") or {}).get("channels") or ()}


def _works_with_channels(spec):
    if not spec.lineage:
        return []
    mine = _channels(analysis.by_sha256([spec.sha256]).get(spec.sha256))
    rows = db.session.query(ModelSource).filter(
        ModelSource.host == spec.host,
        ModelSource.lineage == spec.lineage,
        ModelSource.role == "model",
        ModelSource.version_id.isnot(None),
        ModelSource.version_label != spec.version_label,
    )
    return sorted(
        {r.version.work_id for r in rows if mine and _channels(analysis_of([r])) == mine}, key=str
    )


def _source_to_json(source):
    values = asdict(source)
    values["access"] = dict(source.access)
    values["seen_at"] = source.seen_at.isoformat() if source.seen_at else None
    return values


def _source_from_json(values):
    seen_at = values.get("seen_at")
    return Source(**{**values, "seen_at": datetime.fromisoformat(seen_at) if seen_at else None})
