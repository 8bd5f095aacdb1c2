# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Work that follows an answer: analyses, joins, indexing, derived documents."""

import time

from celery import shared_task
from flask import current_app
from invenio_db import db
from invenio_db.uow import UnitOfWork
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service
from sqlalchemy.exc import NoResultFound

from .deposit import deposits, parents
from .records.models import OutboxEntry
from .registry import analysis, documents, outbox
from .registry.indexing import index_works


def _join(recid):
    """Join a deposit whose files had not been analysed when it was published."""
    try:
        record = current_rdm_records_service.record_cls.pid.resolve(recid)
    except (PIDDoesNotExistError, NoResultFound):
        return
    if record.deletion_status.is_deleted:
        return
    reading = deposits.read_files(record)
    for key in reading.pending:
        analysis.analyse_file(reading.files[key], key)
    with UnitOfWork() as uow:
        deposits.join_deposit(current_rdm_records_service.record_cls.pid.resolve(recid), uow)
        uow.commit()


HANDLERS = {
    "analyse": analysis.analyse_file,
    "join": _join,
    "index": lambda work_id: index_works([work_id]),
    "documents": documents.make_documents,
    "parent": parents.update_readers,
}


def run(kind, key):
    """Do one follow-up and strike it off; doing it twice does no harm.

    Args:
        kind: a name in ``HANDLERS``.
        key: what it is about.

    Returns:
        Whether it succeeded; a failure is in the outbox, with when to try again.
    """
    generation = (
        db.session.query(OutboxEntry.generation).filter_by(kind=kind, key=str(key)).scalar()
    )
    db.session.rollback()
    try:
        HANDLERS[kind](key)
        if generation is not None:
            outbox.done(kind, {str(key): generation})
        db.session.commit()
        return True
    except Exception as error:
        db.session.rollback()
        current_app.logger.exception("The follow-up %s of %s failed", kind, key)
        outbox.failed(kind, key, error)
        db.session.commit()
        return False


@shared_task(ignore_result=True, soft_time_limit=900, time_limit=960)
def follow_up(kind, key):
    """Do one follow-up."""
    run(kind, key)


@shared_task(ignore_result=True)
def reconcile(seconds=45):
    """Do the follow-ups that are due: those that a crash or a failure has left.

    Args:
        seconds: how long at most, so that runs of this job do not pile up.
    """
    end = time.monotonic() + seconds
    while entries := outbox.due():
        for kind, key in entries:
            run(kind, key)
            if time.monotonic() > end:
                return
