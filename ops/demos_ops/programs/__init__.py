# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The programs under supervision: one small module each, found by being here.

A module offers ``program(instance)``, which returns a `Program`, or None where
the instance has no such program.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from ..instance import Instance


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Program:
    """A process that is started, watched and stopped.

    Args:
        name: Its name, in the supervisor and in the logs.
        command: What is executed.
        ports: The ports it listens at; the first one is shown.
        env: Variables it gets besides the inherited ones.
        portal: Whether it gets the portal's environment, secrets included.
        user: The user it runs as when started by root.
        home: The folder that this user then owns.
        needs: Steps, programs among them, that must be done before it is started.
        prepare: Called in the fresh process before the command (as root, where root starts it).
        probe: Raises an exception when the running program does not do its work.
        alive: Raises an exception when only a new start can help; the probe if not given.
        trouble: Says what the program cannot do though it answers, and no new start would help.
        period: Seconds between two looks at its health.
        grace: Seconds after its start in which its first answer may come.
        stop_signal: What asks it to stop.
        stop_wait: Seconds it gets for that.
        version: Command that prints its version.
    """

    name: str
    command: tuple[str, ...]
    ports: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    portal: bool = False
    user: str | None = None
    home: Path | None = None
    needs: tuple[str, ...] = ()
    prepare: Callable[[], None] = nothing
    probe: Callable[[], None] = nothing
    alive: Callable[[], None] | None = None
    trouble: Callable[[], str | None] = nothing
    grace: int = 300
    period: int = 15
    stop_signal: str = "TERM"
    stop_wait: int = 30
    version: tuple[str, ...] = ()


def programs(instance: Instance) -> dict[str, Program]:
    """Return the instance's programs by name."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        program = import_module(f"{__name__}.{module.name}").program(instance)
        if program is not None:
            found[program.name] = program
    return found
