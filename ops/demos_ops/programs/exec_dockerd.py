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


def root(instance: Instance) -> Path:
    """Return where the engine keeps what runs; each of its processes names it."""
    return instance.run / "docker"


def end_remains(folder: Path) -> None:
    """End what an engine that was killed has left: a new one would wait for it in vain.

    The containers' shims stay: the engine finds and ends what they hold.
    """
    processes.end(_of(folder, "containerd"), patience=5)


def end_containers(folder: Path) -> None:
    """End containers that outlived an engine which was told to stop, as it ends all it knows.

    One that had got no further than its start when an earlier engine was killed is known to none.
    """
    shims = _of(folder, "containerd-shim-runc-v2")
    processes.end([pid for shim in shims for pid in processes.descendants(shim)], patience=5)


def _of(folder: Path, program: str) -> list[int]:
    """Find the processes of an engine's program: they name its folder."""
    return [
        one.pid
        for one in processes.table()
        if str(folder) in _command_line(one.pid, program) and one.pid != os.getpid()
    ]


def _command_line(pid: int, program: str) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    return " ".join(words) if Path(words[0]).name == program else ""


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
    end_remains(root(instance))
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
            *("--exec-root", str(root(instance))),
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
