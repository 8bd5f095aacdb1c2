# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Create the tables of runs."""

import sqlalchemy as sa
from alembic import op
from invenio_db.shared import UTCDateTime
from sqlalchemy.dialects import postgresql
from sqlalchemy_utils.types import JSONType, UUIDType

# revision identifiers, used by Alembic.
revision = "1763726401"
down_revision = "1763726400"
branch_labels = ()
# The tables of users and of files.
depends_on = ["9848d0149abd", "2e97565eba72"]

JSON = (
    sa.JSON()
    .with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    .with_variant(JSONType(), "sqlite")
)


def upgrade():
    """Upgrade database."""
    op.create_table(
        "demos_exec_image",
        sa.Column("ref", sa.String(length=512), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("interface", JSON, nullable=True),
        sa.Column("smoke", JSON, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("checked", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_demos_exec_image")),
    )
    op.create_table(
        "demos_exec_result",
        sa.Column("id", UUIDType(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("usage", JSON, nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_exec_result")),
        sa.UniqueConstraint("key", name=op.f("uq_demos_exec_result_key")),
    )
    op.create_table(
        "demos_exec_result_file",
        sa.Column("id", UUIDType(), nullable=False),
        sa.Column("result_id", UUIDType(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_id", UUIDType(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["files_files.id"],
            name=op.f("fk_demos_exec_result_file_file_id_files_files"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["demos_exec_result.id"],
            name=op.f("fk_demos_exec_result_file_result_id_demos_exec_result"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_exec_result_file")),
        sa.UniqueConstraint("result_id", "name", name=op.f("uq_demos_exec_result_file_result_id")),
    )
    op.create_index(
        op.f("ix_demos_exec_result_file_result_id"),
        "demos_exec_result_file",
        ["result_id"],
        unique=False,
    )
    op.create_table(
        "demos_exec_run",
        sa.Column("id", UUIDType(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("updated", UTCDateTime(), nullable=False),
        sa.Column("started", UTCDateTime(), nullable=True),
        sa.Column("finished", UTCDateTime(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("owner_key", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("pointer", sa.String(length=255), nullable=True),
        sa.Column("progress", sa.Float(), nullable=True),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.String(length=64), nullable=True),
        sa.Column("model_digest", sa.String(length=128), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("request", JSON, nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("result_key", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=True),
        sa.Column("backend", sa.String(length=32), nullable=False),
        sa.Column("sandbox", JSON, nullable=True),
        sa.Column("image", sa.String(length=512), nullable=True),
        sa.Column("image_digest", sa.String(length=80), nullable=False),
        sa.Column("limits", JSON, nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("deadline", UTCDateTime(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("usage", JSON, nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        sa.Column("log_truncated", sa.Boolean(), nullable=False),
        sa.Column("result_id", UUIDType(), nullable=True),
        sa.Column("reused_from", UUIDType(), nullable=True),
        sa.Column("derived_from", UUIDType(), nullable=True),
        sa.Column("dropped", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["demos_exec_result.id"],
            name=op.f("fk_demos_exec_run_result_id_demos_exec_result"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_user.id"],
            name=op.f("fk_demos_exec_run_user_id_accounts_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_exec_run")),
        sa.UniqueConstraint(
            "owner_key", "idempotency_key", name=op.f("uq_demos_exec_run_owner_key")
        ),
    )
    op.create_index(
        op.f("ix_demos_exec_run_model_id"), "demos_exec_run", ["model_id"], unique=False
    )
    op.create_index(
        "ix_demos_exec_run_model_operation",
        "demos_exec_run",
        ["model_digest", "operation", "created"],
        unique=False,
    )
    op.create_index(
        "ix_demos_exec_run_owner_created", "demos_exec_run", ["owner_key", "created"], unique=False
    )
    op.create_index(
        "ix_demos_exec_run_status_lease", "demos_exec_run", ["status", "lease_until"], unique=False
    )
    op.create_table(
        "demos_exec_run_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", UUIDType(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["demos_exec_run.id"],
            name=op.f("fk_demos_exec_run_event_run_id_demos_exec_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_exec_run_event")),
    )
    op.create_index(
        op.f("ix_demos_exec_run_event_run_id"), "demos_exec_run_event", ["run_id"], unique=False
    )


def downgrade():
    """Downgrade database."""
    op.drop_index(op.f("ix_demos_exec_run_event_run_id"), table_name="demos_exec_run_event")
    op.drop_table("demos_exec_run_event")
    op.drop_index("ix_demos_exec_run_status_lease", table_name="demos_exec_run")
    op.drop_index("ix_demos_exec_run_owner_created", table_name="demos_exec_run")
    op.drop_index("ix_demos_exec_run_model_operation", table_name="demos_exec_run")
    op.drop_index(op.f("ix_demos_exec_run_model_id"), table_name="demos_exec_run")
    op.drop_table("demos_exec_run")
    op.drop_index(op.f("ix_demos_exec_result_file_result_id"), table_name="demos_exec_result_file")
    op.drop_table("demos_exec_result_file")
    op.drop_table("demos_exec_result")
    op.drop_table("demos_exec_image")
