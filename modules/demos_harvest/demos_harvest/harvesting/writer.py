# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From a peer's record to the registry, file by file."""

import tempfile
from dataclasses import replace
from pathlib import Path

from demos_models.proxies import current_registry
from demos_models.records.models import ModelSource
from demos_models.registry import Source
from demos_models.registry.analysis import local_path
from demos_models.registry.registry import RegistrationError
from flask import current_app
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_files_rest.models import FileInstance

from ..http import PeerError
from .unpacking import unpacked

DESCRIBED = ("histfactory", "hs3", "combine", "container", "other")


def write_record(peer, record, known):
    """Hand every model of a record to the registry.

    Args:
        peer: The client of the peer, for downloads.
        record: The ``PeerRecord``.
        known: What the last harvest of this record noted, by the files' keys.

    Returns:
        What to note now, by the files' keys.
    """
    noted = {}
    for file in record.files:
        try:
            noted[file.key] = _write_file(peer, record, file, known.get(file.key) or {})
        except PeerError as error:
            noted[file.key] = {"status": "failed", "error": error.to_dict()}
        except RegistrationError as error:
            noted[file.key] = _unusable(file, error)
    return noted


def _unusable(file, error):
    """Note a file that holds no usable model: a failure only where the peer says it is one."""
    if not file.kind:
        return {"status": "skipped", "reason": "no model"}
    return {
        "status": "failed",
        "error": {
            "code": "invalid-model",
            "message": f"{file.filename} is said to be a model but cannot be used as one.",
            "retryable": False,
            "errors": error.errors[:50],
        },
    }


def _write_file(peer, record, file, known):
    if file.download_url is None or not (file.mirror and record.public):
        return _describe(record, file)
    if stored := _stored(record, file, known):
        source, instance = stored
        with local_path(instance) as path:
            same = replace(file, filename=source.filename)
            registration = _register(record, same, path)
    else:
        with tempfile.TemporaryDirectory(prefix="demos-harvest-") as folder:
            path = Path(folder) / "file"
            with path.open("w+b") as target:
                peer.download(file, target)
            limit = current_app.config["DEMOS_HARVEST_MAX_FILE_SIZE"]
            path, filename = unpacked(path, file.filename, limit)
            registration = _register(record, replace(file, filename=filename), path)
    return _note(registration, file)


def _describe(record, file):
    """Register what is known of a model whose bytes stay where they are."""
    if file.kind not in DESCRIBED:
        return {"status": "skipped", "reason": "licence" if file.download_url else "no model"}
    if _has_content(record.host, file.key):
        # A description never takes the place of a content that came another way.
        return {"status": "unchanged"}
    return _note(_register(record, file, None), file)


def _sources(host, key):
    members = ModelSource.key.startswith(f"{key}#", autoescape=True)
    return db.session.query(ModelSource).filter(
        ModelSource.host == host, (ModelSource.key == key) | members
    )


def _has_content(host, key):
    return _sources(host, key).filter(ModelSource.sha256.isnot(None)).first() is not None


def _stored(record, file, known):
    """Return source and stored copy of a file whose declared checksum did not change."""
    if not file.checksum or known.get("checksum") != file.checksum:
        return None
    source = _sources(record.host, file.key).filter(ModelSource.file_id.isnot(None)).first()
    return (source, db.session.get(FileInstance, source.file_id)) if source else None


def _register(record, file, path):
    source = Source(
        host=record.host,
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
    if path is None:
        metadata["kind"] = file.kind
    return current_registry.register(system_identity, source, path, metadata)


def _note(registration, file):
    note = {"status": registration.status, "models": list(registration.model_ids)}
    if file.checksum:
        note["checksum"] = file.checksum
    if registration.doubt_id:
        note["doubt"] = registration.doubt_id
    return note


def withdraw(host, files, reason):
    """Tell the registry that files are gone from their host.

    Args:
        host: The host.
        files: What was noted of them, by their keys.
        reason: Why, in a word or two.
    """
    for key in files:
        current_registry.withdraw(system_identity, host, key, reason)
