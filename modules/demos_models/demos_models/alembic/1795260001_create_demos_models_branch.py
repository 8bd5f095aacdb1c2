# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Create the branch of the registry."""

revision = "1795260001"
down_revision = None
branch_labels = ("demos_models",)
depends_on = "dbdbc1b19cf2"


def upgrade():
    """Upgrade the database."""


def downgrade():
    """Downgrade the database."""
