# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One command at a time changes an instance, one step at a time an installation."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import OpsError


@contextmanager
def exclusive(var: Path, command: str) -> Iterator[None]:
    """Hold the instance's lock; it goes with the process, however that ends.

    Args:
        var: The instance's folder.
        command: What is being done, for whoever comes second.

    Raises:
        OpsError: When another command holds it.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("a+", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            raise OpsError(
                f"`make {stream.read().strip() or 'up'}` is already at work in {var}",
                "wait for it, or end it and run the same command again",
            ) from None
        stream.seek(0)
        stream.truncate()
        stream.write(f"{command} (process {os.getpid()})")
        stream.flush()
        yield


@contextmanager
def in_turn(folder: Path, name: str) -> Iterator[None]:
    """Wait until nobody else installs the same thing in the same folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name.replace(' ', '-')}.lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
