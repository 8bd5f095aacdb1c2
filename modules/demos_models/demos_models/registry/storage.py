# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Bytes that the registry keeps itself: mirrors and derived documents."""

from pathlib import Path

from invenio_db import db
from invenio_files_rest.models import Bucket, FileInstance, Location, ObjectVersion


def store_file(path):
    """Copy a file into the portal's storage.

    Args:
        path: the file.

    Returns:
        The id of the (flushed, uncommitted) file instance.
    """
    file = FileInstance.create()
    with Path(path).open("rb") as stream:
        file.set_contents(stream, default_location=Location.get_default().uri)
    db.session.flush()
    return file.id


def keep(version, key, file_id):
    """Put a stored file under a key of a version's bucket, so that it is not an orphan.

    Args:
        version: the version.
        key: the object's key; a key that is there already is left alone.
        file_id: the file instance.
    """
    bucket = db.session.get(Bucket, version.bucket_id) if version.bucket_id else None
    if bucket is None:
        bucket = Bucket.create()
        db.session.flush()
        version.bucket_id = bucket.id
    current = ObjectVersion.get(bucket, key)
    if current is None or current.file_id != file_id:
        ObjectVersion.create(bucket, key, _file_id=file_id)
