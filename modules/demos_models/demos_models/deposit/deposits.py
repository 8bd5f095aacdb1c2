# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a deposit of this portal contributes to the registry."""

from copy import deepcopy
from dataclasses import dataclass, field

from flask import current_app
from invenio_db import db
from sqlalchemy.orm import joinedload

from ..permissions import readers_of
from ..records.models import ModelSource
from ..registry import analyse
from ..registry.contents import FileContent, contents_of
from ..registry.describe import specs_of
from ..registry.join import join
from ..registry.sources import SourceSpec
from ..registry.types import PORTAL_HOST
from ..registry.works import leave, lift_tombstone, write_tombstone
from .describe import model_metadata

DECLARED = "model"
"""The resource type that says that the deposit holds a HistFactory or HS3 model."""

DESCRIBED = {"model-container": "container", "model-other": "other"}
"""Resource types of models without such a file, with the kind of their entries."""


@dataclass
class DepositFiles:
    """What is known of a deposit's files.

    Args:
        contents: what is in them, file by file.
        files: the stored file of each file name.
        pending: names of files whose analysis is not there yet.
    """

    contents: list[FileContent] = field(default_factory=list)
    files: dict = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)


def resource_type_of(record):
    """Give the resource type's id of a draft or record."""
    return ((record.get("metadata") or {}).get("resource_type") or {}).get("id")


def read_files(record):
    """Read the analyses of a draft's or record's files; no bytes.

    Args:
        record: a draft or record.

    Returns:
        A ``DepositFiles``.
    """
    reading = DepositFiles()
    if not record.files.enabled:
        return reading
    sizes = {}
    for key in record.files:
        file = record.files[key].file
        if file is not None and file.file_id is not None:
            reading.files[key] = file.file_id
            sizes[key] = file.size
    results = analyse.known(reading.files.values())
    limit = current_app.config["DEMOS_MODELS_ANALYSE_MAX_BYTES"]
    for key, file_id in reading.files.items():
        result = results.get(str(file_id))
        if result is not None:
            reading.contents += contents_of(key, result)
        elif sizes[key] <= limit:
            reading.pending.append(key)
    return reading


def _dereferenced(record):
    """Return a copy of a record with the names of what it refers to by identifiers."""
    copy = type(record)(deepcopy(dict(record)), model=record.model)
    copy.relations.dereference()
    return copy


def specs_of_deposit(record, reading):
    """Make the sources that a published deposit contributes.

    Args:
        record: the published record.
        reading: what is known of its files.

    Returns:
        The sources; a model without a model file has one without content.
    """
    protection = record.access.protection
    recid = record.pid.pid_value
    data = model_metadata(_dereferenced(record))
    if concept := ((record.parent.get("pids") or {}).get("doi") or {}).get("identifier"):
        data["concept_doi"] = concept
    if record.access.embargo.active:
        data["embargo"] = {"until": record.access.embargo.until.date().isoformat()}
    common = {
        "host": PORTAL_HOST,
        "record_id": recid,
        "lineage": record.parent.pid.pid_value,
        "licence": data.get("licence"),
        "access_record": protection.record,
        "access_files": "restricted" if protection.record == "restricted" else protection.files,
        "readers": readers_of(record.parent),
        "version_label": (record.get("metadata") or {}).get("version"),
        "record_order": record.versions.index or 0,
        "data": data,
        "created": record.created,
    }
    specs = []
    for key, file_id in reading.files.items():
        contents = [c for c in reading.contents if c.key == key]
        specs += specs_of(contents, f"{recid}/{key}", file_id, {**common, "filename": key})
    kind = DESCRIBED.get(resource_type_of(record))
    if kind and not any(s.role == "model" for s in specs):
        if str((record.get("custom_fields") or {}).get("demos:framework", "")).lower() == "combine":
            kind = "combine"
        specs.append(SourceSpec(key=recid, digest=None, kind=kind, **common))
    return specs


def sources_of_deposit(recid, gone=False):
    """Give the sources that a deposit has contributed, also those that are gone if asked."""
    query = (
        db.session.query(ModelSource)
        .options(joinedload(ModelSource.version))
        .filter_by(host=PORTAL_HOST, record_id=recid)
    )
    return (query if gone else query.filter(ModelSource.gone_at.is_(None))).all()


def join_deposit(record, uow, reading=None):
    """Bring the registry up to date with a published deposit.

    Args:
        record: the published record.
        uow: the unit of work.
        reading: what is known of its files; read if not given.

    Returns:
        One ``Joined`` per source.
    """
    reading = reading or read_files(record)
    specs = specs_of_deposit(record, reading)
    recid = record.pid.pid_value
    before = sources_of_deposit(recid)
    was_public = any(s.access_record == "public" for s in before)
    joined = join(specs, uow) if specs else []
    keys = {s.key for s in specs}
    replaced = [s for s in before if s.key not in keys]
    if replaced:
        leave(replaced, "replaced", uow)
    _announce(recid, was_public, specs)
    return joined


def leave_deposit(recid, reason, uow):
    """Take a deposit out of the registry, and say so to harvesters."""
    sources = sources_of_deposit(recid)
    was_public = any(s.access_record == "public" for s in sources)
    leave(sources, reason, uow)
    if was_public:
        write_tombstone("record", recid, reason)


def _announce(recid, was_public, specs):
    is_public = any(s.access_record == "public" for s in specs)
    if is_public:
        lift_tombstone("record", recid)
    elif was_public:
        write_tombstone("record", recid, "restricted" if specs else "left-set")
