# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tables: what harvesters see of each item, and when that last changed.

The rows are derived: ``invenio oai rebuild`` makes them again. Datestamps and announced deletions
cannot be made again and are kept by it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from invenio_db import db

MOMENT = sa.DateTime(timezone=True)
BIG = db.BigInteger().with_variant(db.Integer, "sqlite")


def _now():
    return datetime.now(UTC)


class OAIItem(db.Model):
    """One item: what an OAI identifier names."""

    __tablename__ = "demos_oai_item"
    __table_args__ = (
        sa.UniqueConstraint("source", "key", name="uq_demos_oai_item_source_key"),
        sa.Index("ix_demos_oai_item_datestamp", "datestamp", "id"),
    )

    id = db.Column(BIG, primary_key=True)
    source = db.Column(db.String(32), nullable=False)
    """Name of the source that the item comes from."""

    key = db.Column(db.String(64), nullable=False)
    """The item's key within its source."""

    identifier = db.Column(db.String(255), unique=True, nullable=False)
    datestamp = db.Column(MOMENT, nullable=False)
    """When what harvesters see of the item last changed, to the second."""

    deleted = db.Column(db.Boolean, nullable=False, default=False)
    renderer = db.Column(db.String(64), nullable=False)
    """Version of the code that made the payloads."""

    problem = db.Column(db.Text, nullable=True)
    """Formats that could not be made, and why."""


class OAIMembership(db.Model):
    """That an item is, or was, in a set."""

    __tablename__ = "demos_oai_membership"
    __table_args__ = (sa.Index("ix_demos_oai_membership_spec", "spec", "item_id"),)

    item_id = db.Column(BIG, db.ForeignKey(OAIItem.id, ondelete="CASCADE"), primary_key=True)
    spec = db.Column(db.String(255), primary_key=True)
    left = db.Column(db.Boolean, nullable=False, default=False)
    """Whether the item has left the set; the set's lists announce that as a deletion."""


class OAIPayload(db.Model):
    """An item in one metadata format."""

    __tablename__ = "demos_oai_payload"

    item_id = db.Column(BIG, db.ForeignKey(OAIItem.id, ondelete="CASCADE"), primary_key=True)
    prefix = db.Column(db.String(64), primary_key=True)
    xml = db.Column(db.LargeBinary, nullable=True)
    """NULL where the item is no longer there in this format."""

    about = db.Column(db.LargeBinary, nullable=True)


class OAIStale(db.Model):
    """An item that has to be looked at again. Written with the change that makes it stale."""

    __tablename__ = "demos_oai_stale"

    source = db.Column(db.String(32), primary_key=True)
    key = db.Column(db.String(64), primary_key=True)
    due = db.Column(MOMENT, nullable=False, default=_now, index=True)
    generation = db.Column(db.Integer, nullable=False, default=0)
    """Counts the changes: one that comes while the item is looked at is not lost."""

    attempts = db.Column(db.Integer, nullable=False, default=0)
    error = db.Column(db.Text, nullable=True)
