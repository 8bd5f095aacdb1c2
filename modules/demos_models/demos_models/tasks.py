# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Tasks: the follow-ups of the outbox, at once and by the reconciling job.

The work itself registers here with the outbox: looking into files, joining deposits,
indexing, deriving.
"""

import time

from celery import shared_task
from invenio_db.uow import UnitOfWork
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service
from sqlalchemy.exc import NoResultFound

from .deposit import deposits, following
from .registry import analyse, outbox
from .registry.derive import make_derivatives
from .registry.index import index_works

SOFT_LIMIT, LIMIT = 900, 960
"""Seconds until a task is told to end, and until it is ended."""


@outbox.handles(outbox.JOIN)
def join(recid):
    """Bring the registry up to date with a deposit: files analysed late, ways out."""
    try:
        record = current_rdm_records_service.record_cls.pid.resolve(recid)
    except (PIDDoesNotExistError, PIDDeletedError, NoResultFound):
        record = None
    if record is None or record.deletion_status.is_deleted:
        with UnitOfWork() as uow:
            deposits.leave_deposit(recid, "deleted", uow)
            uow.commit()
        return
    files = deposits.read_files(record)
    for key in files.pending:
        analyse.analyse_file(files.files[key], key)
    with UnitOfWork() as uow:
        deposits.join_deposit(current_rdm_records_service.record_cls.pid.resolve(recid), uow)
        uow.commit()


@outbox.handles(outbox.INDEX)
def index(work_id):
    """Bring the index up to date with a work."""
    index_works([work_id])


outbox.handles(outbox.ANALYSE)(analyse.analyse_file)
outbox.handles(outbox.DERIVE)(make_derivatives)
outbox.handles(outbox.READERS)(following.update_readers)


@shared_task(ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=LIMIT)
def follow_up(kind, key):
    """Do one follow-up."""
    outbox.run(kind, key)


@shared_task(ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=LIMIT)
def reconcile(seconds=45):
    """Do the follow-ups that are due: those that a crash or a failure has left.

    Args:
        seconds: After how long no further follow-up is begun, so that runs of this job
            do not pile up.
    """
    end = time.monotonic() + seconds
    tried = set()
    while entries := [entry for entry in outbox.due() if entry not in tried]:
        for entry in entries:
            tried.add(entry)
            outbox.run(*entry)
            if time.monotonic() > end:
                return
