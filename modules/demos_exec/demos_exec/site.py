# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which portal something belongs to: several may share a machine and a container engine."""

import hashlib
import socket
from pathlib import Path


def site_of(pool_socket: str | Path) -> str:
    """Name a portal by its pool's socket, of which there is one.

    Args:
        pool_socket: the socket's path.

    Returns:
        Twelve hexadecimal digits.

    Examples:
        >>> site_of("/run/a.sock") == site_of("/run/a.sock") != site_of("/run/b.sock")
        True
    """
    place = f"{socket.gethostname()}:{Path(pool_socket).absolute()}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]
