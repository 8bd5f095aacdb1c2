# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Locks that end with the process that holds them."""

from contextlib import contextmanager

import sqlalchemy as sa
from invenio_db import db


@contextmanager
def advisory_locks():
    """Take locks for the length of a block, on a connection of its own.

    The locks belong to the connection, so a killed process gives them back, and commits of the
    session inside the block do not.

    Yields:
        A function that tries to take the lock of some names and says whether it did.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def take(*names):
            name = "demos-harvest:" + ":".join(names)
            key = sa.func.hashtextextended(name, 0)
            return connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar()

        try:
            yield take
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock_all()))


@contextmanager
def advisory_lock(*names):
    """Try to take one lock for the length of a block; see ``advisory_locks``.

    Args:
        names: What is locked.

    Yields:
        Whether the lock was taken.
    """
    with advisory_locks() as take:
        yield take(*names)
