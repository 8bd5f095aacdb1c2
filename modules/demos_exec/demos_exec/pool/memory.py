# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Resident memory of a process tree, for machines where no control group can be had."""

from pathlib import Path

PAGE = 4096


def descendants(pid: int) -> list[int]:
    """List a process and everything below it.

    Args:
        pid: the top.

    Returns:
        Process ids; what ended meanwhile is left out.
    """
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            text = Path(f"/proc/{one}/task/{one}/children").read_text()
        except OSError:
            continue
        todo += map(int, text.split())
    return found


def resident(pid: int) -> int:
    """Sum the resident memory of a process tree.

    Args:
        pid: the top.

    Returns:
        Bytes.

    Examples:
        >>> import os
        >>> resident(os.getpid()) > 1_000_000
        True
    """
    total = 0
    for one in descendants(pid):
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * PAGE
        except (OSError, IndexError):
            continue
    return total
