# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Redis: cache, sessions, results, rate limits."""

from __future__ import annotations

import socket

from .. import envfile
from ..errors import OpsError
from ..instance import Instance
from . import Program

CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {data}
databases 64
appendonly yes
save ""
daemonize no
"""


def ping(port: int, password: str) -> None:
    """Ask Redis for a sign of life.

    Raises:
        OpsError: When it gives none.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answer = connection.makefile("rb")
        lines = answer.readline(), answer.readline()
    if lines != (b"+OK\r\n", b"+PONG\r\n"):
        raise OpsError(f"Redis answers {lines[-1].decode(errors='replace').strip() or 'nothing'}")


def program(instance: Instance) -> Program | None:
    """Return Redis where it is ours to run."""
    if instance.services != "local":
        return None
    port, password = instance.ports["redis"], instance.env["DEMOS_REDIS_PASSWORD"]
    data, config = instance.data / "redis", instance.run / "redis.conf"

    def prepare() -> None:
        data.mkdir(parents=True, exist_ok=True)
        envfile.write(config, CONFIG.format(port=port, password=password, data=data))

    return Program(
        name="redis",
        command=("/usr/bin/redis-server", str(config)),
        ports=(port,),
        prepare=prepare,
        probe=lambda: ping(port, password),
        version=("/usr/bin/redis-server", "--version"),
    )
