# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The recipes make the tables that the code expects, and take them away again."""

import sqlalchemy as sa
from invenio_db import db
from invenio_db.utils import drop_alembic_version_table

TABLES = "demos_models_"


def _registry_differences(alembic):
    return [
        change
        for change in alembic.compare_metadata()
        if TABLES in repr(change) and "add_comment" not in repr(change)
    ]


def _tables(connection):
    return {t for t in sa.inspect(connection).get_table_names() if t.startswith(TABLES)}


def test_the_recipes_and_the_tables_agree(empty_database_app):
    with empty_database_app.app_context():
        alembic = empty_database_app.extensions["invenio-db"].alembic
        alembic.upgrade()
        assert _tables(db.engine) == {
            name for name in db.metadata.tables if name.startswith(TABLES)
        }
        assert _registry_differences(alembic) == []
        alembic.downgrade(target="demos_models@base")
        assert not _tables(db.engine)
        alembic.upgrade()
        assert _registry_differences(alembic) == []
        drop_alembic_version_table()
