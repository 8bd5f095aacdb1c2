# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Create the tables of OAI-PMH."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "1796000002"
down_revision = "1796000001"
branch_labels = ()
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    """Upgrade database."""
    op.create_table(
        "demos_oai_item",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("identifier", sa.String(length=255), nullable=False),
        sa.Column("datestamp", MOMENT, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("renderer", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demos_oai_item")),
        sa.UniqueConstraint("source", "key", name="uq_demos_oai_item_source_key"),
        sa.UniqueConstraint("identifier", name=op.f("uq_demos_oai_item_identifier")),
    )
    op.create_index("ix_demos_oai_item_datestamp", "demos_oai_item", ["datestamp", "id"])
    op.create_table(
        "demos_oai_membership",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("spec", sa.String(length=255), nullable=False),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["demos_oai_item.id"],
            name=op.f("fk_demos_oai_membership_item_id_demos_oai_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_id", "spec", name=op.f("pk_demos_oai_membership")),
    )
    op.create_index("ix_demos_oai_membership_spec", "demos_oai_membership", ["spec", "item_id"])
    op.create_table(
        "demos_oai_payload",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=True),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["demos_oai_item.id"],
            name=op.f("fk_demos_oai_payload_item_id_demos_oai_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_id", "prefix", name=op.f("pk_demos_oai_payload")),
    )
    op.create_table(
        "demos_oai_stale",
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_demos_oai_stale")),
    )
    op.create_index(op.f("ix_demos_oai_stale_due"), "demos_oai_stale", ["due"])


def downgrade():
    """Downgrade database."""
    for table in ("stale", "payload", "membership", "item"):
        op.drop_table(f"demos_oai_{table}")
