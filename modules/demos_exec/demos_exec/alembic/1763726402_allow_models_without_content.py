# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Allow runs of models that have no content of their own: containers."""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "1763726402"
down_revision = "1763726401"
branch_labels = ()
depends_on = None


def upgrade():
    """Upgrade database."""
    op.alter_column("demos_exec_run", "model_digest", existing_type=sa.String(128), nullable=True)


def downgrade():
    """Downgrade database; runs of such models cannot be kept."""
    op.execute("DELETE FROM demos_exec_run WHERE model_digest IS NULL")
    op.alter_column("demos_exec_run", "model_digest", existing_type=sa.String(128), nullable=False)
