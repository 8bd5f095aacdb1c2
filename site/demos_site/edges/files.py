# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Names and contents of deposited files, checked before anything is written."""

import unicodedata

from invenio_files_rest.models import ObjectVersion
from invenio_records_resources.services.files.components import FileServiceComponent
from marshmallow import ValidationError

LONGEST = 255
"""Bytes of a name in UTF-8: what file systems and download dialogues take."""


def fault_of(key):
    r"""Return what is wrong with the name of a file, or None.

    >>> fault_of("a/b.json")
    >>> fault_of("..")
    'A file cannot be named "..".'
    >>> fault_of("a\nb")
    'The name of a file has no control characters.'
    """
    parts = key.split("/")
    if not key.strip():
        return "A file needs a name."
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in key):
        return "The name of a file has no control characters."
    if "\\" in key:
        return "The name of a file has no backslash: folders are parted by /."
    if len(key.encode()) > LONGEST:
        return f"The name of a file has at most {LONGEST} bytes."
    for part in parts:
        if part in {"", ".", ".."}:
            return f'A file cannot be named "{part}".'
    return None


class SoundFilesComponent(FileServiceComponent):
    """Refuse what would lose or hide a file."""

    def init_files(self, identity, id_, record, data):
        """Refuse names under which a file could not be found again."""
        for index, file in enumerate(data):
            if fault := fault_of(file["key"]):
                raise ValidationError({index: {"key": [fault]}})

    def set_file_content(self, identity, id_, file_key, stream, content_length, record):  # noqa: PLR0917
        """Refuse a content after the file is complete: the framework would drop both."""
        if record.files[file_key].file is not None:
            raise ValidationError(
                "This file is complete: delete it and begin anew to replace it.",
                field_name="content",
            )

    def commit_file(self, identity, id_, file_key, record):
        """Refuse to complete a file that was announced only."""
        local = record.files[file_key].transfer.transfer_type == "L"
        if local and ObjectVersion.get(record.bucket.id, file_key) is None:
            raise ValidationError("This file has no content yet.", field_name="content")
