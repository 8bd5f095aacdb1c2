# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Published records as items: each version is one, as in the framework."""

from uuid import UUID

import sqlalchemy as sa
from invenio_db import db
from invenio_rdm_records.proxies import current_rdm_records_service
from sqlalchemy.orm.exc import NoResultFound

from ..formats import payloads
from ..sets import specs_of
from ..xml import clean
from . import ItemState


class RecordsSource:
    """The published records of InvenioRDM."""

    name = "records"

    def state(self, key):
        """Return what anybody may see of a record.

        Args:
            key: the record's UUID.

        Returns:
            The state; None where the record is gone, deleted, not public, or has no OAI
            identifier.
        """
        record_cls = current_rdm_records_service.record_cls
        try:
            record = record_cls.get_record(UUID(key))
        except NoResultFound:
            return None
        identifier = (record.get("pids", {}).get("oai") or {}).get("identifier")
        hidden = record.access.protection.record != "public"
        if not identifier or hidden or record.deletion_status.is_deleted:
            return None
        record.relations.dereference()
        source = clean(record.dumps())
        made, problems = payloads(identifier, source)
        return ItemState(identifier, made, specs_of(source), problems=problems)

    def keys(self):
        """Yield the UUIDs of all published records."""
        model = current_rdm_records_service.record_cls.model_cls
        query = sa.select(model.id).where(model.json.isnot(None)).order_by(model.created)
        for key in db.session.scalars(query.execution_options(yield_per=1000)):
            yield str(key)
