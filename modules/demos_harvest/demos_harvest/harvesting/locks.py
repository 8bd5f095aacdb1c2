# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Locks that end with the process that holds them."""

from contextlib import contextmanager

import sqlalchemy as sa
from invenio_db import db


@contextmanager
def advisory_lock(*names):
    """Try to take a lock for the length of a block, on a connection of its own.

    The lock belongs to the connection, so a killed process gives it back, and commits of the
    session inside the block do not.

    Args:
        names: What is locked.

    Yields:
        Whether the lock was taken.
    """
    name = "demos-harvest:" + ":".join(names)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = sa.func.hashtextextended(name, 0)
        held = connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar()
        try:
            yield held
        finally:
            if held:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
