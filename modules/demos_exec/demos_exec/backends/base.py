# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a backend is: a place where runs are executed.

Every call is short and may be repeated; none waits for a run (``poll`` may be asked to wait a
little). A run's attempt has one handle, made from its identifier and attempt, so that starting
the same attempt twice is starting it once: the handle is the fence. The calls fit a batch system
that is only polled as well as a container engine or a pool.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


class BackendUnavailable(Exception):
    """The backend does not answer; the run is tried again."""


class BackendBusy(Exception):
    """The backend takes no more runs for now."""


class Refused(Exception):
    """The backend will not run this.

    Args:
        reason: one of the platform's reasons.
        message: why.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Job:
    """One attempt of a run, as a backend needs it.

    Attributes:
        handle: the attempt's name.
        request: the contract's request.
        documents: digest to the function that gives the text; files of the request.
        limits: ``wall_seconds``, ``memory``, ``cpus``, ``pids``, ``result_bytes``, …
        lane: ``short`` or ``long``.
        image: the container image, None for the platform's own worker.
    """

    handle: str
    request: dict[str, Any]
    documents: dict[str, Callable[[str], bytes]]
    limits: dict[str, Any]
    lane: str
    image: str | None = None


@dataclass(frozen=True)
class State:
    """How an attempt is.

    Attributes:
        state: ``queued``, ``running``, ``done`` or ``unknown`` (the backend never heard of it,
            or has lost it).
        progress: fraction done, where it is known.
        queue_position: attempts before this one.
        outcome: when done: ``status``, ``reason``, ``message``, ``pointer``, ``usage``.
        result: when done and successful: the result's JSON.
        files: when done: name to bytes of further outputs.
        log: when done: what the run wrote, beginning and end.
        log_truncated: whether something was left out of the log.
        sandbox: how the run is kept apart.
    """

    state: str
    progress: float | None = None
    queue_position: int | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    result: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    log: str = ""
    log_truncated: bool = False
    sandbox: dict[str, Any] = field(default_factory=dict)


class Backend(Protocol):
    """A place where runs are executed."""

    name: str
    direct: bool
    """Whether web processes may call it themselves, without a task."""

    def describe(self) -> dict[str, Any]:
        """Say what the backend is, and whether it answers."""

    def start(self, job: Job, wait: float = 0.0) -> State:
        """Start an attempt, or find it started; wait for its end a little."""

    def poll(self, handle: str, wait: float = 0.0) -> State:
        """Ask how an attempt is; wait for its end a little."""

    def log(self, handle: str, offset: int) -> tuple[bytes, bool]:
        """Read what a running attempt has written, from an offset; and whether bytes are lost."""

    def cancel(self, handle: str, wait: float = 0.0) -> State:
        """End an attempt at once."""

    def clean(self, handle: str) -> None:
        """Drop what is left of an attempt; its outcome is safe."""

    def handles(self) -> list[str]:
        """List the attempts the backend knows."""
