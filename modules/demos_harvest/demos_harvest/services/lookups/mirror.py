# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is known here of a peer's record, how old that is, and what is done about it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from invenio_cache import current_cache
from invenio_db import db
from sqlalchemy.exc import IntegrityError

from ...background import start_in_background
from ...connections import client_of
from ...errors import LookupFailedError
from ...harvesting.locks import advisory_lock
from ...http import PeerError
from ...http.client import Patience
from ...http.errors import GoneError, NotFoundError, NotPublicError, RateLimitedError
from ...peers.types import MappingError, PeerRecord
from ...records.models import DELETED, KNOWN, HarvestItem, HarvestRun, now

REFRESH_PAUSE = 300
"""Seconds in which one record is refreshed at most once."""


UNDER_WAY = ("accepted", "running")


@dataclass(frozen=True)
class Mirrored:
    """A record as it is known here.

    Attributes:
        record: The ``PeerRecord``.
        files: What became of its files, by their keys.
        fetched_at: When it was read at the peer.
        stale: Whether it is older than it should be and the peer has not been reached since.
        refreshing: Whether a refresh is under way.
        error: Why the last attempt to read it failed.
    """

    record: PeerRecord
    files: dict
    fetched_at: datetime
    stale: bool
    refreshing: bool
    error: dict | None = None

    @property
    def age(self):
        """Seconds since it was read at the peer."""
        return max(0, int((now() - self.fetched_at).total_seconds()))


def find(peer, source_id):
    """Find an item by any identifier of its record: the peer's own, or that of all versions."""
    item = HarvestItem.find(peer, source_id)
    if item is None:
        item = (
            HarvestItem.query.filter_by(peer=peer, lineage=source_id)
            .filter(HarvestItem.record.isnot(None))
            .order_by(HarvestItem.id.desc())
            .first()
        )
    return item


def mirrored(peer, source_id):
    """Return what is known of a record; ask the peer, briefly, if nothing is.

    Args:
        peer: The peer.
        source_id: The peer's identifier of the record.

    Returns:
        A ``Mirrored``.

    Raises:
        LookupFailedError: If nothing is known and the peer gives nothing.
    """
    item = find(peer, source_id)
    if item is None or not item.record:
        return _live(peer, source_id)
    if item.state == DELETED:
        raise LookupFailedError(
            410,
            {
                **(item.error or {}),
                "code": "gone",
                "message": "The record was removed by its archive.",
                "url": item.record["url"],
            },
        )
    fresh = current_app.config["DEMOS_HARVEST_FRESH"]
    old = (now() - item.fetched_at).total_seconds() > fresh
    refreshing = old and refresh(peer, item.source_id).status in UNDER_WAY
    return Mirrored(
        record=PeerRecord.from_dict(item.record),
        files=item.files or {},
        fetched_at=item.fetched_at,
        stale=old,
        refreshing=refreshing,
        error=item.error,
    )


def brief():
    """Return how long somebody who waits for an answer has a peer asked."""
    timeout = current_app.config["DEMOS_HARVEST_LOOKUP_TIMEOUT"]
    return Patience(total=timeout, attempts=1, max_wait=0.2)


def _live(peer, source_id):
    db.session.commit()  # no transaction is open while the peer is asked
    client = client_of(peer, brief())
    try:
        record = client.record(source_id)
    except (NotFoundError, GoneError, NotPublicError) as error:
        status = {"gone": 410, "not_public": 403}.get(error.code, 404)
        raise LookupFailedError(status, error.to_dict()) from error
    except RateLimitedError as error:
        raise LookupFailedError(503, error.to_dict()) from error
    except PeerError as error:
        status = 504 if error.code == "deadline" else 502 if error.status else 503
        raise LookupFailedError(status, error.to_dict()) from error
    except MappingError as error:
        problem = {"code": "unreadable_record", "message": str(error)}
        raise LookupFailedError(502, problem) from error
    except ValueError as error:
        raise LookupFailedError(404, {"code": "bad_identifier", "message": str(error)}) from error
    finally:
        client.close()
    _remember(peer, record)
    return Mirrored(record, {}, now(), stale=False, refreshing=False)


def _remember(peer, record):
    """Keep a record that was looked up; a harvest that is faster wins."""
    with advisory_lock(peer, record.record_id) as held:
        if not held or HarvestItem.find(peer, record.record_id) is not None:
            return
        item = HarvestItem(
            peer=peer,
            source_id=record.record_id,
            lineage=record.lineage,
            state=KNOWN,
            record=record.to_dict(),
            files={},
            fetched_at=now(),
        )
        db.session.add(item)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()


def refresh(peer, source_id):
    """Have a record harvested in the background, at most once in a while.

    Args:
        peer: The peer.
        source_id: The record.

    Returns:
        The ``HarvestRun`` that does it, or did it a short while ago.
    """
    key = f"demos-harvest:refresh:{peer}:{source_id}"
    run_id = current_cache.get(key)
    run = db.session.get(HarvestRun, uuid.UUID(run_id)) if run_id else None
    if run is None:
        run = start_in_background(peer, ids=[source_id])
        if run.status != "failed":
            current_cache.set(key, str(run.id), timeout=REFRESH_PAUSE)
    return run
