# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Become a program: ``python -m demos_ops.launch NAME``, called by the supervisor.

The environment is read here, at every start, so that no secret is written into the
supervisor's configuration or shown by its status.
"""

from __future__ import annotations

import os
import pwd
import sys

from . import processes
from .instance import Instance
from .programs import Program, programs


def end_remains(instance: Instance, name: str) -> None:
    """End what an earlier process of the program left behind.

    A master that is killed cannot end its children: nginx's go on and keep the port.
    They are known by the supervisor's session and their group, which no stranger can have.
    """
    record = instance.run / f"{name}.group"
    earlier = int(record.read_text()) if record.exists() else 0
    session, group = os.getsid(0), os.getpgid(0)
    left = [
        process.pid
        for process in processes.table()
        if process.session == session and process.group == earlier != group
    ]
    processes.end(left, patience=5)
    record.write_text(str(group))


def drop_privileges(program: Program) -> None:
    """Become the program's own user where root started it, and own its folder."""
    if program.user is None or os.getuid() != 0:
        return
    user = pwd.getpwnam(program.user)
    if program.home is not None:
        program.home.mkdir(parents=True, exist_ok=True)
        os.chown(program.home, user.pw_uid, user.pw_gid)
    os.initgroups(program.user, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def environment(instance: Instance, program: Program) -> dict[str, str]:
    """Return the variables the program gets; only the portal's own get the portal's."""
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DEMOS_", "INVENIO_", "SUPERVISOR_", "PYTHON", "VIRTUAL_ENV"))
    }
    return inherited | (dict(instance.env) if program.portal else {}) | dict(program.env)


def main(name: str) -> None:
    """Prepare a program's folders and configuration and become it."""
    instance = Instance.here()
    program = programs(instance)[name]
    end_remains(instance, name)
    # Read before privileges are dropped: the file of secrets is its owner's alone.
    env = environment(instance, program)
    drop_privileges(program)
    program.prepare()
    os.execve(program.command[0], program.command, env)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1])
