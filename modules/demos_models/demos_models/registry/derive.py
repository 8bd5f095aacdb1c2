# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The stage after joining: make and keep the derivatives of a version's content.

They are kept by content and converter version: making them again makes nothing new
unless the converter is newer. Only workers come here.
"""

import hashlib
import importlib.util
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from invenio_db import db
from invenio_db.uow import UnitOfWork
from invenio_files_rest.models import FileInstance
from sqlalchemy.dialects.postgresql import insert

from ..records.models import ModelDerivative, ModelSource, ModelVersion
from . import storage
from .analyse import analyser_version, by_sha256, local_path
from .closure import close
from .conversions import derive
from .works import refresh


def member_name(sha256):
    """Return the name of the derivative that holds a pallet's member of this sha256."""
    return f"source-{sha256[:32]}"


def closure_name(source):
    """Return the name of the derivative that holds the closure of one source's declared results."""
    return f"closure-{uuid.UUID(str(source.id)).hex}"


def make_derivatives(version_id):
    """Make the derivatives of a version that are not there yet.

    Args:
        version_id: the version; one that does not exist (any more) is passed over.
    """
    version = db.session.get(ModelVersion, uuid.UUID(str(version_id)))
    if version is None or version.digest is None:
        return
    sources = (
        db.session.query(ModelSource)
        .filter_by(version_id=version.id)
        .filter(ModelSource.file_id.isnot(None))
        .order_by(ModelSource.role, ModelSource.created)
        .all()
    )
    converter = analyser_version()
    have = {
        (row.name, row.converter)
        for row in db.session.query(ModelDerivative).filter_by(version_id=version.id)
    }
    for source in sources:
        if source.member and (member_name(source.sha256), converter) not in have:
            _extract(version, source, converter)
    models = [s for s in sources if s.role == "model"]
    if not models:
        return
    wanted = [*current_app.config["DEMOS_MODELS_DERIVATIVES"], "certificate"]
    missing = [name for name in wanted if (name, converter) not in have]
    source = models[0]
    analysis = by_sha256([source.sha256]).get(source.sha256) or {}
    if missing:
        document = _parsed(version, source)
        for name, content, report in derive(
            document, analysis.get("format"), source.sha256, missing
        ):
            _keep(version, name, converter, content, report)
    for source in models:
        if source.data.get("declared_results") and source.gone_at is None:
            _close(version, source, sources, converter)
    # The entry says how the checks ended.
    with UnitOfWork() as uow:
        refresh([version.work_id], uow)
        uow.commit()


@contextmanager
def _bytes_of(version, source):
    """Give a path to a source's own bytes: the file's, or the member's of a pallet."""
    file_id = source.file_id
    if source.member:
        file_id = (
            db.session.query(ModelDerivative.file_id)
            .filter_by(version_id=version.id, name=member_name(source.sha256))
            .order_by(ModelDerivative.created.desc())
            .limit(1)
            .scalar()
        )
    with local_path(db.session.get(FileInstance, file_id)) as path:
        yield path


def _parsed(version, source):
    from demos_formats.document import read_json  # noqa: PLC0415  (workers only)
    from demos_formats.parse import loads  # noqa: PLC0415

    with _bytes_of(version, source) as path:
        return loads(read_json(path))


def _extract(version, source, converter):
    """Keep one member of a pallet, or the one document in a compressed file."""
    from demos_formats.document import read_json  # noqa: PLC0415
    from demos_formats.pallet import read_members  # noqa: PLC0415

    with local_path(db.session.get(FileInstance, source.file_id)) as path:
        if source.container_sha256 is None:
            _keep(version, member_name(source.sha256), converter, read_json(path), None)
            return
        for member, content in read_members(path):
            if member == source.member:
                _keep(version, member_name(source.sha256), converter, content, None)
                return
    raise LookupError(f"{source.member} is not in the archive {source.key}.")


def _keep(version, name, converter, content, report):
    """Store a derivative, or that there is none."""
    file_id = sha256 = None
    if content:
        sha256 = hashlib.sha256(content).hexdigest()
        with tempfile.NamedTemporaryFile(prefix="demos-") as copy:
            copy.write(content)
            copy.flush()
            file_id = storage.store_file(Path(copy.name))
    values = {
        "state": "impossible" if content is None else "ready",
        "file_id": file_id,
        "sha256": sha256,
        "size": len(content) if content else None,
        "report": report,
    }
    kept = db.session.execute(
        insert(ModelDerivative)
        .values(id=uuid.uuid4(), version_id=version.id, name=name, converter=converter, **values)
        .on_conflict_do_nothing(constraint="uq_demos_models_derivative_version_name")
        .returning(ModelDerivative.id)
    ).scalar()
    if kept and file_id:
        storage.keep(version, f"{name}/{converter}", file_id)
    db.session.commit()


def _close(version, source, sources, converter):
    if importlib.util.find_spec("demos_engine") is None:
        return
    from demos_engine import Model  # noqa: PLC0415  (workers only)

    workspace = _workspace(version, source)
    if workspace is None:
        return
    patchsets = [_parsed(version, s) for s in sources if s.role == "patchset"]

    def load(measurement, patch):
        patchset = None
        if patch:
            patchset = next(
                (p for p in patchsets if any(q["metadata"]["name"] == patch for q in p["patches"])),
                None,
            )
            if patchset is None:
                raise LookupError(f"There is no patch {patch!r}.")
        return Model.load(workspace, measurement=measurement, patch=patch, patchset=patchset)

    report = close(source.data["declared_results"], load)
    db.session.execute(
        insert(ModelDerivative)
        .values(
            id=uuid.uuid4(),
            version_id=version.id,
            name=closure_name(source),
            converter=converter,
            state="ready",
            report=report,
        )
        .on_conflict_do_update(
            constraint="uq_demos_models_derivative_version_name", set_={"report": report}
        )
    )
    db.session.commit()


def _workspace(version, source):
    """Give the pyhf workspace of a version: its source, or what was made of it."""
    document = _parsed(version, source)
    if "channels" in document and "measurements" in document:
        return document
    row = (
        db.session.query(ModelDerivative)
        .filter_by(version_id=version.id, name="pyhf", state="ready")
        .order_by(ModelDerivative.created.desc())
        .first()
    )
    if row is None:
        return None
    from demos_formats.parse import loads  # noqa: PLC0415

    with local_path(db.session.get(FileInstance, row.file_id)) as path:
        return loads(path.read_bytes())
