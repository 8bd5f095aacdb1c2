# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Restart programs that hang or were given up: a listener of the supervisor's clock."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TextIO

from .instance import Instance
from .programs import Program, programs
from .supervisor import Supervisor

PATIENCE = 3
"""Failed looks in a row after which a program is restarted."""


class Watchdog:
    """Ask each program for a sign of life, and restart those that give none.

    Args:
        supervisor: The supervisor to ask and to tell.
        watched: The programs by name.
        log: Where restarts are told.
    """

    def __init__(
        self, supervisor: Supervisor, watched: dict[str, Program], log: TextIO = sys.stderr
    ) -> None:
        self.supervisor = supervisor
        self.watched = watched
        self.log = log
        self.failures = dict.fromkeys(watched, 0)
        self.answered: dict[str, int] = {}
        self.looked = dict.fromkeys(watched, 0.0)

    def ill(self, name: str) -> str | None:
        """Return what is wrong with a program that should answer."""
        program = self.watched[name]
        try:
            (program.alive or program.probe)()
        except Exception as error:
            return str(error) or type(error).__name__
        return None

    def round(self) -> None:
        """Look at every program once."""
        now = time.time()
        due, given_up = [], []
        states = self.supervisor.states()
        for name, program in self.watched.items():
            info = states[name]
            if info["statename"] == "FATAL":
                given_up.append(name)
            elif info["statename"] != "RUNNING":
                self.failures[name] = 0
            elif now - self.looked[name] >= program.period:
                self.looked[name] = now
                due.append(name)
        for name in given_up:
            self.tell(f"{name} was given up: trying again")
            self.supervisor.rpc.supervisor.startProcess(name, False)
        with ThreadPoolExecutor(max_workers=8) as pool:
            reasons = dict(zip(due, pool.map(self.ill, due), strict=True))
        for name, reason in reasons.items():
            start = states[name]["start"]
            if not reason:
                self.answered[name] = start
            # One that has not answered since its start may be starting yet.
            starting = self.answered.get(name) != start
            patient = starting and now - start < self.watched[name].grace
            self.failures[name] = self.failures[name] + 1 if reason and not patient else 0
            if self.failures[name] >= PATIENCE:
                self.tell(f"{name} does not answer ({reason}): restarting it")
                self.failures[name] = 0
                self.supervisor.rpc.supervisor.stopProcess(name, True)
                self.supervisor.rpc.supervisor.startProcess(name, False)

    def tell(self, text: str) -> None:
        """Write a line with the time."""
        print(time.strftime("%Y-%m-%dT%H:%M:%S"), text, file=self.log, flush=True)


def listen(watchdog: Watchdog, events: TextIO = sys.stdin, answers: TextIO = sys.stdout) -> None:
    """Follow the supervisor's event protocol until it closes the stream."""
    while True:
        answers.write("READY\n")
        answers.flush()
        header = events.readline()
        if not header:
            return
        length = dict(part.split(":", 1) for part in header.split())["len"]
        events.read(int(length))
        try:
            watchdog.round()
        except Exception as error:  # the next round may do better; the supervisor must go on
            watchdog.tell(f"this round failed: {type(error).__name__}: {error}")
        answers.write("RESULT 2\nOK")
        answers.flush()


def main() -> None:
    """Watch the instance's programs."""
    instance = Instance.here()
    listen(Watchdog(Supervisor(instance), programs(instance)))


if __name__ == "__main__":
    main()
