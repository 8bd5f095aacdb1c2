# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The connections to the message queue outlive an error."""

import os

import pytest
from kombu import Connection


@pytest.fixture
def pool():
    """One connection, so that the next user gets what the last one left."""
    pool = Connection(os.environ["DEMOS_TEST_BROKER_URL"]).Pool(limit=1)
    yield pool
    pool.force_close_all()


def test_a_connection_is_usable_after_an_error(pool):
    # Bulk indexing takes its connection from this pool: a closed one handed out again and again
    # would end it until the worker is restarted.
    with pytest.raises(ZeroDivisionError), pool.acquire(block=True) as connection:
        connection.channel().close()
        raise ZeroDivisionError
    with pool.acquire(block=True) as connection:
        connection.channel().close()


def test_a_connection_is_usable_after_the_queue_was_away(pool):
    with pytest.raises(OSError), pool.acquire(block=True) as connection:
        connection.connection.transport.sock.close()
        connection.channel()
    with pool.acquire(block=True) as connection:
        connection.channel().close()
