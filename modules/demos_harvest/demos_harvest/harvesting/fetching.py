# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a peer says of an item, and the files that the registry does not have yet.

Peers are asked outside of transactions: whatever the database is asked for is asked before.
"""

import logging
from dataclasses import dataclass, field, replace

from demos_models.api import Proposal, Source, sources_at
from flask import current_app
from invenio_access.permissions import system_identity
from invenio_db import db

from ..connections import client_of
from ..http import PeerError
from ..http.client import Patience
from ..http.errors import CircuitOpenError, GoneError, NotFoundError, NotPublicError
from ..peers.inspire import enrichment
from ..peers.inspire.mapper import enrich
from ..peers.types import MappingError, PeerRecord
from ..records.models import HarvestItem
from .unpacking import unpacked

log = logging.getLogger(__name__)

WANTED = ("experiment", "energies", "publication")
"""Fields for which INSPIRE is asked when a record lacks them."""

DESCRIBED = ("histfactory", "hs3", "combine", "container", "other")


@dataclass
class Fetched:
    """One item as its peer has it.

    Attributes:
        item_id: The item that was asked for.
        record: Its ``PeerRecord``, if the peer gave one.
        settled: Whether it is as it was at the last harvest.
        gone: The peer's refusal, if the record is gone.
        problem: What went wrong, if the record could not be read.
        notes: By the files' keys, what is clear without the registry.
        proposals: By the files' keys, what the registry is to take in.
        size: Bytes that were fetched.
    """

    item_id: int
    record: PeerRecord | None = None
    settled: bool = False
    gone: PeerError | None = None
    problem: dict | None = None
    notes: dict = field(default_factory=dict)
    proposals: dict = field(default_factory=dict)
    size: int = 0


def fetch(client, item_id, source_id, folder):
    """Ask a peer for a record, and for those of its files that are not here.

    Args:
        client: The client of the peer.
        item_id: The item.
        source_id: The record.
        folder: A folder for the files, which get names of their own in it.

    Returns:
        The ``Fetched``. Whatever is wrong with the record is noted in it.

    Raises:
        CircuitOpenError: If the peer is left alone for now.
    """
    try:
        return _fetch(client, item_id, source_id, folder)
    except CircuitOpenError:
        raise
    except PeerError as error:
        problem = error.to_dict()
    except MappingError as error:
        problem = {"code": "unreadable_record", "message": str(error), "retryable": False}
    except ValueError as error:
        problem = {"code": "bad_identifier", "message": str(error), "retryable": False}
    except Exception as error:
        problem = fault(error, client.peer, source_id)
    finally:
        db.session.rollback()
    return Fetched(item_id, problem=problem)


def fault(error, peer, source_id):
    """Log an error of ours, and say what to note on the item that tripped over it."""
    log.error("Harvest of %s %s failed", peer, source_id, exc_info=error)
    message = f"{type(error).__name__}: {error}"[:500]
    return {"code": "internal_error", "message": message, "retryable": True}


def _fetch(client, item_id, source_id, folder):
    try:
        record = client.record(source_id)
    except (NotFoundError, GoneError, NotPublicError) as error:
        return Fetched(item_id, gone=error)
    before = (
        db.session.query(HarvestItem.fingerprint, HarvestItem.error, HarvestItem.files)
        .filter_by(peer=client.peer, source_id=record.record_id)
        .first()
    )
    if before and not before.error and before.fingerprint == record.fingerprint:
        return Fetched(item_id, record, settled=True)
    notes, ready, wanted = _sorted(record, (before.files if before else None) or {})
    db.session.rollback()
    record, size = _enriched(record), 0
    for number, file in enumerate(wanted):
        try:
            path, filename = _downloaded(client, file, folder / f"{item_id}-{number}")
        except CircuitOpenError:
            raise
        except PeerError as error:
            notes[file.key] = {"status": "failed", "error": error.to_dict()}
        else:
            size += path.stat().st_size
            ready.append((replace(file, filename=filename), {"content": path}))
    proposals = {file.key: _proposal(record, file, **content) for file, content in ready}
    return Fetched(item_id, record, notes=notes, proposals=proposals, size=size)


def _sorted(record, known):
    """Sort a record's files: what is clear of them already, those to take in, those to fetch."""
    notes, ready, wanted = {}, [], []
    for file in record.files:
        if file.download_url is None or not (file.mirror and record.public):
            if file.kind not in DESCRIBED:
                reason = "licence" if file.download_url else "no model"
                notes[file.key] = {"status": "skipped", "reason": reason}
            elif _has_content(record.peer, file.key):
                # A description never takes the place of a content that came another way.
                notes[file.key] = {"status": "unchanged"}
            else:
                ready.append((file, {}))
        elif stored := _stored(record, file, known.get(file.key) or {}):
            filename, file_id = stored
            ready.append((replace(file, filename=filename), {"file_id": file_id}))
        else:
            wanted.append(file)
    return notes, ready, wanted


def _registered(peer, key):
    """Return what the registry has of a file, withdrawn or not."""
    return sources_at(peer, key, system_identity, gone=True)


def _has_content(peer, key):
    return any(source.sha256 for source in _registered(peer, key))


def _stored(record, file, known):
    """Return name and stored copy of a file whose declared checksum did not change."""
    if not file.checksum or known.get("checksum") != file.checksum:
        return None
    found = _registered(record.peer, file.key)
    return next(((s.filename, s.file_id) for s in found if s.file_id), None)


def _downloaded(client, file, path):
    with path.open("w+b") as target:
        client.download(file, target)
    return unpacked(path, file.filename, current_app.config["DEMOS_HARVEST_MAX_FILE_SIZE"])


def _proposal(record, file, *, content=None, file_id=None):
    """Say what the registry is to take in: fetched bytes, a stored copy, or a description."""
    source = Source(
        host=record.peer,
        key=file.key,
        url=file.url,
        record_id=record.record_id,
        filename=file.filename,
        licence=file.licence,
        access={"record": "public", "files": "public" if record.public else "restricted"},
        version=record.version,
        lineage=record.lineage,
    )
    metadata = dict(record.metadata)
    metadata["aliases"] = [*metadata.get("aliases", []), *([file.doi] if file.doi else [])]
    if file.licence:
        metadata["licence"] = file.licence
    if content is None and file_id is None:
        metadata["kind"] = file.kind
    return Proposal(source, content, metadata, file_id=file_id)


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
    inspire = client_of("inspire", Patience(total=5.0, attempts=1, max_wait=5.0))
    try:
        found = inspire.literature(scheme.removesuffix("_id"), publication[scheme])
        return replace(record, metadata=enrich(record.metadata, enrichment(found)))
    except (PeerError, MappingError) as error:
        log.info("No enrichment of %s %s: %s", record.peer, record.record_id, error)
        return record
    finally:
        inspire.close()
