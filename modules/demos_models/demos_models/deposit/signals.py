# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Follows changes of who may read a deposit that are no change of the deposit.

Grants, secret links, owners and communities belong to the parent of a deposit's
versions. The framework has no hook for all of their changes but the parent's commit.
"""

from invenio_db import db
from invenio_rdm_records.records.api import RDMParent
from sqlalchemy import event

from ..permissions import readers_of
from ..records.models import ModelSource
from ..registry import outbox
from ..registry.types import PORTAL_HOST


def follow_parent(sender, record=None, **kwargs):
    """Write the new readers into the sources of a parent's deposits.

    Args:
        sender: the application.
        record: the record that was committed; only parents matter.
        **kwargs: the signal's further arguments.
    """
    if not isinstance(record, RDMParent) or record.pid is None:
        return
    sources = (
        db.session.query(ModelSource)
        .filter_by(host=PORTAL_HOST, lineage=record.pid.pid_value)
        .filter((ModelSource.access_record != "public") | (ModelSource.access_files != "public"))
        .all()
    )
    readers = readers_of(record) if sources else []
    works = set()
    for source in sources:
        if source.readers != readers:
            source.readers = readers
            if source.version is not None:
                works.add(str(source.version.work_id))
    for work_id in sorted(works):
        outbox.request("index", work_id)
    if works:
        event.listen(
            db.session(),
            "after_commit",
            lambda session: [outbox.send("index", work_id) for work_id in works],
            once=True,
        )
