# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A single document that its archive keeps compressed.

Archives of several files stay as they are: the registry names their members. A lone compressed
document is kept plain, since everything that reads a model reads plain JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..http import PeerError
from ..http.decoding import STEP, decoded
from ..http.sniffing import HEAD, looks_like


def unpacked(path: Path, filename: str, limit: int) -> tuple[Path, str]:
    """Unpack a gzip file that holds one JSON document.

    Args:
        path: The file.
        filename: What its archive calls it.
        limit: Most bytes that may come out of it.

    Returns:
        The plain document beside the file and its name; whatever is anything else, or cannot be
        read, as it is: what is wrong with it is said where it is analysed.
    """
    with path.open("rb") as stream:
        if looks_like(stream.read(HEAD)) != "gzip":
            return path, filename
    plain = path.with_name(f"{path.name}.plain")
    try:
        with plain.open("wb") as target:
            pieces = decoded(_chunks(path), "gzip", limit)
            head = next(pieces, b"")
            if looks_like(head[:HEAD]) != "json":
                return path, filename
            target.write(head)
            target.writelines(pieces)
    except PeerError:
        return path, filename
    return plain, filename.removesuffix(".gz")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(STEP):
            yield chunk
