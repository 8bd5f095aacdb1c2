# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Bytes that the registry keeps itself: mirrors and derived documents."""

import io
import uuid
from pathlib import Path

import sqlalchemy as sa
from invenio_db import db
from invenio_files_rest.models import Bucket, FileInstance, Location, ObjectVersion


def store_file(path):
    """Copy a file into the portal's storage.

    Args:
        path: the file.

    Returns:
        The id of the (flushed, uncommitted) file instance.
    """
    (file_id,) = store_files([path])
    return file_id


def store_files(contents):
    """Copy files into the portal's storage.

    Args:
        contents: paths, or bytes.

    Returns:
        The ids of the (flushed, uncommitted) file instances, in order.
    """
    contents = list(contents)
    if not contents:
        return []
    location = Location.get_default().uri
    files = []
    for content in contents:
        in_memory = isinstance(content, (bytes, bytearray, memoryview))
        file = FileInstance.create()
        with io.BytesIO(content) if in_memory else Path(content).open("rb") as stream:
            file.set_contents(stream, default_location=location)
        files.append(file)
    db.session.flush()
    return [file.id for file in files]


def keep(version, key, file_id):
    """Put a stored file under a key of a version's bucket, so that it is not an orphan.

    Args:
        version: the version.
        key: the object's key; a key that is there already is left alone.
        file_id: the file instance.
    """
    keep_all([(version, key, file_id)])


def keep_all(files):
    """Put stored files into the buckets of versions; see ``keep``.

    Args:
        files: ``(version, key, file_id)`` of each; those of new versions cost the same
            few statements, however many they are. New versions may be unflushed.
    """
    fresh = {}
    for version, key, file_id in files:
        if version.bucket_id is None:
            fresh.setdefault(version, {})[key] = file_id
        else:
            _keep_beside(version, key, file_id)
    if fresh:
        _keep_first(fresh)


def _keep_beside(version, key, file_id):
    bucket = db.session.get(Bucket, version.bucket_id)
    current = ObjectVersion.get(bucket, key)
    if current is None or current.file_id != file_id:
        ObjectVersion.create(bucket, key, _file_id=file_id)


def _keep_first(fresh):
    """Make the buckets of versions that have none, with all that is in them."""
    location = Location.get_default()
    wanted = {file_id for kept in fresh.values() for file_id in kept.values()}
    sizes = dict(
        db.session.query(FileInstance.id, FileInstance.size).filter(FileInstance.id.in_(wanted))
    )
    buckets, objects = [], []
    for version, kept in fresh.items():
        bucket_id = uuid.uuid4()
        buckets.append(
            {
                "id": bucket_id,
                "default_location": location.id,
                "size": sum(sizes[file_id] for file_id in kept.values()),
            }
        )
        objects += [
            {"bucket_id": bucket_id, "key": key, "file_id": file_id, "is_head": True}
            for key, file_id in kept.items()
        ]
        version.bucket_id = bucket_id
    # Buckets first: versions that are written with the session refer to them.
    with db.session.no_autoflush:
        db.session.execute(sa.insert(Bucket), buckets)
        db.session.execute(sa.insert(ObjectVersion), objects)
