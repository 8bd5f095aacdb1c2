# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What runs, where, how well."""

from __future__ import annotations

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import processes
from .instance import Instance
from .programs import Program, programs
from .supervisor import Supervisor

RUNS = {
    "local": "sandboxes of this machine (local)",
    "docker": "containers (docker)",
}
"""What ``DEMOS_EXEC_BACKEND`` means."""


@dataclass(frozen=True)
class Line:
    """One program as it is now."""

    name: str
    state: str
    health: str
    port: str
    memory: int
    version: str
    uptime: str


def version(program: Program) -> str:
    """Return the version of a program, the first number with a dot that it prints."""
    if not program.version:
        return ""
    try:
        done = subprocess.run(
            program.version, capture_output=True, text=True, timeout=10, check=False
        )
    except OSError:
        return "?"
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "?"


def span(seconds: float) -> str:
    """Return a time span for people.

    >>> span(59), span(3700), span(200000)
    ('59 s', '1 h 01 min', '2 d 7 h')
    """
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60:02} min"
    return f"{minutes} min" if minutes else f"{int(seconds)} s"


def look(program: Program, info: dict[str, object]) -> Line:
    """Return the state of a program."""
    state, pid = str(info["statename"]).lower(), int(str(info["pid"]))
    health = "-"
    if state in ("running", "starting"):
        try:
            program.probe()
            health = program.trouble() or "ok"
        except Exception as error:
            health = str(error) or type(error).__name__
    return Line(
        program.name,
        state,
        health,
        str(program.ports[0]) if program.ports else "-",
        processes.memory(processes.descendants(pid)) if pid else 0,
        version(program),
        span(time.time() - int(str(info["start"]))) if pid else "-",
    )


def lines(instance: Instance) -> list[Line]:
    """Return the state of all programs."""
    watched, states = programs(instance), Supervisor(instance).states()
    known = [program for program in watched.values() if program.name in states]
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(lambda program: look(program, states[program.name]), known))


def show(instance: Instance) -> bool:
    """Print the state of the portal.

    Returns:
        Whether everything that should run is well.
    """
    if not Supervisor(instance).running():
        print("The portal is down: `make up` starts it.")
        return False
    table = lines(instance)
    print(f"{instance.url}    services: {instance.services}    data and logs: {instance.var}")
    print(f"models run in {RUNS[instance.env.get('DEMOS_EXEC_BACKEND', 'local')]}")
    layout = "{:<12} {:<9} {:>6} {:>9} {:>12}  {:<10} {}"
    print(layout.format("program", "state", "port", "memory", "up since", "version", "health"))
    for line in table:
        size = f"{line.memory / 1024**2:.0f} MB"
        row = (line.name, line.state, line.port, size, line.uptime, line.version, line.health)
        print(layout.format(*row))
    print(f"{sum(line.memory for line in table) / 1024**2:.0f} MB in all")
    return all(line.health == "ok" for line in table)
