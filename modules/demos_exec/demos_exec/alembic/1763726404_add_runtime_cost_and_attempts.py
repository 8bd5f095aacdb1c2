# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Runs name their runtime and count what they cost; what is begun and never ends is counted."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "1763726404"
down_revision = "1763726403"
branch_labels = ()
depends_on = None

RUN, IMAGE = "demos_exec_run", "demos_exec_image"


def upgrade():
    """Upgrade database."""
    op.add_column(RUN, sa.Column("runtime", sa.String(32), nullable=True))
    op.execute(
        f"UPDATE {RUN} SET runtime = CASE WHEN image IS NULL THEN 'platform' ELSE 'image' END, "  # noqa: S608 - a constant
        "backend = CASE WHEN image IS NULL THEN 'local' ELSE backend END"
    )
    op.alter_column(RUN, "runtime", nullable=False)
    for name, kind in (("cost", sa.Float()), ("looks", sa.Integer())):
        op.add_column(RUN, sa.Column(name, kind, nullable=False, server_default="0"))
        op.alter_column(RUN, name, server_default=None)
    op.add_column(RUN, sa.Column("cpu_seconds", sa.Float(), nullable=True))
    # A run that was answered from somebody else's is named to nobody any more.
    op.execute(
        f"UPDATE {RUN} AS r SET reused_from = NULL FROM {RUN} AS s "  # noqa: S608 - a constant
        "WHERE r.reused_from = s.id AND s.user_id IS NOT NULL AND s.owner_key <> r.owner_key"
    )
    op.add_column(IMAGE, sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column(IMAGE, "attempts", server_default=None)


def downgrade():
    """Downgrade database."""
    op.drop_column(IMAGE, "attempts")
    for name in ("cpu_seconds", "looks", "cost", "runtime"):
        op.drop_column(RUN, name)
