# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Compress static files for nginx: run by the portal's Python, which has Brotli."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from pathlib import Path

SUFFIXES = {".js", ".css", ".svg", ".json", ".html", ".txt", ".wasm", ".ttf", ".ico"}
SMALLEST = 1000


def is_current(path: Path, packed: Path) -> bool:
    """Tell whether a packed file is younger than what it was made from."""
    return packed.exists() and packed.stat().st_mtime_ns >= path.stat().st_mtime_ns


def compress(folder: Path, packers: dict[str, Callable[[bytes], bytes]]) -> int:
    """Write packed files beside those that are worth it.

    Args:
        folder: Where they are.
        packers: Ending of the packed file's name, and what packs it.

    Returns:
        How many files were packed.
    """
    count = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SUFFIXES or not path.is_file() or path.stat().st_size < SMALLEST:
            continue
        for ending, pack in packers.items():
            packed = path.with_name(path.name + ending)
            if is_current(path, packed):
                continue
            part = path.with_name(path.name + ending + ".part")
            part.write_bytes(pack(path.read_bytes()))
            part.replace(packed)
            count += 1
    return count


def main(folder: str) -> None:
    """Compress a folder."""
    import brotli  # of the portal's environment, unlike everything else here  # noqa: PLC0415

    packers: dict[str, Callable[[bytes], bytes]] = {
        ".gz": lambda data: gzip.compress(data, 9, mtime=0),
        ".br": lambda data: bytes(brotli.compress(data, quality=9)),
    }
    print(f"{compress(Path(folder), packers)} files")


if __name__ == "__main__":
    main(sys.argv[1])
