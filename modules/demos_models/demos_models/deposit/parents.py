# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Follows changes of who may read a deposit that are no change of the deposit.

Grants, secret links, owners and communities belong to the parent of a deposit's
versions, and the framework has no hook for all of their changes. So the update of the
parent's row owes the follow-up, in the same transaction. Reading an entry asks the
deposit's own policy and needs none of this; the search index does.
"""

import sqlalchemy as sa
from invenio_db import db
from invenio_db.uow import UnitOfWork
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.records.models import RDMParentMetadata
from sqlalchemy import event
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, object_session

from ..permissions import readers_of
from ..records.models import ModelSource
from ..registry import outbox
from ..registry.types import PORTAL_HOST
from ..registry.works import refresh

_PENDING = "demos-models-parents"


def follow_parents():
    """Listen to updates of parents; listening twice is listening once."""
    if not event.contains(RDMParentMetadata, "after_update", _owe):
        event.listen(RDMParentMetadata, "after_update", _owe)
        event.listen(Session, "after_commit", _ask)
        event.listen(Session, "after_soft_rollback", _forget)


def _owe(mapper, connection, target):
    lineage = (target.json or {}).get("id")
    concerned = sa.exists().where(
        ModelSource.host == PORTAL_HOST, ModelSource.lineage == str(lineage)
    )
    if connection.execute(sa.select(concerned)).scalar():
        connection.execute(outbox.request_statement(outbox.READERS, lineage))
        object_session(target).info.setdefault(_PENDING, set()).add(lineage)


def _ask(session):
    if session.in_nested_transaction():
        return
    for lineage in session.info.pop(_PENDING, ()):
        outbox.send(outbox.READERS, lineage)


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
