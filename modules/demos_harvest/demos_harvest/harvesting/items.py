# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One item: fetch, compare, register, note."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import current_app
from invenio_db import db

from ..connections import peer as peer_of
from ..http import PeerError
from ..http.client import Patience
from ..http.errors import CircuitOpenError, GoneError, NotFoundError, NotPublicError
from ..peers.inspire import enrichment
from ..peers.inspire.mapper import enrich
from ..peers.types import MappingError
from ..records.models import (
    DEAD,
    DELETED,
    DOUBTFUL,
    FAILED,
    REGISTERED,
    SKIPPED,
    HarvestItem,
    now,
)
from .locks import advisory_lock
from .writer import withdraw, write_record

log = logging.getLogger(__name__)

WANTED = ("experiment", "energies", "publication")
"""Fields for which INSPIRE is asked when a record lacks them."""

CHANGED = ("registered", "updated")
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)


class ItemBusyError(Exception):
    """Another process works on the item."""


@dataclass(frozen=True)
class Result:
    """What came of an item.

    Attributes:
        outcome: A field of ``Counts``.
        item_id: The row it is kept in; another one than asked for, where a peer has several
            names for one record.
        models: How many entries of the registry are new or changed by it.
    """

    outcome: str
    item_id: int
    models: int = 0


def process(peer, item):
    """Bring one item up to date with its peer.

    Whatever goes wrong with it is noted on it and stops nothing else, except an open circuit,
    which concerns all items.

    Args:
        peer: The client of the peer.
        item: The ``HarvestItem``; committed on return.

    Returns:
        A ``Result``.

    Raises:
        CircuitOpenError: If the peer is left alone for now.
        ItemBusyError: If another process works on the same item.
    """
    # The identifiers outlive a rollback of the session; the row's attributes do not.
    item_id, source_id = item.id, item.source_id
    with advisory_lock(peer.name, source_id) as held:
        if not held:
            raise ItemBusyError(source_id)
        try:
            return _process(peer, item)
        except CircuitOpenError:
            db.session.rollback()
            raise
        except PeerError as error:
            problem = error.to_dict()
        except MappingError as error:
            problem = {"code": "unreadable-record", "message": str(error), "retryable": False}
        except ValueError as error:
            problem = {"code": "bad-identifier", "message": str(error), "retryable": False}
        except Exception as error:
            # One item that trips over a fault of ours must not stop the others; the log has
            # the trace, the item the reason.
            log.exception("Harvest of %s %s failed", peer.name, source_id)
            problem = {
                "code": "internal-error",
                "message": f"{type(error).__name__}: {error}"[:500],
                "retryable": True,
            }
        db.session.rollback()
        return _fail(db.session.get(HarvestItem, item_id), problem)


def _canonical(item, record):
    """Return the row under the peer's own name of the record."""
    if record.record_id == item.source_id:
        return item
    other = HarvestItem.find(item.peer, record.record_id)
    if other is None:
        item.source_id = record.record_id
        return item
    db.session.delete(item)
    return other


def _process(peer, item):
    try:
        record = peer.record(item.source_id)
    except (NotFoundError, GoneError, NotPublicError) as error:
        return _gone(peer, item, error)
    item = _canonical(item, record)
    item.fetched_at = now()
    settled = not item.error and item.fingerprint == record.fingerprint
    if settled:
        item.state = _state_of(item.files)
        outcome = "skipped" if item.state == SKIPPED else "unchanged"
    else:
        record = _enriched(record)
        before = dict(item.files or {})
        known_lineage = bool(record.files) and (bool(item.models) or _lineage_known(item, record))
        noted = write_record(peer, record, before)
        same_version = (item.record or {}).get("version") == record.version
        if same_version:
            withdraw(record.host, set(before) - set(noted), "removed")
        item.files = noted
        problem = next((n["error"] for n in noted.values() if "error" in n), None)
        if problem is not None:
            item.record = record.to_dict()
            item.lineage = record.lineage
            return _fail(item, problem)
        outcome = _outcome(noted, known_lineage)
        item.state = _state_of(noted)
    item.record = record.to_dict() if not settled else item.record
    item.lineage = record.lineage
    item.fingerprint = record.fingerprint
    item.error, item.attempts, item.due_at = None, 0, None
    if not record.latest:
        # An older version leaves the peer's listing without being gone.
        item.in_listing = False
    db.session.commit()
    return Result(outcome, item.id, len(item.models) if outcome in CHANGED else 0)


def _lineage_known(item, record):
    return (
        db.session.query(HarvestItem.id)
        .filter(
            HarvestItem.peer == item.peer,
            HarvestItem.lineage == record.lineage,
            HarvestItem.id != item.id,
            HarvestItem.state == REGISTERED,
        )
        .first()
        is not None
    )


def _state_of(noted):
    statuses = {note["status"] for note in (noted or {}).values()}
    if "doubtful" in statuses:
        return DOUBTFUL
    return REGISTERED if statuses & {"created", "updated", "unchanged"} else SKIPPED


def _outcome(noted, known):
    statuses = {note["status"] for note in noted.values()}
    if "doubtful" in statuses:
        return "doubtful"
    if statuses & {"created", "updated"}:
        return "updated" if known else "registered"
    return "unchanged" if "unchanged" in statuses else "skipped"


def _gone(peer, item, error):
    withdraw(peer.host, item.files or {}, error.code)
    had_models = bool(item.models)
    item.state = DELETED
    item.error = error.to_dict()
    item.fingerprint = None
    item.attempts, item.due_at = 0, None
    item.fetched_at = now()
    db.session.commit()
    return Result("deleted" if had_models else "skipped", item.id)


def _fail(item, problem):
    item.error = problem
    item.fingerprint = None
    item.attempts += 1
    limit = current_app.config["DEMOS_HARVEST_MAX_ATTEMPTS"]
    if not problem.get("retryable") or item.attempts >= limit:
        item.state, item.due_at = DEAD, None
    else:
        pause = min(FIRST_PAUSE * 2 ** (item.attempts - 1), LONGEST_PAUSE)
        item.state, item.due_at = FAILED, now() + pause
    db.session.commit()
    return Result("failed", item.id)


def _enriched(record):
    """Fill what a record does not say from INSPIRE; without INSPIRE it stays as it is."""
    publication = record.metadata.get("publication") or {}
    scheme = next((s for s in ("inspire_id", "arxiv", "doi") if publication.get(s)), None)
    if (
        not current_app.config["DEMOS_HARVEST_ENRICH"]
        or scheme is None
        or not record.files
        or all(record.metadata.get(name) for name in WANTED)
    ):
        return record
    inspire = peer_of("inspire", Patience(total=5.0, attempts=1, max_wait=5.0))
    try:
        found = inspire.literature(scheme.removesuffix("_id"), publication[scheme])
        return replace(record, metadata=enrich(record.metadata, enrichment(found)))
    except (PeerError, MappingError) as error:
        log.info("No enrichment of %s %s: %s", record.host, record.record_id, error)
        return record
    finally:
        inspire.close()
