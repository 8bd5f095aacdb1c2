# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Recognise in a log what went wrong, so that it can be told in one line."""

from __future__ import annotations

import re

CAUSES = (
    (
        r"No space left on device|\bENOSPC\b|Disk quota exceeded",
        "the disk is full",
        "make room and run the same command again",
    ),
    (
        r"Temporary failure (in name resolution|resolving)|Could(n't| not) resolve|dns error"
        r"|Name or service not known|Unknown host|Network is unreachable|\bEAI_AGAIN\b"
        r"|\bENOTFOUND\b|\bECONNREFUSED\b|Failed to establish a new connection"
        r"|Could not connect to|error sending request|Could not transfer artifact",
        "a package registry cannot be reached",
        "check the network (proxy, certificates, pip.conf, npmrc), and run the same command again",
    ),
    (
        r"dpkg was interrupted",
        "an earlier installation of system packages was interrupted",
        "run `dpkg --configure -a` as root",
    ),
    (
        r"Could not get lock /var/lib/(dpkg|apt)",
        "another apt or dpkg is at work",
        "wait for it and run the same command again",
    ),
    (
        r"JavaScript heap out of memory|OutOfMemoryError|Cannot allocate memory|MemoryError",
        "the memory is used up",
        "free about 4 GB and run the same command again",
    ),
    (
        r"password authentication failed",
        "the database knows another password than var/env",
        "restore var/env, or `make reset`",
    ),
)


def cause(log: str) -> tuple[str, str] | None:
    """Return what a log says is wrong, and what to do about it.

    Args:
        log: The text of a failed command.

    Returns:
        Both, or None where nothing known is found.

    >>> cause("ModuleNotFoundError: No module named 'x'")
    >>> cause("OSError: [Errno 28] No space left on device")
    ('the disk is full', 'make room and run the same command again')
    """
    for pattern, message, hint in CAUSES:
        if re.search(pattern, log):
            return message, hint
    return None
