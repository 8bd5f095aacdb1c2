# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Stamps: a step whose inputs are unchanged since it was done is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def of_files(paths: Iterable[Path], *words: str) -> str:
    """Return a digest of files' contents and further words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_stamped(stamp: Path, digest: str) -> bool:
    """Tell whether the work was done for these inputs."""
    return stamp.exists() and stamp.read_text() == digest


def put(stamp: Path, digest: str) -> None:
    """Say that the work is done: written last, so that half-done work is done again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)
