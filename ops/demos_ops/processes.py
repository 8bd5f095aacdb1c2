# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Look at the machine's processes, and end those of one supervisor."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One line of the kernel's process table."""

    pid: int
    name: str
    state: str
    parent: int
    group: int
    session: int


def table(proc: Path = PROC) -> Iterator[Process]:
    """Yield every process that is not a zombie."""
    for stat in proc.glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        # The name is in parentheses and may hold spaces and parentheses.
        head, _, tail = text.rpartition(")")
        fields = tail.split()
        pid, _, name = head.partition(" (")
        if fields[0] != "Z":
            yield Process(int(pid), name, fields[0], *map(int, fields[1:4]))


def descendants(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for process in table():
        children.setdefault(process.parent, []).append(process.pid)
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def memory(pids: Iterable[int]) -> int:
    """Return the proportional set size of processes in bytes (shared pages are shared out)."""
    total = 0
    for pid in pids:
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def end(pids: Iterable[int], patience: float = 10) -> None:
    """Ask processes to end, and make them after a while.

    Args:
        pids: Their ids.
        patience: Seconds they get.
    """
    left = list(pids)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + patience
        while left and time.monotonic() < deadline:
            alive = {process.pid for process in table()}
            left = [pid for pid in left if pid in alive]
            time.sleep(0.05 if left else 0)
