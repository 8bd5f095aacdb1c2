# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What makes items stale: changes of records, of their parents, and of sets."""

from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from celery import current_app as current_celery_app
from invenio_db import db
from invenio_oaiserver.models import OAISet
from invenio_rdm_records.records.models import RDMParentMetadata, RDMRecordMetadata
from sqlalchemy import event

from .items import FLAG, stale_statement
from .records.models import OAIItem

RECORDS = "records"

SET_DELAY = timedelta(seconds=3)
"""The search engine knows a set's query about a second after it was written."""


def connect():
    """Listen to the tables; a second call changes nothing."""
    for target, name, listener in (
        (RDMRecordMetadata, "after_insert", _record_changed),
        (RDMRecordMetadata, "after_update", _record_changed),
        (RDMRecordMetadata, "after_delete", _record_changed),
        (RDMParentMetadata, "after_update", _parent_changed),
        (OAISet, "after_insert", _set_changed),
        (OAISet, "after_update", _set_changed),
        (OAISet, "after_delete", _set_changed),
        (db.session, "after_commit", _committed),
        (db.session, "after_soft_rollback", _rolled_back),
    ):
        if not event.contains(target, name, listener):
            event.listen(target, name, listener)


def _mark(connection, rows, **options):
    connection.execute(stale_statement(rows, **options))
    db.session().info[FLAG] = True


def _record_changed(mapper, connection, record):
    _mark(connection, [(RECORDS, str(record.id))])


def _parent_changed(mapper, connection, parent):
    model = RDMRecordMetadata
    _mark(
        connection,
        sa.select(sa.literal(RECORDS), sa.cast(model.id, sa.String)).where(
            model.parent_id == parent.id
        ),
    )


def _set_changed(mapper, connection, oai_set):
    _mark(connection, sa.select(OAIItem.source, OAIItem.key), delay=SET_DELAY)


def _rolled_back(session, previous_transaction):
    if not session.in_transaction():
        session.info.pop(FLAG, None)


def _committed(session):
    """Ask a worker; where none can be asked the schedule does it within a minute."""
    if session.info.pop(FLAG, None):
        with suppress(Exception):
            current_celery_app.send_task(
                "demos_oai.tasks.refresh_stale", retry=False, ignore_result=True
            )
