# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Look-ups as JSON."""

from demos_models.records.models import ModelAlias, ModelSource, ModelVersion
from demos_models.services.links import model_links
from flask import current_app
from invenio_db import db

from ..config import peer_url
from ..connections import peer as peer_of
from ..connections import title_of
from ..http import PeerError
from ..http.client import Patience
from ..http.guard import host_port
from ..peers.inspire.mapper import enrichment, hepdata_ids
from ..peers.types import MappingError
from ..records.models import HarvestItem
from .mirror import LookupFailedError, mirrored
from .references import understand

RECORD_ROUTES = {"hepdata": "hepdata", "zenodo": "zenodo"}


def models_of(host, key):
    """Return the registered models of a file, pallet members with their paths."""
    members = ModelSource.key.startswith(f"{key}#", autoescape=True)
    rows = (
        db.session.query(ModelSource.member, ModelVersion.work_id)
        .join(ModelVersion, ModelSource.version_id == ModelVersion.id)
        .filter(ModelSource.host == host, (ModelSource.key == key) | members)
        .filter(ModelSource.role == "model", ModelSource.gone_at.is_(None))
        .filter(ModelSource.access_record == "public")
        .order_by(ModelSource.key)
    )
    return [
        {"id": str(work_id), "member": member, "links": model_links(str(work_id))}
        for member, work_id in rows
    ]


def record_answer(name, found):
    """Return the answer to a look-up of one record.

    Args:
        name: The peer.
        found: A ``Mirrored``.
    """
    record = found.record
    route = RECORD_ROUTES[name]
    links = {"self": _url(route, record.record_id), "self_html": record.url}
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
            "models": models_of(record.host, file.key),
        }
        if "error" in note:
            entry["error"] = note["error"]
        files.append({k: v for k, v in entry.items() if v is not None})
    answer = {
        "id": record.record_id,
        "host": record.host,
        "archive": title_of(name),
        "version": record.version,
        "url": record.url,
        "metadata": record.metadata,
        "files": files,
        "mirror": {
            "fetched_at": found.fetched_at.isoformat(),
            "age": found.age,
            "stale": found.stale,
            "refreshing": found.refreshing,
        },
        "links": links,
    }
    if found.error:
        answer["mirror"]["error"] = found.error
    return answer


def _url(route, source_id):
    return f"{current_app.config['SITE_API_URL']}/{route}/{source_id}"


def configured_hosts():
    """Return host names of peers whose address is configured, for links to them."""
    hosts = {}
    for name in current_app.config["DEMOS_HARVEST_PEERS"]:
        url, explicit = peer_url(current_app, name)
        if explicit:
            host, port = host_port(url)
            hosts[f"{host}:{port}"] = hosts[host] = name
    return hosts


def lookup(text):
    """Say what an identifier leads to: models here, records at peers, the paper.

    Args:
        text: DOI, URL, arXiv or INSPIRE identifier.

    Returns:
        The answer as JSON; None if the text is no identifier.
    """
    reference = understand(text, configured_hosts())
    if reference is None:
        return None
    records = {}
    publication = {}
    if reference.peer and reference.source_id:
        _add_record(records, reference.peer, reference.source_id)
    elif reference.scheme in ("doi", "arxiv"):
        _add_known(records, reference)
    if reference.scheme in ("doi", "arxiv", "inspire") and not records:
        publication = _paper(reference, records)
    found = dict.fromkeys(
        [*_by_alias(reference.value), *(m["id"] for r in records.values() for m in _models(r))]
    )
    return {
        "id": text,
        "scheme": reference.scheme,
        "value": reference.value,
        "models": [{"id": model_id, "links": model_links(model_id)} for model_id in found],
        "records": list(records.values()),
        "publication": publication or _publication(records),
    }


def _models(answer):
    return [model for file in answer["files"] for model in file["models"]]


def _publication(records):
    for answer in records.values():
        if answer["metadata"].get("publication"):
            return answer["metadata"]["publication"]
    return {}


def _add_record(records, name, source_id):
    if name not in RECORD_ROUTES:
        return
    try:
        records[name, source_id] = record_answer(name, mirrored(name, source_id))
    except LookupFailedError as error:
        if error.status >= 500:
            raise


def _add_known(records, reference):
    """Add mirrored records of the paper."""
    key = "arxiv" if reference.scheme == "arxiv" else "doi"
    rows = HarvestItem.query.filter(
        HarvestItem.peer.in_(list(RECORD_ROUTES)),
        HarvestItem.record["metadata"]["publication"][key].as_string() == reference.value,
    ).limit(10)
    for item in rows:
        _add_record(records, item.peer, item.source_id)


def _paper(reference, records):
    """Ask which paper it is, and which HEPData record belongs to it.

    INSPIRE knows both; arXiv knows papers that INSPIRE does not have yet. Without either the
    answer holds what is known here, which may be nothing.
    """
    db.session.commit()  # no transaction is open while the peer is asked
    patience = Patience(
        total=current_app.config["DEMOS_HARVEST_LOOKUP_TIMEOUT"], attempts=1, max_wait=0.2
    )
    inspire = peer_of("inspire", patience)
    try:
        found = inspire.literature(reference.scheme, reference.value)
        publication = enrichment(found).get("publication", {})
    except (PeerError, MappingError):
        return _preprint(reference.value, patience) if reference.scheme == "arxiv" else {}
    finally:
        inspire.close()
    for source_id in hepdata_ids(found)[:5]:
        _add_record(records, "hepdata", source_id)
    return publication


def _preprint(identifier, patience):
    arxiv = peer_of("arxiv", patience)
    try:
        return arxiv.paper(identifier).get("publication", {})
    except PeerError:
        return {}
    finally:
        arxiv.close()


def _by_alias(value):
    rows = (
        db.session.query(ModelAlias.work_id)
        .join(ModelSource, ModelAlias.source_id == ModelSource.id)
        .filter(ModelAlias.value == value, ModelSource.gone_at.is_(None))
        .filter(ModelSource.access_record == "public")
        .distinct()
    )
    return sorted(str(row[0]) for row in rows)
