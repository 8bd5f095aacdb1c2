# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Create the tables of the registry."""

import invenio_db.shared
import sqlalchemy as sa
import sqlalchemy_utils
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1795260002"
down_revision = "1795260001"
branch_labels = ()
depends_on = "e172c837b036"

TABLES = (
    "demos_models_alias",
    "demos_models_source",
    "demos_models_document",
    "demos_models_version",
    "demos_models_doubt",
    "demos_models_analysed_file",
    "demos_models_work",
    "demos_models_tombstone",
    "demos_models_outbox",
    "demos_models_analysis",
)


def upgrade():
    """Upgrade the database."""
    op.create_table(
        "demos_models_analysis",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("analyser", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_demos_models_analysis")),
    )
    op.create_table(
        "demos_models_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("due_at", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_outbox")),
        sa.UniqueConstraint("kind", "key", name="uq_demos_models_outbox_kind_key"),
    )
    op.create_index(
        op.f("ix_demos_models_outbox_due_at"), "demos_models_outbox", ["due_at"], unique=False
    )
    op.create_table(
        "demos_models_tombstone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_type", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("set_spec", sa.String(length=255), nullable=True),
        sa.Column("datestamp", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", invenio_db.shared.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_tombstone")),
    )
    op.create_index(
        op.f("ix_demos_models_tombstone_datestamp"),
        "demos_models_tombstone",
        ["datestamp"],
        unique=False,
    )
    op.create_index(
        "ix_demos_models_tombstone_subject",
        "demos_models_tombstone",
        ["subject_type", "subject"],
        unique=False,
    )
    op.create_table(
        "demos_models_work",
        sa.Column("pid", sa.String(length=36), nullable=False),
        sa.Column("id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column(
            "json",
            sa.JSON()
            .with_variant(sqlalchemy_utils.types.json.JSONType(), "mysql")
            .with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql")
            .with_variant(sqlalchemy_utils.types.json.JSONType(), "sqlite"),
            nullable=True,
        ),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_work")),
        sa.UniqueConstraint("pid", name=op.f("uq_demos_models_work_pid")),
    )
    op.create_table(
        "demos_models_analysed_file",
        sa.Column("file_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files_files.id"],
            name=op.f("fk_demos_models_analysed_file_file_id_files_files"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["demos_models_analysis.sha256"],
            name=op.f("fk_demos_models_analysed_file_sha256_demos_models_analysis"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_demos_models_analysed_file")),
    )
    op.create_index(
        op.f("ix_demos_models_analysed_file_sha256"),
        "demos_models_analysed_file",
        ["sha256"],
        unique=False,
    )
    op.create_table(
        "demos_models_doubt",
        sa.Column("id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=1024), nullable=False),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("file_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=True),
        sa.Column("candidates", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files_files.id"],
            name=op.f("fk_demos_models_doubt_file_id_files_files"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_doubt")),
        sa.UniqueConstraint("host", "key", name="uq_demos_models_doubt_host_key"),
    )
    op.create_table(
        "demos_models_version",
        sa.Column("id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("work_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("bucket_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=True),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["files_bucket.id"],
            name=op.f("fk_demos_models_version_bucket_id_files_bucket"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["work_id"],
            ["demos_models_work.id"],
            name=op.f("fk_demos_models_version_work_id_demos_models_work"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_version")),
        sa.UniqueConstraint("digest", name=op.f("uq_demos_models_version_digest")),
        sa.UniqueConstraint("work_id", "position", name="uq_demos_models_version_work_position"),
    )
    op.create_table(
        "demos_models_document",
        sa.Column("id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("version_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("converter", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("file_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files_files.id"],
            name=op.f("fk_demos_models_document_file_id_files_files"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["demos_models_version.id"],
            name=op.f("fk_demos_models_document_version_id_demos_models_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_document")),
        sa.UniqueConstraint(
            "version_id", "name", "converter", name="uq_demos_models_document_version_name"
        ),
    )
    op.create_table(
        "demos_models_source",
        sa.Column("id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("version_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=True),
        sa.Column("applies_to", sa.String(length=64), nullable=True),
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=1024), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("record_id", sa.String(length=255), nullable=True),
        sa.Column("lineage", sa.String(length=255), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("member", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("container_sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=True),
        sa.Column("licence", sa.String(length=255), nullable=True),
        sa.Column("access_record", sa.String(length=16), nullable=False),
        sa.Column("access_files", sa.String(length=16), nullable=False),
        sa.Column("readers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version_label", sa.String(length=255), nullable=True),
        sa.Column("json", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("record_order", sa.Integer(), nullable=False),
        sa.Column("seen_at", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created", invenio_db.shared.UTCDateTime(timezone=True), nullable=False),
        sa.Column("gone_at", invenio_db.shared.UTCDateTime(timezone=True), nullable=True),
        sa.Column("gone_reason", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files_files.id"],
            name=op.f("fk_demos_models_source_file_id_files_files"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["demos_models_version.id"],
            name=op.f("fk_demos_models_source_version_id_demos_models_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_source")),
        sa.UniqueConstraint("host", "key", name="uq_demos_models_source_host_key"),
    )
    op.create_index(
        op.f("ix_demos_models_source_applies_to"),
        "demos_models_source",
        ["applies_to"],
        unique=False,
    )
    op.create_index(
        "ix_demos_models_source_lineage", "demos_models_source", ["host", "lineage"], unique=False
    )
    op.create_index(
        "ix_demos_models_source_record", "demos_models_source", ["host", "record_id"], unique=False
    )
    op.create_index(
        op.f("ix_demos_models_source_version_id"),
        "demos_models_source",
        ["version_id"],
        unique=False,
    )
    op.create_table(
        "demos_models_alias",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=1024), nullable=False),
        sa.Column("work_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("source_id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["demos_models_source.id"],
            name=op.f("fk_demos_models_alias_source_id_demos_models_source"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["work_id"],
            ["demos_models_work.id"],
            name=op.f("fk_demos_models_alias_work_id_demos_models_work"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_models_alias")),
        sa.UniqueConstraint(
            "scheme", "value", "source_id", name="uq_demos_models_alias_scheme_value_source"
        ),
    )
    op.create_index(
        op.f("ix_demos_models_alias_source_id"), "demos_models_alias", ["source_id"], unique=False
    )
    op.create_index(
        op.f("ix_demos_models_alias_value"), "demos_models_alias", ["value"], unique=False
    )
    op.create_index(
        op.f("ix_demos_models_alias_work_id"), "demos_models_alias", ["work_id"], unique=False
    )


def downgrade():
    """Downgrade the database."""
    for name in TABLES:
        op.drop_table(name)
