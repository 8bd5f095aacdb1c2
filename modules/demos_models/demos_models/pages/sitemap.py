# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The entries that anybody may see, for the sitemap."""

import sqlalchemy as sa
from flask import current_app
from invenio_db import db

from ..records.models import EntryMetadata, ModelSource, ModelVersion


class ModelsSection:
    """The public entries."""

    name = "models"

    def _query(self, *columns):
        public = (
            sa.select(ModelVersion.work_id)
            .join(ModelSource, ModelSource.version_id == ModelVersion.id)
            .where(
                ModelSource.role == "model",
                ModelSource.access_record == "public",
                ModelSource.gone_at.is_(None),
            )
        )
        return sa.select(*columns).where(EntryMetadata.id.in_(public))

    def count(self):
        """Return how many addresses it has."""
        return db.session.scalar(self._query(sa.func.count(EntryMetadata.id)))

    def page(self, offset, limit):
        """Yield addresses with the moment of their last change."""
        query = self._query(EntryMetadata.id, EntryMetadata.updated)
        query = query.order_by(EntryMetadata.created, EntryMetadata.id)
        for model_id, updated in db.session.execute(query.offset(offset).limit(limit)):
            address = f"{current_app.config['SITE_UI_URL']}/models/{model_id}"
            yield address, updated.isoformat()
