# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Create demos_exec branch."""

# revision identifiers, used by Alembic.
revision = "1763726400"
down_revision = None
branch_labels = ("demos_exec",)
depends_on = "dbdbc1b19cf2"


def upgrade():
    """Upgrade database."""


def downgrade():
    """Downgrade database."""
