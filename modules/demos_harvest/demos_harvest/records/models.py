# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tables of the harvest: where it stands, what it knows, what it did."""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from demos_models.api import UTCDateTime
from invenio_db import db
from sqlalchemy.dialects import postgresql
from sqlalchemy_utils.types import UUIDType

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

PENDING = "pending"
"""Listed as new or changed; to be fetched."""
REGISTERED = "registered"
"""Its models are in the registry."""
SKIPPED = "skipped"
"""It holds no model."""
DOUBTFUL = "doubtful"
"""A curator decides what it belongs to."""
FAILED = "failed"
"""To be tried again."""
DEAD = "dead"
"""Not tried again until somebody asks for it or the peer changes it."""
DELETED = "deleted"
"""The peer removed it."""
KNOWN = "known"
"""Looked up, not registered."""

SETTLED = (REGISTERED, SKIPPED, DOUBTFUL)
"""States in which nothing is due unless the peer changes something."""


def now():
    """Return the present moment."""
    return datetime.now(UTC)


class HarvestCursor(db.Model):
    """Where the next listing of a peer starts."""

    __tablename__ = "demos_harvest_cursor"

    peer = db.Column(db.String(64), primary_key=True)
    value = db.Column(db.String(255), nullable=False)
    updated = db.Column(UTCDateTime(), nullable=False, default=now, onupdate=now)


class HarvestItem(db.Model):
    """One record of a peer: the unit of harvest and of the mirror."""

    __tablename__ = "demos_harvest_item"
    __table_args__ = (
        sa.UniqueConstraint("peer", "source_id", name="uq_demos_harvest_item_peer_source"),
        sa.Index("ix_demos_harvest_item_peer_state", "peer", "state"),
        sa.Index("ix_demos_harvest_item_peer_lineage", "peer", "lineage"),
    )

    id = db.Column(db.BigInteger().with_variant(db.Integer, "sqlite"), primary_key=True)
    peer = db.Column(db.String(64), nullable=False)
    source_id = db.Column(db.String(1000), nullable=False)
    lineage = db.Column(db.String(1000), nullable=True)
    """What stays the same through the record's versions."""

    state = db.Column(db.String(16), nullable=False, default=PENDING)
    in_listing = db.Column(db.Boolean(name="in_listing"), nullable=False, default=False)
    """Whether the peer's listing names it, so that its absence there means something."""

    listed = db.Column(db.String(64), nullable=True)
    """Its state according to the listing, when it was last fetched."""

    fingerprint = db.Column(db.String(64), nullable=True)
    """Its state according to itself; NULL asks for all its files again."""

    record = db.Column(JSON, nullable=True)
    """The translated record: the mirror that look-ups answer from."""

    files = db.Column(JSON, nullable=False, default=dict)
    """By the files' keys: status, models, checksum, doubt, error."""

    error = db.Column(JSON, nullable=True)
    attempts = db.Column(db.Integer, nullable=False, default=0)
    due_at = db.Column(UTCDateTime(), nullable=True)
    """When a failed item is tried again."""

    fetched_at = db.Column(UTCDateTime(), nullable=True)
    """When the record was last read at the peer."""

    created = db.Column(UTCDateTime(), nullable=False, default=now)

    @classmethod
    def find(cls, peer, source_id):
        """Return an item or None."""
        return cls.query.filter_by(peer=peer, source_id=source_id).one_or_none()

    @property
    def models(self):
        """The registry's entries that came from this item."""
        entries = (self.files or {}).values()
        return list(dict.fromkeys(m for entry in entries for m in entry.get("models", ())))


class HarvestRun(db.Model):
    """One run: what was asked, how far it came, what it did."""

    __tablename__ = "demos_harvest_run"
    __table_args__ = (sa.Index("ix_demos_harvest_run_peer_started", "peer", "started_at"),)

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    peer = db.Column(db.String(64), nullable=False)
    status = db.Column(db.String(16), nullable=False, default="accepted")
    """``accepted``, ``running``, ``successful``, ``partial``, ``failed`` or ``interrupted``."""

    arguments = db.Column(JSON, nullable=False, default=dict)
    counts = db.Column(JSON, nullable=False, default=dict)
    error = db.Column(JSON, nullable=True)
    requests = db.Column(db.Integer, nullable=False, default=0)
    created = db.Column(UTCDateTime(), nullable=False, default=now)
    started_at = db.Column(UTCDateTime(), nullable=True)
    finished_at = db.Column(UTCDateTime(), nullable=True)
