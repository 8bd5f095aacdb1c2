# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Derives the registry from the deposits again, and compares the two."""

from collections import Counter
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from invenio_db import db
from invenio_db.uow import UnitOfWork
from invenio_files_rest.models import FileInstance
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_search import current_search_client
from invenio_search.engine import search
from invenio_search.utils import build_alias_name

from .deposit import deposits
from .records.api import Entry
from .records.models import (
    EntryMetadata,
    ModelAlias,
    ModelDerivative,
    ModelSource,
    ModelTombstone,
    ModelVersion,
    OutboxEntry,
)
from .registry import analyse, index, outbox
from .registry.entry import names_of_source
from .registry.types import PORTAL_HOST
from .registry.works import leave, refresh, stored_entry, write_aliases

BATCH = 100


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be.

    Args:
        kind: what sort of thing.
        subject: which one.
        detail: what is wrong with it.
    """

    kind: str
    subject: str
    detail: str

    def to_dict(self):
        """Give it as a JSON object."""
        return asdict(self)


def published_records():
    """Iterate over all published deposits that are not deleted."""
    record_cls = current_rdm_records_service.record_cls
    model = record_cls.model_cls
    ids = [
        row[0]
        for row in db.session.query(model.id)
        .filter(model.is_deleted.is_(False))
        .order_by(model.created, model.id)
    ]
    for record_id in ids:
        record = record_cls.get_record(record_id)
        if not record.deletion_status.is_deleted:
            yield record


def work_ids():
    """Give the ids of all works."""
    return [row[0] for row in db.session.query(EntryMetadata.id).order_by(EntryMetadata.created)]


def rebuild(progress=lambda: None):
    """Derive everything that can be derived again.

    Identifiers are minted, not derived, and stay: those of works and versions, which
    are found again by their content. So are the sources of other hosts, which come
    from outside.

    Args:
        progress: called after each deposit.

    Returns:
        ``{"deposits", "sources", "works", "derivatives"}``: how many were gone through.
    """
    seen, n_sources = set(), 0
    for record in published_records():
        reading = deposits.read_files(record)
        for key in reading.pending:
            analyse.analyse_file(reading.files[key], key)
        with UnitOfWork() as uow:
            n_sources += len(deposits.join_deposit(record, uow))
            uow.commit()
        seen.add(record.pid.pid_value)
        progress()
    _leave_lost(seen)
    for source in db.session.query(ModelSource).filter(ModelSource.version_id.isnot(None)):
        if source.role == "model":
            write_aliases([(source, source.version, True)])
    db.session.commit()
    works = work_ids()
    for start in range(0, len(works), BATCH):
        with UnitOfWork() as uow:
            refresh(works[start : start + BATCH], uow)
            uow.commit()
    _drop_unknown_documents()
    return {
        "deposits": len(seen),
        "sources": n_sources,
        "works": len(works),
        "derivatives": _owe_derivatives(),
    }


def _leave_lost(seen):
    """Mark the sources of deposits that are no longer there as gone."""
    lost = [
        source
        for source in db.session.query(ModelSource).filter_by(host=PORTAL_HOST)
        if source.gone_at is None and source.record_id not in seen
    ]
    if lost:
        with UnitOfWork() as uow:
            leave(lost, "deleted", uow)
            uow.commit()


def _owe_derivatives():
    """Ask for the documents that no converter of this version has made."""
    have = sa.select(ModelDerivative.version_id).where(
        ModelDerivative.converter == analyse.analyser_version(),
        ModelDerivative.name == "certificate",
    )
    rows = db.session.query(ModelVersion.id).filter(
        ModelVersion.digest.isnot(None), ModelVersion.id.notin_(have)
    )
    version_ids = [row[0] for row in rows]
    if version_ids:
        outbox.request(outbox.DERIVE, *version_ids)
    db.session.commit()
    for version_id in version_ids:
        outbox.send(outbox.DERIVE, version_id)
    return len(version_ids)


def _indexed():
    """Iterate over everything that is in the index: ``(document id, source)``."""
    name = build_alias_name(Entry.index._name)
    current_search_client.indices.refresh(index=name)
    for hit in search.helpers.scan(current_search_client, index=name):
        yield hit["_id"], hit["_source"]


def _drop_unknown_documents():
    known = {str(work_id) for work_id in work_ids()}
    name = build_alias_name(Entry.index._name)
    for document_id, document in _indexed():
        if document["id"] not in known:
            current_search_client.delete(index=name, id=document_id)


def verify():
    """Compare the registry with the deposits, the index with the registry.

    Yields:
        Every ``Difference``.
    """
    seen = set()
    for record in published_records():
        seen.add(record.pid.pid_value)
        yield from _verify_deposit(record)
    for source in db.session.query(ModelSource).filter_by(host=PORTAL_HOST, gone_at=None):
        if source.record_id not in seen:
            yield Difference("source", source.key, "its deposit is not there")
    yield from _verify_files()
    yield from _verify_works()
    for entry in db.session.query(OutboxEntry).filter(OutboxEntry.attempts > 0):
        yield Difference("follow-up", f"{entry.kind} {entry.key}", entry.error or "it failed")


def _verify_deposit(record):
    recid = record.pid.pid_value
    reading = deposits.read_files(record)
    for key in reading.pending:
        yield Difference("analysis", f"{recid}/{key}", "the file is not analysed")
    expected = {spec.key: spec for spec in deposits.specs_of_deposit(record, reading)}
    rows = {row.key: row for row in deposits.sources_of_deposit(recid)}
    for key in sorted(expected.keys() | rows.keys()):
        if key not in rows:
            yield Difference("source", key, "it is not registered")
        elif key not in expected:
            yield Difference("source", key, "its deposit has no such model")
        else:
            row, spec = rows[key], expected[key]
            wrong = [n for n, value in spec.columns().items() if getattr(row, n) != value]
            if spec.role == "model" and (row.version is None or row.version.digest != spec.digest):
                wrong.append("version")
            if wrong:
                yield Difference("source", key, f"these differ: {', '.join(sorted(wrong))}")


def _verify_files():
    for table, name in ((ModelSource, "key"), (ModelDerivative, "name")):
        rows = db.session.query(table, FileInstance).join(
            FileInstance, table.file_id == FileInstance.id
        )
        for row, file in rows:
            if not file.readable or not file.storage(default_location=None).open(mode="rb"):
                yield Difference("file", f"{getattr(row, name)}", "its bytes are not there")


def _all_rows():
    """Iterate over the rows of all works."""
    ids = work_ids()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        yield from index.load(
            db.session.query(EntryMetadata).filter(EntryMetadata.id.in_(batch)).all()
        )


def _verify_works():
    indexed = dict(_indexed())
    expected = set()
    for rows in _all_rows():
        work = rows.work
        stored = {k: v for k, v in (work.json or {}).items() if k != "$schema"}
        if stored != stored_entry(rows):
            yield Difference("entry", str(work.id), "the stored entry is not what follows from it")
        for document_id, document in index.search_documents(rows).items():
            expected.add(document_id)
            if document_id not in indexed:
                yield Difference("index", document_id, "the view is not in the index")
            elif indexed[document_id] != document:
                yield Difference("index", document_id, "the indexed view is out of date")
        yield from _verify_aliases(work)
    for document_id in sorted(indexed.keys() - expected):
        yield Difference("index", document_id, "there is no such view")


def _verify_aliases(work):
    rows = db.session.query(ModelAlias).filter_by(work_id=work.id)
    stored = {(row.scheme, row.value, row.source_id) for row in rows}
    expected = {
        (scheme, value, source.id)
        for version in work.versions
        for source in version.sources
        if source.role == "model"
        for scheme, value in names_of_source(source)
    }
    if stored != expected:
        yield Difference("alias", str(work.id), "the aliases are not those of the sources")


def stats():
    """Count what the registry holds."""

    def count(model, *conditions):
        return db.session.query(model).filter(*conditions).count()

    live = (ModelSource.gone_at.is_(None), ModelSource.role == "model")
    kinds = db.session.query(ModelVersion.kind, sa.func.count()).group_by(ModelVersion.kind)
    hosts = (
        db.session.query(ModelSource.host, sa.func.count()).filter(*live).group_by(ModelSource.host)
    )
    derivatives = db.session.query(
        ModelDerivative.name, ModelDerivative.state, sa.func.count()
    ).group_by(ModelDerivative.name, ModelDerivative.state)
    states = Counter()
    for name, state, number in derivatives:
        single = name.split("-")[0] if name.startswith(("closure-", "source-")) else name
        states[f"{single} {state}"] += number
    return {
        "works": count(EntryMetadata),
        "versions": count(ModelVersion),
        "sources": count(ModelSource, *live),
        "patchsets": count(ModelSource, ModelSource.role == "patchset"),
        "kinds": dict(kinds.all()),
        "hosts": dict(hosts.all()),
        "derivatives": dict(sorted(states.items())),
        "tombstones": count(ModelTombstone, ModelTombstone.lifted_at.is_(None)),
        "owed": count(OutboxEntry),
    }
