# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Steps with dependencies: what need not wait runs side by side."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from . import diagnose
from .errors import OpsError

PROGRESS = 15
"""Seconds after which it is said which steps are still at work."""


def inherited() -> dict[str, str]:
    """Return the variables that commands inherit.

    Ours for Python are not among them: commands have other packages, and what the first of
    them compiles the next ones need not compile again.
    """
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


EXCEPTION = re.compile(r"[\w.]*(Error|Exception)\b[^:]*: ")


def telling(output: str) -> str:
    r"""Return the line of a failed command's output that says most.

    Args:
        output: What it wrote.

    Returns:
        The last line that names an exception, else the last line.

    >>> telling("at work\nValueError: no number\n(Background: see elsewhere)\n")
    'ValueError: no number'
    >>> telling("cannot go on\n")
    'cannot go on'
    """
    lines = output.rstrip().splitlines() or [""]
    return next((line for line in reversed(lines) if EXCEPTION.match(line)), lines[-1])


class Job:
    """What a running step works with: its log and its commands.

    Args:
        name: The step's name.
        log: Its log file.
    """

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False
        # A stop either finds the command or keeps it from being started.
        self.starting = threading.Lock()
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")

    def note(self, text: str) -> None:
        """Write a line to the log."""
        with self.log.open("a", encoding="utf-8") as stream:
            stream.write(text + "\n")

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 900,
    ) -> None:
        """Run a command with its output in the log.

        Args:
            command: The command and its arguments.
            env: Variables beside the inherited ones.
            cwd: Where it runs.
            timeout: Seconds after which it is stopped.

        Raises:
            OpsError: When it fails, is missing, or takes too long.
        """
        self.note("$ " + " ".join(command))
        with self.log.open("ab") as stream, self.starting:
            if self.stopped:
                raise OpsError("stopped because another step failed")
            try:
                self.process = subprocess.Popen(
                    command,
                    env={**inherited(), **(env or {})},
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    start_new_session=True,
                )
            except FileNotFoundError:
                raise OpsError(f"there is no command {command[0]}") from None
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise OpsError(
                f"{Path(command[0]).name} hangs: stopped after {timeout:.0f} s"
            ) from None
        finally:
            self.process = None
        if self.stopped:
            raise OpsError("stopped because another step failed")
        if code:
            words = telling(self.log.read_text(errors="replace").rpartition("\n$ ")[2])
            raise OpsError(f"{Path(command[0]).name} failed (exit {code}): {words[:300]}")

    def clean(self, command: Sequence[str]) -> None:
        """Run a short command that must run even though the step is being stopped."""
        subprocess.run(command, stdin=subprocess.DEVNULL, timeout=30, check=False)

    def stop(self) -> None:
        """Stop the command that runs, with its children."""
        with self.starting:
            self.stopped = True
        if (process := self.process) is not None and process.poll() is None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(5)
                    break
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


@dataclass(frozen=True)
class Step:
    """One piece of work.

    Args:
        name: What is shown.
        work: Does it; returns whether anything was changed.
        needs: Names of the steps that must be done before.
        hint: What to do when it fails for a reason that is not recognised.
    """

    name: str
    work: Callable[[Job], bool]
    needs: tuple[str, ...] = ()
    hint: str = ""


class StepFailed(OpsError):
    """A step that failed: which, why, where its log is."""


class Runner:
    """Run steps, show each with its time, and keep the times.

    Args:
        logs: The folder of the logs.
        out: Where progress is shown.
    """

    def __init__(self, logs: Path, out: TextIO = sys.stdout) -> None:
        self.logs = logs
        self.out = out
        self.times: dict[str, dict[str, float | bool]] = {}
        self.begun: dict[str, float] = {}
        self.jobs: dict[str, Job] = {}
        self.lock = threading.Lock()

    def show(self, text: str) -> None:
        """Print a line now."""
        with self.lock:
            print(text, file=self.out, flush=True)

    def _one(self, step: Step) -> None:
        job = self.jobs[step.name] = Job(
            step.name, self.logs / f"{step.name.replace(' ', '-')}.log"
        )
        begin = self.begun[step.name] = time.monotonic()
        try:
            changed = step.work(job)
        except Exception as error:
            if not isinstance(error, OpsError):
                with suppress(OSError):  # the reason may be that nothing can be written
                    job.note(f"{type(error).__name__}: {error}")
            raise self.failure(step, job, error) from error
        finally:
            del self.begun[step.name]
        seconds = time.monotonic() - begin
        self.times[step.name] = {"seconds": round(seconds, 2), "changed": changed}
        self.show(f"  {'done' if changed else 'as is':5}  {step.name:<22} {seconds:7.1f} s")

    def failure(self, step: Step, job: Job, error: Exception) -> StepFailed:
        """Say in one line what failed, why, where the log is and what to do."""
        last = job.log.read_text(errors="replace").rpartition("\n$ ")[2]
        known = diagnose.cause(f"{error}\n{last[-8000:]}")
        if known:
            message, hint = known
        elif isinstance(error, OpsError):
            message, hint = error.message, error.hint or step.hint
        else:
            message, hint = f"{type(error).__name__}: {error}", step.hint
        return StepFailed(f"{step.name}: {message} [log: {job.log}]", hint)

    def run(self, steps: Sequence[Step]) -> None:
        """Run all steps.

        Args:
            steps: The steps, in any order; needs that are not among them count as done.

        Raises:
            StepFailed: As soon as one fails; what runs beside it is stopped.
        """
        names = {step.name for step in steps}
        waiting = {step.name: step for step in steps}
        done: set[str] = set()
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(max_workers=max(1, len(steps))) as pool:
            while waiting or running:
                for step in list(waiting.values()):
                    if names.intersection(step.needs) <= done:
                        running[pool.submit(self._one, waiting.pop(step.name))] = step.name
                if not running:
                    raise ValueError(f"steps wait for each other: {sorted(waiting)}")
                ready, _ = wait(running, timeout=PROGRESS, return_when=FIRST_COMPLETED)
                if not ready:
                    now = time.monotonic()
                    at_work = (f"{name} {now - begin:.0f} s" for name, begin in self.begun.items())
                    self.show(f"   …     {', '.join(at_work)}")
                for future in ready:
                    name = running.pop(future)
                    if error := future.exception():
                        for job in self.jobs.values():
                            job.stop()
                        raise error
                    done.add(name)

    def save(self, path: Path) -> None:
        """Write the times of the steps as JSON, where anything can be written."""
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.times, indent=1) + "\n")
