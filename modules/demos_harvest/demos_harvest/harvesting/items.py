# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Items in batches: each is fetched for itself, those of a batch are written together.

One transaction and one request to the index for many records is several times faster than one
for each. A batch ends after a few seconds too, so that a process that dies loses little; and
when it cannot be written its items are written one by one, so that a bad one stops no other.
"""

import logging
import tempfile
import time
from collections import deque
from contextlib import ExitStack
from pathlib import Path

from flask import current_app
from invenio_db import db

from ..http.errors import CircuitOpenError
from ..records.models import HarvestItem
from .fetching import fault, fetch
from .locks import advisory_locks
from .outcomes import Result
from .writer import fail, failed, write

log = logging.getLogger(__name__)

BATCH_BYTES = 64 * 1024 * 1024
"""Bytes after which a batch is written."""

BATCH_SECONDS = 10
"""Seconds after which a batch is written."""


def process(client, item_ids):
    """Bring items up to date with their peer.

    Whatever goes wrong with an item is noted on it and stops nothing else, except an open
    circuit, which concerns all items.

    Args:
        client: The client of the peer.
        item_ids: ``HarvestItem`` rows.

    Yields:
        After each batch, the committed ``Result`` of each of its items.

    Raises:
        CircuitOpenError: If the peer is left alone for now.
    """
    due = deque(item_ids)
    stopped = None
    while due and not stopped:
        with _Batch(client) as batch:
            while due and not batch.full:
                item_id = due.popleft()
                try:
                    batch.read(item_id)
                except _SameRecordError:
                    due.appendleft(item_id)
                    break
                except CircuitOpenError as error:
                    stopped = error
                    break
            yield batch.write()
    if stopped:
        raise stopped


class _SameRecordError(Exception):
    """An item of the batch has another name of the same record."""


class _Batch:
    """Items that are locked and read one after the other and written together."""

    def __init__(self, client):
        self._client = client
        self._fetched = {}
        self._others = []
        self._size = 0
        self._start = time.monotonic()

    def __enter__(self):
        self._stack = ExitStack()
        self._take = self._stack.enter_context(advisory_locks())
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="demos-harvest-"))
        )
        return self

    def __exit__(self, *exc):
        self._stack.close()

    @property
    def full(self):
        """Whether it is time to write."""
        return (
            len(self._fetched) >= current_app.config["DEMOS_HARVEST_BATCH"]
            or self._size >= BATCH_BYTES
            or time.monotonic() - self._start >= BATCH_SECONDS
        )

    def read(self, item_id):
        """Ask the peer for an item, unless another process works on it or it is gone."""
        source_id = db.session.query(HarvestItem.source_id).filter_by(id=item_id).scalar()
        db.session.rollback()
        if source_id is None:  # it turned out to be another name of an earlier one
            return
        if not self._take(self._client.peer, source_id):
            self._others.append(Result("unchanged", item_id))
            return
        fetched = fetch(self._client, item_id, source_id, self._folder)
        name = fetched.record.record_id if fetched.record else source_id
        if name in self._fetched:
            raise _SameRecordError
        self._fetched[name] = fetched
        self._size += fetched.size

    def write(self):
        """Write what was read.

        Returns:
            The ``Result`` of each item.
        """
        batch = list(self._fetched.values())
        if not batch:
            return self._others
        try:
            return self._others + self._written(batch)
        except Exception:
            # One record that trips over a fault of ours must not stop the others.
            db.session.rollback()
            log.warning("%d records are written one by one", len(batch), exc_info=True)
            return self._others + [self._alone(fetched) for fetched in batch]

    def _written(self, batch):
        return write(self._client.peer, batch)

    def _alone(self, fetched):
        try:
            return self._written([fetched])[0]
        except Exception as error:
            db.session.rollback()
            item = db.session.get(HarvestItem, fetched.item_id)
            fail(item, fault(error, self._client.peer, item.source_id))
            result = failed(item)
            db.session.commit()
            return result
