# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Tables of the registry.

A *work* (``EntryMetadata``) has *versions* (one canonical content each), a version
has *sources* (who hosts these bytes). Everything but the analyses, which cost
computing time, and the sources of other hosts, which come from outside, can be
derived again from the deposits.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from invenio_db import db
from invenio_files_rest.models import Bucket, FileInstance
from invenio_records.models import RecordMetadataBase
from sqlalchemy_utils.types import UUIDType

from .columns import UTCDateTime

JSON = sa.JSON(none_as_null=True)
"""Not JSONB: names in a model's findings may hold characters that JSONB refuses."""


def _now():
    return datetime.now(UTC)


class EntryMetadata(db.Model, RecordMetadataBase):
    """The work: one statistical model through all its versions."""

    __tablename__ = "demos_models_work"

    pid = db.Column(db.String(36), unique=True, nullable=False)
    """The ``demos_id``, a random UUID that says nothing about the model."""


class ModelVersion(db.Model):
    """One content of a work, identified by its canonical digest."""

    __tablename__ = "demos_models_version"
    __table_args__ = (
        sa.UniqueConstraint("work_id", "position", name="uq_demos_models_version_work_position"),
    )

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    work_id = db.Column(
        UUIDType, db.ForeignKey(EntryMetadata.id, ondelete="CASCADE"), nullable=False
    )
    position = db.Column(db.Integer, nullable=False)
    """Order within the work, from 1."""

    digest = db.Column(db.String(64), unique=True, nullable=True)
    """The canonical content digest; NULL for models that are only described."""

    kind = db.Column(db.String(32), nullable=False)
    """``histfactory``, ``hs3``, ``combine``, ``container`` or ``other``."""

    bucket_id = db.Column(UUIDType, db.ForeignKey(Bucket.id, ondelete="RESTRICT"), nullable=True)
    """Holds mirrored bytes and derived documents."""

    created = db.Column(UTCDateTime(), nullable=False, default=_now)

    work = db.relationship(EntryMetadata, backref=db.backref("versions", lazy="select"))


class ModelAnalysis(db.Model):
    """What the formats library found in one content, keyed by the sha256 of its bytes."""

    __tablename__ = "demos_models_analysis"

    sha256 = db.Column(db.String(64), primary_key=True)
    size = db.Column(db.BigInteger, nullable=False)
    analyser = db.Column(db.String(64), nullable=False)
    """Version of the analysing code: another version analyses again."""

    result = db.Column(JSON, nullable=False)
    """``Analysis.to_dict()``."""

    created = db.Column(UTCDateTime(), nullable=False, default=_now)


class AnalysedFile(db.Model):
    """Which sha256 a stored file has, so that publishing need not read its bytes."""

    __tablename__ = "demos_models_analysed_file"

    file_id = db.Column(
        UUIDType, db.ForeignKey(FileInstance.id, ondelete="CASCADE"), primary_key=True
    )
    sha256 = db.Column(
        db.String(64),
        db.ForeignKey(ModelAnalysis.sha256, ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


class ModelSource(db.Model):
    """Where the bytes of one version, or a patch set that applies to it, are hosted."""

    __tablename__ = "demos_models_source"
    __table_args__ = (
        sa.UniqueConstraint("host", "key", name="uq_demos_models_source_host_key"),
        sa.Index("ix_demos_models_source_record", "host", "record_id"),
        sa.Index("ix_demos_models_source_lineage", "host", "lineage"),
    )

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    role = db.Column(db.String(16), nullable=False, default="model")
    """``model``, or ``patchset`` for a set of patches to a model."""

    version_id = db.Column(
        UUIDType, db.ForeignKey(ModelVersion.id, ondelete="CASCADE"), nullable=True, index=True
    )
    """NULL only for a patch set whose model is not registered (yet)."""

    applies_to = db.Column(db.String(64), nullable=True, index=True)
    """For a patch set: the digest that it says it applies to."""

    host = db.Column(db.String(64), nullable=False)
    key = db.Column(db.String(1024), nullable=False)
    url = db.Column(db.Text, nullable=True)
    record_id = db.Column(db.String(255), nullable=True)
    lineage = db.Column(db.String(255), nullable=True)
    filename = db.Column(db.Text, nullable=True)
    member = db.Column(db.Text, nullable=True)
    """The path within a pallet, where the file is one."""

    sha256 = db.Column(db.String(64), nullable=True)
    """Of the model's bytes (of the member, in a pallet)."""

    container_sha256 = db.Column(db.String(64), nullable=True)
    """Of the pallet's bytes."""

    size = db.Column(db.BigInteger, nullable=True)
    file_id = db.Column(
        UUIDType, db.ForeignKey(FileInstance.id, ondelete="SET NULL"), nullable=True
    )
    """The stored file: the deposit's own, or the mirror's."""

    licence = db.Column(db.String(255), nullable=True)
    access_record = db.Column(db.String(16), nullable=False, default="public")
    access_files = db.Column(db.String(16), nullable=False, default="public")
    readers = db.Column(JSON, nullable=False, default=list)
    """Tokens of who may read what is restricted; see ``registry.audience``."""

    version_label = db.Column(db.String(255), nullable=True)
    # Metadata, aliases and external references are nested JSON: NULLs stay out of it.
    data = db.Column("json", JSON, nullable=False, default=dict)
    """This source's own metadata: one contribution to the merged entry."""

    record_order = db.Column(db.Integer, nullable=False, default=0)
    """The version number of the host's record within its lineage."""

    seen_at = db.Column(UTCDateTime(), nullable=False, default=_now)
    created = db.Column(UTCDateTime(), nullable=False, default=_now)
    gone_at = db.Column(UTCDateTime(), nullable=True)
    gone_reason = db.Column(db.String(255), nullable=True)

    version = db.relationship(ModelVersion, backref=db.backref("sources", lazy="select"))


class ModelAlias(db.Model):
    """A DOI, arXiv id or URL by which one source knows a model. Many to many."""

    __tablename__ = "demos_models_alias"
    __table_args__ = (
        sa.UniqueConstraint(
            "scheme", "value", "source_id", name="uq_demos_models_alias_scheme_value_source"
        ),
    )

    id = db.Column(db.BigInteger().with_variant(db.Integer, "sqlite"), primary_key=True)
    scheme = db.Column(db.String(32), nullable=False)
    value = db.Column(db.String(1024), nullable=False, index=True)
    work_id = db.Column(
        UUIDType, db.ForeignKey(EntryMetadata.id, ondelete="CASCADE"), nullable=False, index=True
    )
    source_id = db.Column(
        UUIDType, db.ForeignKey(ModelSource.id, ondelete="CASCADE"), nullable=False, index=True
    )


class ModelDerivative(db.Model):
    """What one version of the converters made of one version's content."""

    __tablename__ = "demos_models_derivative"
    __table_args__ = (
        sa.UniqueConstraint(
            "version_id", "name", "converter", name="uq_demos_models_derivative_version_name"
        ),
    )

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    version_id = db.Column(
        UUIDType, db.ForeignKey(ModelVersion.id, ondelete="CASCADE"), nullable=False
    )
    name = db.Column(db.String(64), nullable=False)
    """``demos``, ``hs3-root``, ``hs3-pyhs3``, ``pyhf``, ``certificate``, ``closure``."""

    converter = db.Column(db.String(64), nullable=False)
    state = db.Column(db.String(16), nullable=False)
    """``ready``, or ``impossible`` with the reasons in ``report``."""

    file_id = db.Column(
        UUIDType, db.ForeignKey(FileInstance.id, ondelete="RESTRICT"), nullable=True
    )
    sha256 = db.Column(db.String(64), nullable=True)
    size = db.Column(db.BigInteger, nullable=True)
    report = db.Column(JSON, nullable=True)
    created = db.Column(UTCDateTime(), nullable=False, default=_now)

    version = db.relationship(ModelVersion, backref=db.backref("derivatives", lazy="select"))


class OutboxEntry(db.Model):
    """A follow-up that is owed. Written with what owes it, deleted when it is done."""

    __tablename__ = "demos_models_outbox"
    __table_args__ = (sa.UniqueConstraint("kind", "key", name="uq_demos_models_outbox_kind_key"),)

    id = db.Column(db.BigInteger().with_variant(db.Integer, "sqlite"), primary_key=True)
    kind = db.Column(db.String(32), nullable=False)
    key = db.Column(db.String(255), nullable=False)
    generation = db.Column(db.Integer, nullable=False, default=0)
    """Counts the requests: one that comes while the work is done is not lost."""

    attempts = db.Column(db.Integer, nullable=False, default=0)
    begun = db.Column(db.Integer, nullable=False, default=0)
    """Attempts since the last one that ended, well or badly: the others ended their worker."""

    error = db.Column(db.Text, nullable=True)
    parked_at = db.Column(UTCDateTime(), nullable=True)
    """When it was given up; an administrator can ask for it again."""

    due_at = db.Column(UTCDateTime(), nullable=False, default=_now, index=True)
    created = db.Column(UTCDateTime(), nullable=False, default=_now)


class ModelTombstone(db.Model):
    """What has left public view, for harvesters that must be told."""

    __tablename__ = "demos_models_tombstone"
    __table_args__ = (sa.Index("ix_demos_models_tombstone_subject", "subject_type", "subject"),)

    id = db.Column(db.BigInteger().with_variant(db.Integer, "sqlite"), primary_key=True)
    subject_type = db.Column(db.String(16), nullable=False)
    """``record`` (a deposit) or ``model`` (an entry)."""

    subject = db.Column(db.String(255), nullable=False)
    reason = db.Column(db.String(32), nullable=False)
    """``deleted``, ``restricted`` or ``left-set``."""

    set_spec = db.Column(db.String(255), nullable=True)
    datestamp = db.Column(UTCDateTime(), nullable=False, default=_now, index=True)
    lifted_at = db.Column(UTCDateTime(), nullable=True)
    """When the subject came back."""


class ModelDoubt(db.Model):
    """A registration that waits for a curator's decision."""

    __tablename__ = "demos_models_doubt"
    __table_args__ = (sa.UniqueConstraint("host", "key", name="uq_demos_models_doubt_host_key"),)

    id = db.Column(UUIDType, primary_key=True, default=uuid.uuid4)
    host = db.Column(db.String(64), nullable=False)
    key = db.Column(db.String(1024), nullable=False)
    request = db.Column(JSON, nullable=False)
    """The source and the metadata as they came."""

    file_id = db.Column(
        UUIDType, db.ForeignKey(FileInstance.id, ondelete="SET NULL"), nullable=True
    )
    candidates = db.Column(JSON, nullable=False)
    created = db.Column(UTCDateTime(), nullable=False, default=_now)
