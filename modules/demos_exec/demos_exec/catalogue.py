# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Whose model may be run: what runs ask the registry."""

from demos_models import api
from invenio_records_resources.services.errors import PermissionDeniedError


def open_entry(identity, name, version=None):
    """Open the model that a request names, once for all that the request asks of it.

    Args:
        identity: the reader.
        name: the model's id, DOI or other name, as it was written.
        version: a version's id or number; the one that the name means if not given.

    Returns:
        The registry's ``ReadableEntry``, whose files the identity may read.

    Raises:
        PermissionDeniedError: if the identity may not read the model's files.
        PIDDeletedError: if the model was withdrawn.
        PIDDoesNotExistError: if there is no such model or version.
    """
    entry = api.open(identity, name, version)
    if not entry.is_readable:
        raise PermissionDeniedError("read_files")
    return entry


def require_readable(identity, model_id, version_id):
    """Raise an error unless the identity may read a version's files now.

    Args:
        identity: the reader.
        model_id: the model.
        version_id: its version.

    Raises:
        PermissionDeniedError: see ``open_entry``, as for the other errors.
    """
    open_entry(identity, model_id, version_id)
