# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Erlang's port mapper: RabbitMQ would start one that outlives it, on a port of all."""

from __future__ import annotations

import socket

from ..instance import Instance
from . import Program


def program(instance: Instance) -> Program | None:
    """Return the port mapper where RabbitMQ is ours to run."""
    if instance.services != "local":
        return None
    port = instance.ports["epmd"]
    return Program(
        name="epmd",
        command=("/usr/bin/epmd", "-port", str(port), "-address", "127.0.0.1"),
        ports=(port,),
        probe=lambda: socket.create_connection(("127.0.0.1", port), timeout=5).close(),
        stop_signal="KILL",
    )
