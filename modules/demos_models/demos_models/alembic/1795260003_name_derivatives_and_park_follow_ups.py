# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Name derivatives; park follow-ups."""

import invenio_db.shared
import sqlalchemy as sa
from alembic import op

revision = "1795260003"
down_revision = "1795260002"
branch_labels = ()
depends_on = None

OLD, NEW = "demos_models_document", "demos_models_derivative"
CONSTRAINTS = (
    "pk_{}",
    "fk_{}_file_id_files_files",
    "fk_{}_version_id_demos_models_version",
    "uq_{}_version_name",
)


def _rename(old, new):
    op.rename_table(old, new)
    for name in CONSTRAINTS:
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {name.format(old)} TO {name.format(new)}")


def upgrade():
    """Upgrade the database."""
    _rename(OLD, NEW)
    op.add_column(
        "demos_models_outbox", sa.Column("begun", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("demos_models_outbox", "begun", server_default=None)
    op.add_column(
        "demos_models_outbox",
        sa.Column("parked_at", invenio_db.shared.UTCDateTime(timezone=True), nullable=True),
    )
    # Follow-ups that are owed are asked for by their new names.
    op.execute("UPDATE demos_models_outbox SET kind = 'derive' WHERE kind = 'documents'")
    op.execute("UPDATE demos_models_outbox SET kind = 'readers' WHERE kind = 'parent'")


def downgrade():
    """Downgrade the database."""
    op.execute("UPDATE demos_models_outbox SET kind = 'documents' WHERE kind = 'derive'")
    op.execute("UPDATE demos_models_outbox SET kind = 'parent' WHERE kind = 'readers'")
    op.drop_column("demos_models_outbox", "parked_at")
    op.drop_column("demos_models_outbox", "begun")
    _rename(NEW, OLD)
