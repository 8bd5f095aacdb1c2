# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What must be so before anything is begun: each failure is one clear line."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from . import compose
from .errors import OpsError
from .instance import Instance
from .programs import Program
from .supervisor import taken_ports

NEEDED_BYTES = 3 * 1024**3
NEEDED_WHEN_INSTALLED = 300 * 1024**2


def check_disk(instance: Instance, needed: int | None = None) -> None:
    """See that there is room.

    Raises:
        OpsError: When there is too little.
    """
    if needed is None:
        installed = (instance.venv / "demos-digest").exists()
        needed = NEEDED_WHEN_INSTALLED if installed else NEEDED_BYTES
    instance.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(instance.var).free
    if free < needed:
        raise OpsError(
            f"{instance.var} has {free / 1024**2:.0f} MB left and {needed / 1024**2:.0f} MB "
            "are needed",
            "make room, or give another folder as DEMOS_VAR",
        )


def closed_folder(path: Path) -> Path | None:
    """Return the first folder on the way to a path that other users cannot pass."""
    for folder in reversed([path, *path.parents]):
        if folder.exists() and not folder.stat().st_mode & 0o001:
            return folder
    return None


def check_folders(instance: Instance, programs: dict[str, Program]) -> None:
    """See that the users that root gives programs to can reach their data.

    Raises:
        OpsError: When a folder on the way is closed.
    """
    if os.getuid() != 0:
        return
    users = sorted({program.user for program in programs.values() if program.user})
    if users and (folder := closed_folder(instance.var)):
        raise OpsError(
            f"started by root, {', '.join(users)} and nginx run as users of their own, and "
            f"those cannot pass {folder}",
            f"`chmod o+x {folder}`, or give another folder as DEMOS_VAR, or start as another user",
        )


def check_owner(instance: Instance) -> None:
    """See that the same user starts the portal as did before.

    Raises:
        OpsError: When it is another one.
    """
    if instance.env_file.exists() and (owner := instance.env_file.stat().st_uid) != os.getuid():
        name = pwd.getpwuid(owner).pw_name
        raise OpsError(f"{instance.var} belongs to {name}", f"run this as {name}")


def check_ports(instance: Instance, programs: dict[str, Program]) -> None:
    """See that the ports are free, or ours.

    Raises:
        OpsError: When one is taken.
    """
    if taken := taken_ports(instance, programs):
        raise OpsError(
            "; ".join(taken), "stop it, or choose other ports, for example DEMOS_PORT_BASE=6000"
        )


def check(instance: Instance, programs: dict[str, Program]) -> None:
    """Look at all of it."""
    check_owner(instance)
    check_disk(instance)
    check_folders(instance, programs)
    check_ports(instance, programs)
    if instance.services == "compose":
        compose.check()
