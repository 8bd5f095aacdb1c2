# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What is in a file: computed once per content, kept by the sha256 of its bytes."""

import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from invenio_db import db
from invenio_files_rest.models import FileInstance
from sqlalchemy.dialects.postgresql import insert

from ..records.models import AnalysedFile, ModelAnalysis

CHUNK = 1 << 20
BATCH = 100


def analyser_version():
    """Name the code that analyses: a result of another version may differ."""
    from demos_formats.version import CONVERTER_VERSION  # noqa: PLC0415

    return f"demos-formats/{CONVERTER_VERSION}"


@contextmanager
def local_path(file):
    """Give a path to a stored file's bytes; a temporary copy where storage has no paths."""
    storage = file.storage(default_location=None)
    path = Path(file.uri or "")
    if path.is_file():
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="demos-") as copy:
        with storage.open(mode="rb") as stream:
            while chunk := stream.read(CHUNK):
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def analyse(path, name=None):
    """Analyse one file.

    Args:
        path: a file on this machine.
        name: how the file is called where it comes from; never used for detection.

    Returns:
        The analysis as a dictionary. A failure of the analyser itself is a finding,
        never an exception: a file must not be able to stop a deposit from being saved.
    """
    try:
        # Heavy, and not needed to serve pages.
        from demos_formats import analyse as analyse_document  # noqa: PLC0415

        return analyse_document(Path(path), name=name).to_dict()
    except Exception:
        current_app.logger.exception("The analysis of a file failed")
        return _failed(path, name)


def _failed(path, name):
    digest, size = hashlib.sha256(), 0
    with Path(path).open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return {
        "name": name,
        "format": "unknown",
        "kind": None,
        "dialect": None,
        "sha256": digest.hexdigest(),
        "size": size,
        "digest": None,
        "members": [],
        "valid": False,
        "structure": None,
        "findings": [
            {
                "code": "analysis_failed",
                "severity": "error",
                "pointer": "",
                "message": "The file could not be analysed because of an error of the portal.",
                "hint": "Tell the portal's operators; the details are in the log.",
            }
        ],
    }


def remember(*results):
    """Store analyses by their sha256, in place of older ones; those of pallets' members too.

    Args:
        results: what ``analyse`` returned.
    """
    results = {
        found["sha256"]: found
        for result in results
        for found in (*(m["analysis"] for m in result.get("members") or ()), result)
    }
    analyser = analyser_version()
    rows = [
        {"sha256": sha256, "size": found["size"], "analyser": analyser, "result": found}
        # In one order everywhere, so that two writers cannot wait for each other.
        for sha256, found in sorted(results.items())
    ]
    for start in range(0, len(rows), BATCH):
        statement = insert(ModelAnalysis).values(rows[start : start + BATCH])
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["sha256"],
                set_={
                    "analyser": statement.excluded.analyser,
                    "result": statement.excluded.result,
                },
            )
        )


def link(digests):
    """Remember which sha256 stored files have.

    Args:
        digests: ``{file_id: sha256}``.
    """
    rows = [{"file_id": file_id, "sha256": sha256} for file_id, sha256 in digests.items()]
    statement = insert(AnalysedFile).values(sorted(rows, key=lambda row: str(row["file_id"])))
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["file_id"], set_={"sha256": statement.excluded.sha256}
        )
    )


def analyse_file(file_id, name=None):
    """Analyse a stored file and commit the result.

    Args:
        file_id: the file instance.
        name: the file's name in its deposit.

    Returns:
        The sha256, or None where the file is not there (any more).
    """
    file = db.session.get(FileInstance, file_id)
    if file is None or not file.readable:
        return None
    with local_path(file) as path:
        db.session.rollback()  # no transaction is open while the bytes are read
        result = analyse(path, name)
    remember(result)
    link({file_id: result["sha256"]})
    db.session.commit()
    return result["sha256"]


def known(file_ids):
    """Read the analyses of stored files.

    Args:
        file_ids: file instances.

    Returns:
        ``{file_id: result}`` of those that have been analysed.
    """
    file_ids = list(file_ids)
    if not file_ids:
        return {}
    rows = (
        db.session.query(AnalysedFile.file_id, ModelAnalysis.result)
        .join(ModelAnalysis, ModelAnalysis.sha256 == AnalysedFile.sha256)
        .filter(AnalysedFile.file_id.in_(file_ids))
    )
    return {str(file_id): result for file_id, result in rows}


def current(files):
    """Give the analyses of stored files by this version of the code.

    Args:
        files: file instances with the files' names. Those that another version has
            analysed, or none, are analysed now; that commits.

    Returns:
        ``{file_id: result}``.

    Raises:
        LookupError: a file is not there.
    """
    if not files:
        return {}
    rows = (
        db.session.query(AnalysedFile.file_id, ModelAnalysis.result)
        .join(ModelAnalysis, ModelAnalysis.sha256 == AnalysedFile.sha256)
        .filter(AnalysedFile.file_id.in_(list(files)))
        .filter(ModelAnalysis.analyser == analyser_version())
    )
    results = dict(rows.all())
    for file_id in files.keys() - results.keys():
        if analyse_file(file_id, files[file_id]) is None:
            raise LookupError(f"The stored file {file_id} is not there.")
        results[file_id] = known([file_id])[str(file_id)]
    return results


def by_sha256(digests, analyser=None):
    """Read analyses by the sha256 of the analysed bytes, of one version of the code if asked."""
    digests = {d for d in digests if d}
    if not digests:
        return {}
    rows = db.session.query(ModelAnalysis.sha256, ModelAnalysis.result).filter(
        ModelAnalysis.sha256.in_(digests)
    )
    if analyser is not None:
        rows = rows.filter(ModelAnalysis.analyser == analyser)
    return dict(rows.all())
