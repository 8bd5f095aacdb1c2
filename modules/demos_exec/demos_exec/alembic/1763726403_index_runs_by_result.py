# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Index runs by their result: each request asks whether its result is known."""

from alembic import op

# revision identifiers, used by Alembic.
revision = "1763726403"
down_revision = "1763726402"
branch_labels = ()
depends_on = None


def upgrade():
    """Upgrade database."""
    op.create_index("ix_demos_exec_run_result", "demos_exec_run", ["result_id", "created"])


def downgrade():
    """Downgrade database."""
    op.drop_index("ix_demos_exec_run_result", table_name="demos_exec_run")
