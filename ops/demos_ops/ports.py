# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The ports of one portal: a block that starts at ``DEMOS_PORT_BASE``."""

from __future__ import annotations

import socket
from pathlib import Path

OFFSETS = {
    "https": 0,
    "web": 1,
    "postgresql": 2,
    "redis": 3,
    "rabbitmq": 4,
    "rabbitmq-distribution": 5,
    "epmd": 6,
    "opensearch": 7,
    "opensearch-transport": 8,
    "datacite": 9,
    "supervisor": 10,
}
"""Distance of each port from the base; new ones are added at the end."""

DEFAULT_BASE = 5000


def block(base: int) -> dict[str, int]:
    """Return the port of each name.

    >>> block(5000)["postgresql"]
    5002
    """
    return {name: base + offset for name, offset in OFFSETS.items()}


def is_open(port: int, timeout: float = 0.5) -> bool:
    """Tell whether something on loopback accepts connections at a port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout):
            return True
    except OSError:
        return False


def listener(port: int, proc: Path = Path("/proc")) -> tuple[int, str] | None:
    """Find the process that listens at a TCP port.

    Args:
        port: The port.
        proc: Where the kernel shows its tables.

    Returns:
        Process id and name; id 0 where the process belongs to somebody else and
        cannot be looked at; None where nobody listens.
    """
    inodes = set()
    for table in ("net/tcp", "net/tcp6"):
        try:
            lines = (proc / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    if not inodes:
        return None
    for descriptor in proc.glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in inodes:
                pid = descriptor.parts[-3]
                return int(pid), (proc / pid / "comm").read_text().strip()
        except OSError:
            continue
    return 0, "a process of another user"
