# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Create the branch of OAI-PMH."""

# revision identifiers, used by Alembic.
revision = "1796000001"
down_revision = None
branch_labels = ("demos_oai",)
depends_on = "dbdbc1b19cf2"


def upgrade():
    """Upgrade database."""


def downgrade():
    """Downgrade database."""
