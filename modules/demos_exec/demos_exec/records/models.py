# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Runs, what happened to them, and results that are kept for the same question."""

import uuid

from demos_models.api import UTCDateTime
from invenio_accounts.models import User
from invenio_db import db
from invenio_files_rest.models import FileInstance
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import deferred
from sqlalchemy_utils.types import JSONType, UUIDType

JSON = (
    db.JSON()
    .with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    .with_variant(JSONType(), "sqlite")
)


class RunResult(db.Model):
    """A result: what (operation, request, model, image) gives.

    Same question, same result: ``key`` is unique, and every run that asks it shares the row.
    """

    __tablename__ = "demos_exec_result"

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)

    key = db.Column(db.String(64), nullable=False, unique=True)
    """sha256 of operation, request digest, model digest and image digest."""

    document = db.Column(db.LargeBinary, nullable=False)
    """The result's JSON, byte for byte as the worker wrote it."""

    sha256 = db.Column(db.String(64), nullable=False)
    usage = db.Column(JSON, nullable=False, default=dict)
    created = db.Column(UTCDateTime(), nullable=False)


class RunResultFile(db.Model):
    """A further file that a container wrote."""

    __tablename__ = "demos_exec_result_file"
    __table_args__ = (db.UniqueConstraint("result_id", "name"),)

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    result_id = db.Column(
        UUIDType, db.ForeignKey(RunResult.id, ondelete="CASCADE"), nullable=False, index=True
    )
    name = db.Column(db.String(255), nullable=False)
    sha256 = db.Column(db.String(64), nullable=False)
    size = db.Column(db.BigInteger, nullable=False)
    file_id = db.Column(UUIDType, db.ForeignKey(FileInstance.id), nullable=False)

    result = db.relationship(RunResult, backref=db.backref("files", lazy="select"))
    file = db.relationship(FileInstance)


class ModelRun(db.Model):
    """A run of one model version on one request."""

    __tablename__ = "demos_exec_run"
    __table_args__ = (
        db.UniqueConstraint("owner_key", "idempotency_key"),
        db.Index("ix_demos_exec_run_owner_created", "owner_key", "created"),
        db.Index("ix_demos_exec_run_status_lease", "status", "lease_until"),
        db.Index("ix_demos_exec_run_model_operation", "model_digest", "operation", "created"),
        db.Index("ix_demos_exec_run_result", "result_id", "created"),
    )

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    created = db.Column(UTCDateTime(), nullable=False)
    updated = db.Column(UTCDateTime(), nullable=False)
    started = db.Column(UTCDateTime(), nullable=True)
    finished = db.Column(UTCDateTime(), nullable=True)

    user_id = db.Column(db.Integer, db.ForeignKey(User.id, ondelete="SET NULL"), nullable=True)
    owner_key = db.Column(db.String(80), nullable=False)
    """Whose quota counts: a user, or an anonymous user's address (hashed)."""

    status = db.Column(db.String(16), nullable=False)
    phase = db.Column(db.String(16), nullable=False)
    reason = db.Column(db.String(32), nullable=True)
    message = db.Column(db.Text, nullable=True)
    pointer = db.Column(db.String(255), nullable=True)
    progress = db.Column(db.Float, nullable=True)

    model_id = db.Column(db.String(64), nullable=False, index=True)
    version_id = db.Column(db.String(64), nullable=True)
    model_digest = db.Column(db.String(128), nullable=True)
    """Of the model's content; a model that is a container has none."""

    restricted = db.Column(db.Boolean, nullable=False, default=False)

    operation = db.Column(db.String(64), nullable=False)
    request = deferred(db.Column(JSON, nullable=False))
    """``inputs`` and ``parameters`` with every default written out. It may hold a large signal,
    and is read only where it is needed."""
    request_sha256 = db.Column(db.String(64), nullable=False)
    result_key = db.Column(db.String(64), nullable=False)
    idempotency_key = db.Column(db.String(255), nullable=True)
    body_sha256 = db.Column(db.String(64), nullable=True)
    """Of the body as it came, to tell a replay from another request under the same key."""

    runtime = db.Column(db.String(32), nullable=False)
    backend = db.Column(db.String(32), nullable=False)
    sandbox = db.Column(JSON, nullable=True)
    """How the backend kept the run apart, as it said when it started it."""
    image = db.Column(db.String(512), nullable=True)
    image_digest = db.Column(db.String(80), nullable=False)
    limits = db.Column(JSON, nullable=False)
    lane = db.Column(db.String(8), nullable=False)
    cost = db.Column(db.Float, nullable=False, default=0.0)
    """Estimated seconds of one processor, which the quota counts until the run has ended."""
    cpu_seconds = db.Column(db.Float, nullable=True)
    """Seconds of one processor that its attempts have taken."""

    attempt = db.Column(db.Integer, nullable=False, default=0)
    """The attempts that were begun; 0 for a run that is answered from the store."""
    looks = db.Column(db.Integer, nullable=False, default=0)
    """Looks of the reaper that were begun and have not ended."""
    lease_until = db.Column(UTCDateTime(), nullable=True)
    deadline = db.Column(UTCDateTime(), nullable=True)
    told = db.Column(db.Boolean, nullable=False, default=False)
    """Whether somebody was told how the run ended: until then a cancel wins."""

    usage = db.Column(JSON, nullable=True)
    log = db.Column(db.Text, nullable=True)
    log_truncated = db.Column(db.Boolean, nullable=False, default=False)
    result_id = db.Column(UUIDType, db.ForeignKey(RunResult.id), nullable=True)
    reused_from = db.Column(UUIDType, nullable=True)
    """The run whose result answers this one, where its owner may know of it."""
    derived_from = db.Column(UUIDType, nullable=True)
    dropped = db.Column(UTCDateTime(), nullable=True)
    """When its owner deleted it: the row stays for the quota and says 410."""

    result = db.relationship(RunResult)


class RunEvent(db.Model):
    """One change of a run's state."""

    __tablename__ = "demos_exec_run_event"

    id = db.Column(db.BigInteger().with_variant(db.Integer, "sqlite"), primary_key=True)
    run_id = db.Column(
        UUIDType, db.ForeignKey(ModelRun.id, ondelete="CASCADE"), nullable=False, index=True
    )
    at = db.Column(UTCDateTime(), nullable=False)
    attempt = db.Column(db.Integer, nullable=False)
    status = db.Column(db.String(16), nullable=False)
    phase = db.Column(db.String(16), nullable=False)
    reason = db.Column(db.String(32), nullable=True)
    message = db.Column(db.Text, nullable=True)


class RunImage(db.Model):
    """A container image that models name: what it is and what it offers, as last inspected."""

    __tablename__ = "demos_exec_image"

    ref = db.Column(db.String(512), primary_key=True)
    """As the model's ``container`` field names it."""

    digest = db.Column(db.String(80), nullable=True)
    """What a run starts: the image's identifier in the engine."""

    state = db.Column(db.String(16), nullable=False)
    """``pending``, ``ready`` or ``refused``."""

    reason = db.Column(db.String(32), nullable=True)
    message = db.Column(db.Text, nullable=True)
    interface = db.Column(JSON, nullable=True)
    """The JSON of the OCI label ``org.demos.interface``."""

    smoke = db.Column(JSON, nullable=True)
    """How the interface's example inputs ran at registration."""

    size = db.Column(db.BigInteger, nullable=True)
    attempts = db.Column(db.Integer, nullable=False, default=0)
    """Inspections that were begun and have not ended."""
    checked = db.Column(UTCDateTime(), nullable=False)
