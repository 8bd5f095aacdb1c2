# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Follow changes of who may read a deposit, whichever way they were made.

Grants, secret links, owners and communities belong to the parent of a deposit's
versions, and the framework has no hook for all of their changes. A record is restricted,
deleted or erased by several services, and by whoever writes to its table. So the update
of the row owes the follow-up, in the same transaction. Reading a restricted entry asks
the deposit's own policy and needs none of this; the search index, and what is open to
all, do.
"""

import sqlalchemy as sa
from invenio_db import db
from invenio_db.uow import UnitOfWork
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.records.models import RDMParentMetadata, RDMRecordMetadata
from invenio_rdm_records.records.systemfields.deletion_status import RecordDeletionStatusEnum
from sqlalchemy import event
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, object_session

from ..permissions import readers_of
from ..records.models import ModelSource
from ..registry import outbox
from ..registry.types import PORTAL_HOST
from ..registry.works import refresh

_PENDING = "demos-models-follow-ups"


def follow_deposits():
    """Listen to updates of records and their parents; listening twice is listening once."""
    if not event.contains(RDMParentMetadata, "after_update", _parent_changed):
        event.listen(RDMParentMetadata, "after_update", _parent_changed)
        event.listen(RDMRecordMetadata, "after_update", _record_changed)
        event.listen(RDMRecordMetadata, "after_delete", _record_changed)
        event.listen(Session, "after_commit", _ask)
        event.listen(Session, "after_soft_rollback", _forget)


def _owe(connection, target, kind, key):
    connection.execute(outbox.request_statement(kind, key))
    object_session(target).info.setdefault(_PENDING, set()).add((kind, key))


def _parent_changed(mapper, connection, target):
    lineage = (target.json or {}).get("id")
    concerned = sa.exists().where(
        ModelSource.host == PORTAL_HOST, ModelSource.lineage == str(lineage)
    )
    if connection.execute(sa.select(concerned)).scalar():
        _owe(connection, target, outbox.READERS, lineage)


def _record_changed(mapper, connection, target):
    """Owe the joining of a record that the registry shows more openly than it is."""
    history = sa.inspect(target).attrs.json.history
    before = next(iter(history.deleted or ()), None) or {}
    recid = (target.json or before).get("id")
    rows = connection.execute(
        sa.select(ModelSource.access_record, ModelSource.access_files).where(
            ModelSource.host == PORTAL_HOST,
            ModelSource.record_id == str(recid),
            ModelSource.gone_at.is_(None),
        )
    ).all()
    if rows and any(tuple(row) != _access_of(target) for row in rows):
        _owe(connection, target, outbox.JOIN, recid)


def _access_of(row):
    """Return who may read a record's metadata and files; None for one that is gone."""
    status = getattr(row.deletion_status, "value", row.deletion_status)
    published = RecordDeletionStatusEnum.PUBLISHED.value
    if not row.json or row.is_deleted or status not in (None, published):
        return None
    access = row.json.get("access") or {}
    record = access.get("record", "public")
    files = "restricted" if record == "restricted" else access.get("files", "public")
    return (record, files)


def _ask(session):
    if session.in_nested_transaction():
        return
    for kind, key in session.info.pop(_PENDING, ()):
        outbox.send(kind, key)


def _forget(session, previous_transaction):
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


def update_readers(lineage):
    """Write the readers of a parent's deposits into their sources, and index them.

    Args:
        lineage: the parent's identifier.
    """
    parents = current_rdm_records_service.record_cls.parent_record_cls
    try:
        readers = readers_of(parents.pid.resolve(lineage))
    except (PIDDoesNotExistError, NoResultFound):
        return
    works = set()
    for source in db.session.query(ModelSource).filter_by(host=PORTAL_HOST, lineage=lineage):
        if source.readers != readers:
            source.readers = readers
            if source.version is not None:
                works.add(source.version.work_id)
    with UnitOfWork() as uow:
        refresh(works, uow)
        uow.commit()
