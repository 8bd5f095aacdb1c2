# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Look-ups as JSON."""

from demos_models.api import find, model_links, sources_at
from flask import current_app
from invenio_db import db

from ...connections import client_of, configured_sites, peer_named
from ...errors import LookupFailedError
from ...http import PeerError
from ...peers.inspire.mapper import enrichment, hepdata_ids
from ...peers.types import MappingError
from ...proxies import current_harvest
from ...records.models import HarvestItem
from .mirror import brief, mirrored
from .references import understand


def looked_up():
    """Return the names of the peers that ``/<name>/<record>`` answers for."""
    return [peer.name for peer in current_harvest.peers.values() if peer.looked_up]


def understood(text):
    """Understand an identifier or address of a peer as it is configured here; None if none is."""
    return understand(text, current_harvest.peers, configured_sites())


def models_of(identity, peer, key):
    """Return the entries of a file that a reader may see, pallet members with their paths."""
    return [
        {"id": source.model_id, "member": source.member, "links": model_links(source.model_id)}
        for source in sources_at(peer, key, identity)
    ]


def record_answer(identity, peer, found):
    """Return the answer to a look-up of one record.

    Args:
        identity: The reader.
        peer: The peer that was asked.
        found: A ``Mirrored``.
    """
    record = found.record
    files = []
    for file in record.files:
        note = found.files.get(file.key) or {}
        entry = {
            "key": file.key,
            "resource": file.key.rpartition("/")[2],
            "filename": file.filename,
            "kind": file.kind or None,
            "url": file.url,
            "doi": file.doi,
            "licence": file.licence,
            "size": file.size,
            "checksum": file.checksum,
            "status": note.get("status", "not registered"),
            "models": models_of(identity, record.peer, file.key),
        }
        if "error" in note:
            entry["error"] = note["error"]
        files.append({k: v for k, v in entry.items() if v is not None})
    mirror = {
        "fetched_at": found.fetched_at.isoformat(),
        "age": found.age,
        "stale": found.stale,
        "refreshing": found.refreshing,
    }
    if found.error:
        mirror["error"] = found.error
    self_url = f"{current_app.config['SITE_API_URL']}/{peer}/{record.record_id}"
    return {
        "id": record.record_id,
        "peer": record.peer,
        "title": peer_named(peer).title,
        "version": record.version,
        "url": record.url,
        "metadata": record.metadata,
        "files": files,
        "mirror": mirror,
        "links": {"self": self_url, "self_html": record.url},
    }


def lookup(identity, reference, text):
    """Say what an identifier leads to: models here, records at peers, the paper.

    Args:
        identity: The reader.
        reference: The identifier, understood.
        text: The identifier as it was written.

    Returns:
        The answer as JSON.
    """
    records = _Records(identity)
    publication = {}
    if reference.peer and reference.source_id:
        records.add(reference.peer, reference.source_id)
    elif reference.scheme in ("doi", "arxiv"):
        records.add_known(reference)
    if reference.scheme in ("doi", "arxiv", "inspire") and not records.found:
        publication = _paper(reference, records)
    named = reference.value
    if reference.scheme == "inspire":
        named = f"ins{named}"
    models = dict.fromkeys([*find(identity, named), *records.models()])
    return {
        "id": text,
        "scheme": reference.scheme,
        "value": reference.value,
        "models": [{"id": model_id, "links": model_links(model_id)} for model_id in models],
        "records": list(records.found.values()),
        "publication": publication or records.publication(),
    }


class _Records:
    """Collects the answers about records of peers."""

    def __init__(self, identity):
        self._identity = identity
        self._peers = looked_up()
        self.found = {}

    def add(self, peer, source_id):
        """Add a record; what its peer does not have is left out."""
        if peer not in self._peers:
            return
        try:
            answer = record_answer(self._identity, peer, mirrored(peer, source_id))
            self.found[peer, source_id] = answer
        except LookupFailedError as error:
            if error.status >= 500:
                raise

    def add_known(self, reference):
        """Add mirrored records of a paper."""
        key = "arxiv" if reference.scheme == "arxiv" else "doi"
        rows = HarvestItem.query.filter(
            HarvestItem.peer.in_(self._peers),
            HarvestItem.record["metadata"]["publication"][key].as_string() == reference.value,
        ).limit(10)
        for item in rows:
            self.add(item.peer, item.source_id)

    def models(self):
        return [m["id"] for a in self.found.values() for f in a["files"] for m in f["models"]]

    def publication(self):
        found = (a["metadata"].get("publication") for a in self.found.values())
        return next((publication for publication in found if publication), {})


def _paper(reference, records):
    """Ask which paper it is, and which HEPData record belongs to it.

    INSPIRE knows both; arXiv knows papers that INSPIRE does not have yet. Without either the
    answer holds what is known here, which may be nothing.
    """
    db.session.commit()  # no transaction is open while the peer is asked
    inspire = client_of("inspire", brief())
    try:
        found = inspire.literature(reference.scheme, reference.value)
        publication = enrichment(found).get("publication", {})
    except (PeerError, MappingError):
        return _preprint(reference.value) if reference.scheme == "arxiv" else {}
    finally:
        inspire.close()
    for source_id in hepdata_ids(found)[:5]:
        records.add("hepdata", source_id)
    return publication


def _preprint(identifier):
    arxiv = client_of("arxiv", brief())
    try:
        return arxiv.paper(identifier).get("publication", {})
    except PeerError:
        return {}
    finally:
        arxiv.close()
