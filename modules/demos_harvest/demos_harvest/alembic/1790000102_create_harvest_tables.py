# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Create the tables of the harvest."""

import sqlalchemy as sa
import sqlalchemy_utils
from alembic import op
from invenio_db.shared import UTCDateTime
from sqlalchemy.dialects import postgresql

revision = "1790000102"
down_revision = "1790000101"
branch_labels = ()
depends_on = None


def _json():
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade():
    """Upgrade database."""
    op.create_table(
        "demos_harvest_cursor",
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("updated", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("peer", name=op.f("pk_demos_harvest_cursor")),
    )
    op.create_table(
        "demos_harvest_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("source_id", sa.String(1000), nullable=False),
        sa.Column("lineage", sa.String(1000), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("in_listing", sa.Boolean(name="in_listing"), nullable=False),
        sa.Column("listed", sa.String(64), nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=True),
        sa.Column("record", _json(), nullable=True),
        sa.Column("files", _json(), nullable=False),
        sa.Column("error", _json(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("fetched_at", UTCDateTime(), nullable=True),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_harvest_item")),
        sa.UniqueConstraint("peer", "source_id", name="uq_demos_harvest_item_peer_source"),
    )
    op.create_index("ix_demos_harvest_item_peer_state", "demos_harvest_item", ["peer", "state"])
    op.create_index("ix_demos_harvest_item_peer_lineage", "demos_harvest_item", ["peer", "lineage"])
    op.create_table(
        "demos_harvest_run",
        sa.Column("id", sqlalchemy_utils.types.uuid.UUIDType(), nullable=False),
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("arguments", _json(), nullable=False),
        sa.Column("counts", _json(), nullable=False),
        sa.Column("error", _json(), nullable=True),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("created", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_harvest_run")),
    )
    op.create_index(
        "ix_demos_harvest_run_peer_started", "demos_harvest_run", ["peer", "started_at"]
    )


def downgrade():
    """Downgrade database."""
    op.drop_table("demos_harvest_run")
    op.drop_table("demos_harvest_item")
    op.drop_table("demos_harvest_cursor")
