# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The files inside an archive of published models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from demos_formats.archives import open_content, walk
from demos_formats.archives.budget import Budget
from demos_formats.archives.stream import Stream
from demos_formats.errors import FormatError
from demos_formats.findings import error
from demos_formats.limits import DEFAULT, Limits


def read_members(
    source: bytes | os.PathLike[str], limits: Limits = DEFAULT
) -> Iterator[tuple[str, bytes]]:
    """Reads the files of an archive one after the other, decompressed; nothing is written.

    tar (plain or compressed by gzip, bzip2 or xz), zip, and archives inside archives are read.
    Files larger than ``limits.document_bytes`` are passed over, except JSON ones.

    Args:
        source: The archive's bytes, or its path.
        limits: Caps.

    Yields:
        Path and bytes; the path of a file inside an inner archive is ``inner.tgz!/file.json``.

    Raises:
        FormatError: For what is no archive, is damaged, unsafe, or over a cap.
        OSError: Where the file cannot be read.
    """
    if isinstance(source, bytes):
        yield from _read(BytesIO(source), len(source), limits)
    else:
        path = Path(source)
        with path.open("rb") as file:
            yield from _read(file, path.stat().st_size, limits)


def _read(file: BinaryIO, size: int, limits: Limits) -> Iterator[tuple[str, bytes]]:
    budget = Budget(limits, size)
    opened = open_content(Stream(file.read), budget)
    if opened.kind == "document":
        raise FormatError(error("wrong_format", "", "This is not an archive."))
    for entry in walk(opened, file, budget):
        if entry.finding:
            raise FormatError(entry.finding)
        if entry.data is not None:
            yield entry.path, entry.data
