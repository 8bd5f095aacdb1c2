# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From what peers say to the registry: the items of a batch in one transaction."""

from demos_models.api import registry
from flask import current_app
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_db.uow import UnitOfWork

from ..connections import peer_named
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
from .outcomes import CHANGED, FIRST_PAUSE, LONGEST_PAUSE, Result


def write(peer, batch):
    """Bring the registry and the items up to date with what was read.

    All bytes are stored and analysed before the one transaction that registers them.

    Args:
        peer: The peer.
        batch: ``Fetched`` objects.

    Returns:
        One ``Result`` per fetched, in order.
    """
    proposals = [proposal for fetched in batch for proposal in fetched.proposals.values()]
    staged = registry.stage(system_identity, proposals)
    db.session.commit()
    with UnitOfWork() as uow:
        taken = registry.register_staged(system_identity, staged, uow=uow)
        outcomes = iter(zip(staged, taken, strict=True))
        settling = _Settling(peer, batch, uow)
        results = [settling.settle(fetched, outcomes) for fetched in batch]
        uow.commit()
    return results


class _Settling:
    """Notes on items what came of them."""

    def __init__(self, peer, batch, uow):
        self._peer, self._holder, self._uow = peer, peer_named(peer).holder, uow
        rows = HarvestItem.query.filter(HarvestItem.id.in_([r.item_id for r in batch]))
        self._items = {item.id: item for item in rows}
        lineages = {r.record.lineage for r in batch if r.record}
        rows = db.session.query(HarvestItem.lineage, HarvestItem.id).filter(
            HarvestItem.peer == peer,
            HarvestItem.lineage.in_(lineages),
            HarvestItem.state == REGISTERED,
        )
        self._registered = {}
        for lineage, item_id in rows:
            self._registered.setdefault(lineage, set()).add(item_id)

    def settle(self, fetched, outcomes):
        item = self._items[fetched.item_id]
        if fetched.gone:
            return self._gone(item, fetched.gone)
        if fetched.problem:
            fail(item, fetched.problem)
            return failed(item)
        item.fetched_at = now()
        item = self._canonical(item, fetched.record)
        if fetched.settled:
            item.state = _state_of(item.files)
            outcome = "skipped" if item.state == SKIPPED else "unchanged"
        else:
            outcome = self._written(item, fetched, outcomes)
            if outcome == "failed":
                return failed(item)
        record = fetched.record
        item.lineage, item.fingerprint = record.lineage, record.fingerprint
        item.error, item.attempts, item.due_at = None, 0, None
        if not record.latest:
            # An older version leaves the peer's listing without being gone.
            item.in_listing = False
        if item.state == REGISTERED:
            self._registered.setdefault(record.lineage, set()).add(item.id)
        return Result(outcome, item.id, len(item.models) if outcome in CHANGED else 0)

    def _canonical(self, item, record):
        """Return the row under the peer's own name of the record."""
        if record.record_id == item.source_id:
            return item
        other = HarvestItem.find(self._peer, record.record_id)
        if other is None:
            item.source_id = record.record_id
            return item
        db.session.delete(item)
        other.fetched_at = now()
        return other

    def _written(self, item, fetched, outcomes):
        record = fetched.record
        before, same_version = item.files or {}, (item.record or {}).get("version")
        known = bool(record.files) and bool(
            item.models or self._registered.get(record.lineage, set()) - {item.id}
        )
        files = {file.key: file for file in record.files}
        noted = dict(fetched.notes)
        for key in fetched.proposals:
            noted[key] = _note(files[key], *next(outcomes))
        if same_version == record.version:
            self._withdraw(set(before) - set(noted), "removed")
        item.files = noted
        item.record, item.lineage = record.to_dict(), record.lineage
        problem = next((note["error"] for note in noted.values() if "error" in note), None)
        if problem:
            fail(item, problem)
            return "failed"
        item.state = _state_of(noted)
        return _outcome(noted, known)

    def _gone(self, item, error):
        self._withdraw(item.files or {}, error.code)
        had_models = bool(item.models)
        known = item.in_listing or item.record is not None
        item.state = DELETED
        item.error = error.to_dict()
        item.fingerprint = None
        item.attempts, item.due_at = 0, None
        item.fetched_at = now()
        if not known:  # somebody asked for what has never been there
            return failed(item)
        return Result("deleted" if had_models else "skipped", item.id)

    def _withdraw(self, keys, reason):
        for key in keys:
            registry.withdraw(system_identity, self._holder, key, reason, uow=self._uow)


def fail(item, problem):
    """Note a failure, and when the item is tried again.

    Args:
        item: The ``HarvestItem``.
        problem: What went wrong, as JSON.
    """
    item.error = problem
    item.fingerprint = None
    item.attempts += 1
    limit = current_app.config["DEMOS_HARVEST_MAX_ATTEMPTS"]
    if not problem.get("retryable") or item.attempts >= limit:
        item.state, item.due_at = DEAD, None
    else:
        pause = min(FIRST_PAUSE * 2 ** (item.attempts - 1), LONGEST_PAUSE)
        item.state, item.due_at = FAILED, now() + pause


def failed(item):
    """Give the ``Result`` of an item with an error."""
    return Result("failed", item.id, failure=f"{item.source_id}: {item.error['code']}")


def _note(file, staged, registration):
    """Say what to keep of a file's registration."""
    if staged.error:
        return _unusable(file, staged.error)
    note = {"status": registration.status, "models": list(registration.model_ids)}
    if file.checksum:
        note["checksum"] = file.checksum
    if registration.doubt_id:
        note["doubt"] = registration.doubt_id
    return note


def _unusable(file, error):
    """Note a file that holds no usable model: a failure only where the peer says it is one."""
    if not file.kind:
        return {"status": "skipped", "reason": "no model"}
    return {
        "status": "failed",
        "error": {
            "code": "invalid_model",
            "message": f"{file.filename} is said to be a model but cannot be used as one.",
            "retryable": False,
            "errors": error.errors[:50],
        },
    }


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
