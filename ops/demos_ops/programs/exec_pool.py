# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pool of warm workers that run models: it gets none of the portal's secrets."""

from __future__ import annotations

import json
import socket
import struct

from .. import containers
from ..instance import Instance
from . import Program


def ask(instance: Instance) -> dict[str, object]:
    """Ask the pool how it is: any well-formed answer is a sign of life.

    Returns:
        Its workers, its queue, and its trouble if it can start no worker.

    Raises:
        OSError: When it does not answer.
    """
    call = json.dumps({"call": "status"}).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(8)
        connection.connect(str(instance.run / "exec-pool.sock"))
        connection.sendall(struct.pack(">II", len(call), 0) + call)
        answer = connection.makefile("rb")
        size, _ = struct.unpack(">II", answer.read(8))
        return dict(json.loads(answer.read(size)))


def probe(instance: Instance) -> None:
    """Require an answer of the pool."""
    ask(instance)


def trouble(instance: Instance) -> str | None:
    """Say why no worker starts, if none does: runs are taken, and wait."""
    why = ask(instance).get("trouble")
    return f"no run can start: {why}" if why else None


def program(instance: Instance) -> Program:
    """Return the pool; ``DEMOS_EXEC_BACKEND`` chooses sandboxes (``local``) or containers."""
    pool = str(instance.venv / "bin" / "demos-exec-pool")
    settings = [f"{k}={v}" for k, v in instance.env.items() if k.startswith("DEMOS_EXEC_")]
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return Program(
        name="exec-pool",
        # An empty environment: the pool starts with its portal but has no use for its secrets.
        command=(
            *("/usr/bin/env", "-i", path, "LANG=C.UTF-8", *settings),
            *(pool, "--socket", str(instance.run / "exec-pool.sock")),
        ),
        portal=True,
        needs=("python packages", "engine", *(["worker image"] * containers.wanted(instance))),
        probe=lambda: probe(instance),
        trouble=lambda: trouble(instance),
        stop_wait=15,
    )
