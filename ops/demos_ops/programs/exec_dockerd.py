# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A container engine of the portal's own, where containers are wanted and no engine answers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .. import containers, processes
from ..errors import OpsError
from ..instance import Instance
from . import Program

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def end_remains(folder: Path) -> None:
    """End what an engine that was killed has left: a new one would wait for it in vain."""
    left = [
        one.pid
        for one in processes.table()
        if str(folder) in _command_line(one.pid) and one.pid != os.getpid()
    ]
    processes.end(left, patience=5)


def _command_line(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    # The containers' shims stay: the engine finds and ends what they hold.
    return b" ".join(words).decode(errors="replace") if words[0].endswith(b"containerd") else ""


def prepare(instance: Instance) -> None:
    """Make way for the engine.

    Raises:
        OpsError: When this user may not start one.
    """
    if os.getuid() != 0:
        raise OpsError(
            "only root can start a container engine",
            "start one and give its address as DEMOS_EXEC_DOCKER_HOST, or DEMOS_EXEC_BACKEND=local",
        )
    end_remains(instance.run / "docker")
    (instance.run / "docker.pid").unlink(missing_ok=True)


def program(instance: Instance) -> Program | None:
    """Return the engine: no network of its own, its data below the portal's."""
    if not containers.is_own(instance):
        return None
    return Program(
        name="exec-dockerd",
        command=(
            shutil.which("dockerd", path=PATH) or "/usr/sbin/dockerd",
            *("--iptables=false", "--ip6tables=false", "--bridge=none"),
            *("--data-root", str(instance.var / "docker")),
            *("--exec-root", str(instance.run / "docker")),
            *("--pidfile", str(instance.run / "docker.pid")),
            *("-H", containers.own(instance)),
            *("--log-level", "warn"),
        ),
        needs=("system packages",),
        env={"PATH": PATH},
        prepare=lambda: prepare(instance),
        probe=lambda: containers.ask(containers.own(instance)),
        version=("dockerd", "--version"),
        stop_wait=40,
    )
