# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The supervisor: supervisord, its configuration and its conversation."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from . import digest, envfile, ports, processes
from .errors import OpsError
from .instance import Instance
from .programs import Program, exec_dockerd
from .programs import programs as programs_of

HEAD = """\
; Written by `make up`.
[supervisord]
logfile={log}/supervisord.log
logfile_maxbytes=20MB
logfile_backups=2
pidfile={run}/supervisord.pid
childlogdir={log}
minfds=4096
{user}
[inet_http_server]
port=127.0.0.1:{port}
username=demos
password={password}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command={python} -m demos_ops.launch {name}
directory={var}
environment=PYTHONPATH="{ops}",PYTHONDONTWRITEBYTECODE="1",DEMOS_VAR="{var}",DEMOS_DIGEST="{digest}"
autostart=false
autorestart=true
; What ends sooner than this has failed to start: it is tried again after a growing wait.
startsecs=10
; After the last try the watchdog goes on.
startretries=6
stopsignal={stop_signal}
stopwaitsecs={stop_wait}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}/{name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=2
"""

WATCHDOG = """
[eventlistener:watchdog]
command={python} -m demos_ops.watchdog
directory={var}
environment=PYTHONPATH="{ops}",PYTHONDONTWRITEBYTECODE="1",DEMOS_VAR="{var}",DEMOS_DIGEST="{digest}"
events=TICK_5
autorestart=true
stderr_logfile={log}/watchdog.log
stderr_logfile_maxbytes=5MB
stderr_logfile_backups=1
"""

ALIVE = ("STARTING", "RUNNING", "BACKOFF", "STOPPING")
"""The supervisor's words for a program that has still to be stopped."""

PATIENCE = 300
"""Seconds that a program gets until it answers: a slow machine is no fault."""

SOURCES = (".py", ".cfg", ".html", ".yaml", ".yml", ".json", ".toml")


def source_digest(instance: Instance) -> str:
    """Return a digest that changes when the portal's code does, wherever it is imported from."""
    found = hashlib.sha256()
    for name in ("invenio.cfg", "Pipfile.lock", "site", "client", "modules", "templates"):
        path = instance.root / name
        for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if one.suffix in SOURCES or one.name == "Pipfile.lock":
                try:
                    stat = one.stat()
                except FileNotFoundError:
                    continue
                found.update(f"{one}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def program_digest(instance: Instance, program: Program, sources: str) -> str:
    """Return a digest that changes when a running program should be started anew."""
    parts = [list(program.command), sorted(program.env.items()), program.user]
    if program.portal:
        parts += [sorted(instance.env.items()), sources]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def configuration(instance: Instance, programs: dict[str, Program]) -> str:
    """Return supervisord's configuration."""
    values = {
        "var": instance.var,
        "run": instance.run,
        "log": instance.logs,
        "ops": instance.root / "ops",
        "python": sys.executable,
    }
    escaped = {key: str(value).replace("%", "%%") for key, value in values.items()}
    sources = source_digest(instance)
    text = HEAD.format(
        **escaped,
        # Said aloud, it is no warning: the programs that must not be root drop it themselves.
        user="user=root\n" if os.getuid() == 0 else "",
        port=instance.ports["supervisor"],
        password=instance.env["DEMOS_SUPERVISOR_PASSWORD"],
    )
    for program in programs.values():
        text += PROGRAM.format(
            **escaped,
            name=program.name,
            digest=program_digest(instance, program, sources),
            stop_signal=program.stop_signal,
            stop_wait=program.stop_wait,
        )
    own = digest.of_files(sorted(Path(__file__).parent.rglob("*.py")))
    return text + WATCHDOG.format(**escaped, digest=own[:16])


def boot_id() -> str:
    """Return what tells this start of the machine from any other."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Supervisor:
    """The supervisor of one instance, running or not."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.config = instance.run / "supervisord.conf"
        self.record = instance.run / "session"
        port = instance.ports["supervisor"]
        password = instance.env.get("DEMOS_SUPERVISOR_PASSWORD", "")
        self.rpc = xmlrpc.client.ServerProxy(f"http://demos:{password}@127.0.0.1:{port}/RPC2")

    def session(self) -> int | None:
        """Return the session of the supervisor that was started last, since the machine's boot."""
        try:
            session, boot = self.record.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(session) if boot == boot_id() else None

    def members(self) -> list[processes.Process]:
        """Return the processes that the supervisor started, itself included."""
        session = self.session()
        return [one for one in processes.table() if session and one.session == session]

    def running(self) -> bool:
        """Tell whether the supervisor runs and answers."""
        session = self.session()
        if session is None or all(one.pid != session for one in self.members()):
            return False
        try:
            self.rpc.supervisor.getState()
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def start(self, programs: dict[str, Program], run: Callable[..., Any]) -> bool:
        """Start the supervisor, or tell the running one what has changed.

        Args:
            programs: What it will supervise.
            run: Runs a command and raises when it fails.

        Returns:
            Whether anything was done.
        """
        changed = envfile.write(self.config, configuration(self.instance, programs))
        if self.running():
            return changed and self.update()
        self.end_members()
        self.instance.logs.mkdir(parents=True, exist_ok=True)
        self.record.unlink(missing_ok=True)
        pidfile = self.instance.run / "supervisord.pid"
        pidfile.unlink(missing_ok=True)
        run([str(self.instance.tools / "bin" / "supervisord"), "-c", str(self.config)])
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if pidfile.exists() and (pid := pidfile.read_text().strip()):
                self.record.write_text(f"{pid} {boot_id()}")
                if self.running():
                    return True
            time.sleep(0.05)
        raise OpsError(
            "the supervisor does not answer", f"see {self.instance.logs}/supervisord.log"
        )

    def update(self) -> bool:
        """Apply a changed configuration; programs whose part has changed are stopped."""
        ((added, changed, removed),) = cast(Any, self.rpc.supervisor.reloadConfig())
        self.stop_programs({*removed, *changed})
        for name in [*removed, *changed]:
            self.rpc.supervisor.removeProcessGroup(name)
        for name in [*added, *changed]:
            self.rpc.supervisor.addProcessGroup(name)
        return bool(added or changed or removed)

    def states(self) -> dict[str, dict[str, Any]]:
        """Return what the supervisor says of each program."""
        infos = cast(list[dict[str, Any]], self.rpc.supervisor.getAllProcessInfo())
        return {info["name"]: info for info in infos}

    def start_program(self, program: Program, timeout: float = PATIENCE) -> bool:
        """Start a program unless it runs, and wait until it answers.

        Args:
            program: The program.
            timeout: Seconds until it must answer.

        Returns:
            Whether it had to be started.

        Raises:
            OpsError: When it ends or does not answer in time.
        """
        log = self.instance.logs / f"{program.name}.log"
        started = self.states()[program.name]["statename"] not in ("RUNNING", "STARTING", "BACKOFF")
        if started:
            self.rpc.supervisor.startProcess(program.name, False)
        deadline = time.monotonic() + timeout
        reason = "no answer"
        while time.monotonic() < deadline:
            state = self.states()[program.name]["statename"]
            if state == "FATAL":
                raise OpsError(f"{program.name} ends as soon as it is started", f"see {log}")
            if state in ("RUNNING", "STARTING"):
                try:
                    program.probe()
                except Exception as error:
                    reason = str(error) or type(error).__name__
                else:
                    return started
            time.sleep(0.1)
        raise OpsError(
            f"{program.name} does not answer after {timeout:.0f} s ({reason})", f"see {log}"
        )

    def stop_programs(self, names: Iterable[str]) -> None:
        """Stop programs side by side, where the supervisor would stop one after another."""
        left = set(names)
        asked: set[str] = set()
        while left:
            states = self.states()
            left = {name for name in left & set(states) if states[name]["statename"] in ALIVE}
            for name in left - asked:
                with suppress(xmlrpc.client.Fault):  # it has just ended by itself
                    self.rpc.supervisor.stopProcess(name, False)
            asked |= left
            time.sleep(0.1 if left else 0)

    def stop(self) -> bool:
        """Stop everything that was started here, and nothing else.

        Returns:
            Whether anything ran.
        """
        members = self.members()
        if self.running():
            # The portal's own first: they may still have to say something to the services.
            watched = programs_of(self.instance)
            self.stop_programs(["watchdog"])
            self.stop_programs(name for name, one in watched.items() if one.portal)
            self.stop_programs(self.states())
            self.rpc.supervisor.shutdown()
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and any(
                one.pid == self.session() for one in self.members()
            ):
                time.sleep(0.1)
        self.end_members()
        exec_dockerd.end_containers(exec_dockerd.root(self.instance))
        self.record.unlink(missing_ok=True)
        return bool(members)

    def end_members(self) -> None:
        """End what a supervisor that is gone has left behind."""
        processes.end([one.pid for one in self.members()], patience=20)


def taken_ports(instance: Instance, programs: dict[str, Program]) -> list[str]:
    """Say which ports are in use by somebody else.

    Args:
        instance: The instance.
        programs: Its programs.

    Returns:
        One sentence a port.
    """
    own = {one.pid for one in Supervisor(instance).members()}
    wanted = {port: program.name for program in programs.values() for port in program.ports}
    wanted[instance.ports["supervisor"]] = "the supervisor"
    found = []
    for port, name in sorted(wanted.items()):
        if ports.is_open(port) and (who := ports.listener(port)) and who[0] not in own:
            found.append(f"port {port} ({name}) is taken by {who[1]} (process {who[0] or '?'})")
    return found
