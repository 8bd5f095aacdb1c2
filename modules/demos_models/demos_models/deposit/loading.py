# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Deposits the models of a folder as their author would, through the real services."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import sqlalchemy as sa
import yaml
from invenio_db import db
from invenio_files_rest.models import FileInstance, ObjectVersion
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.records.systemfields.deletion_status import RecordDeletionStatusEnum
from marshmallow import ValidationError

from ..errors import AnalysisPendingError, ModelFilesInvalidError
from ..registry import analyse
from ..registry.contents import contents_of, problems_of
from .deposits import DECLARED, read_files

METADATA = "deposit.yaml"
SUFFIXES = (".json", ".gz", ".tgz", ".zip", ".tar")


@dataclass
class Plan:
    """One deposit to be made.

    Args:
        name: how it is called in messages.
        data: the deposit's JSON.
        files: its files.
    """

    name: str
    data: dict
    files: list[Path] = field(default_factory=list)


def plans(folder: Path, creator: str) -> Iterator[Plan]:
    """Say which deposits a folder holds.

    A folder with a ``deposit.yaml`` is one deposit with all its other files; any other
    file that may be a model is one of its own.

    Args:
        folder: where to look, with everything below it.
        creator: who is named as the creator where nothing says who is.

    Yields:
        The deposits, in the order of their paths.
    """
    if (folder / METADATA).is_file():
        data = yaml.safe_load((folder / METADATA).read_text(encoding="utf-8"))
        files = [f for f in sorted(folder.iterdir()) if f.is_file() and f.name != METADATA]
        yield Plan(folder.name, {"files": {"enabled": True}, **data}, files)
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from plans(path, creator)
        elif path.suffix in SUFFIXES:
            yield Plan(path.name, default_data(path, creator), [path])


def default_data(path: Path, creator: str) -> dict:
    """Give the JSON of a deposit of which only a file is known.

    >>> default_data(Path("a/search.json"), "Somebody")["metadata"]["title"]
    'search'
    """
    return {
        "access": {"record": "public", "files": "public"},
        "files": {"enabled": True},
        "metadata": {
            "title": path.name.split(".")[0],
            "resource_type": {"id": "model"},
            "publication_date": datetime.now(UTC).date().isoformat(),
            "publisher": "DEMOS portal",
            "creators": [{"person_or_org": {"type": "organizational", "name": creator}}],
        },
    }


def is_there(plan):
    """Say whether a published deposit holds all files of a plan."""
    buckets = [set(_published_buckets(_digest(path, "md5"))) for path in plan.files]
    return bool(set.intersection(*buckets)) if buckets else False


def _digest(path, algorithm):
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _published_buckets(md5):
    """Give the buckets of published records that hold a file with this checksum."""
    record = current_rdm_records_service.record_cls.model_cls
    return db.session.scalars(
        sa.select(record.bucket_id)
        .join(ObjectVersion, ObjectVersion.bucket_id == record.bucket_id)
        .join(FileInstance, FileInstance.id == ObjectVersion.file_id)
        .where(
            ObjectVersion.is_head,
            FileInstance.checksum == f"md5:{md5}",
            record.is_deleted.is_(False),
            record.deletion_status == RecordDeletionStatusEnum.PUBLISHED.value,
        )
    )


def known_problems(plan):
    """Say why a plan's files were refused before, so that no draft has to be made to learn it.

    Args:
        plan: the deposit.

    Returns:
        The problems, as when publishing; nothing where a file was never looked into by
        this version of the analysis.
    """
    if plan.data["metadata"].get("resource_type", {}).get("id") != DECLARED:
        return []
    digests = {path.name: _digest(path, "sha256") for path in plan.files}
    results = analyse.by_sha256(digests.values(), analyse.analyser_version())
    if any(digest not in results for digest in digests.values()):
        return []
    contents = (contents_of(key, results[digest]) for key, digest in digests.items())
    return problems_of(chain.from_iterable(contents))


def load(plan, identity):
    """Make one deposit and publish it.

    Args:
        plan: the deposit.
        identity: the depositor.

    Returns:
        ``(outcome, detail)``: ``loaded`` with the record's id, ``there`` if it was
        deposited before, or ``refused`` with the reasons; then no draft is left behind.
    """
    if is_there(plan):
        return "there", ""
    if problems := known_problems(plan):
        return "refused", reasons_of(ModelFilesInvalidError(problems))
    service = current_rdm_records_service
    draft = service.create(identity, plan.data)
    try:
        keys = [{"key": path.name} for path in plan.files]
        service.draft_files.init_files(identity, draft.id, keys)
        for path in plan.files:
            with path.open("rb") as stream:
                service.draft_files.set_file_content(identity, draft.id, path.name, stream)
            service.draft_files.commit_file(identity, draft.id, path.name)
        return "loaded", _publish(service, identity, draft.id).id
    except (ModelFilesInvalidError, ValidationError) as error:
        service.delete_draft(identity, draft.id)
        return "refused", reasons_of(error)


def _publish(service, identity, recid):
    try:
        return service.publish(identity, recid)
    except AnalysisPendingError:
        # This is no web process: large files need no worker.
        reading = read_files(service.draft_cls.pid.resolve(recid, registered_only=False))
        for key in reading.pending:
            analyse.analyse_file(reading.files[key], key)
        return service.publish(identity, recid)


def reasons_of(error):
    """Give the codes of the findings that refused a deposit, or the error's own words."""
    if isinstance(error, ModelFilesInvalidError):
        # What is about no one file says that there is no model in any.
        codes = {
            "no_model" if e["field"] == "files.entries" else m.split(" at ")[0]
            for e in error.errors
            for m in e["messages"]
        }
        return ", ".join(sorted(codes))
    return str(error)[:200]
