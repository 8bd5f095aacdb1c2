# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a backend is: a place where runs are executed.

A backend is one file of this folder whose ``BACKEND`` is a class, or such a class that another
package names in the entry point group ``demos.backends``. The class describes itself; the instance
that ``from_config`` makes does the work.

Every call is short and may be repeated; none waits for a run (``poll`` may be asked to wait a
little). An attempt of a run has one handle, made from the run's identifier and the number of the
attempt: an attempt that is started twice is started once. The calls fit a batch system that can
only be polled as well as a container engine or a pool.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

Config = Mapping[str, Any]

WORKER, IMAGE = "worker", "image"
"""Kinds of jobs: of the platform's own worker, and of a container image."""


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
        inputs: digest to the function that returns the text; files of the request.
        limits: ``wall_seconds``, ``memory``, ``cpus``, ``pids``, ``result_bytes``, …
        lane: ``short`` or ``long``.
        image: the container image, None for the platform's own worker.
        owner: who the run belongs to: nobody's runs hold all that there is while others wait.
    """

    handle: str
    request: dict[str, Any]
    inputs: dict[str, Callable[[str], bytes]]
    limits: dict[str, Any]
    lane: str
    image: str | None = None
    owner: str = ""


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
        sandbox: how the run is kept apart, and the backend's own name of it (``job_id``).
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


@dataclass(frozen=True)
class Image:
    """A container image that a backend has fetched.

    Attributes:
        id: what is started: the image's content, not its name.
        digests: the names of its content (``sha256:…``) by which it may have been asked for.
        size: bytes.
        labels: the image's labels.
    """

    id: str
    digests: frozenset[str]
    size: int
    labels: Mapping[str, str]


class Backend(Protocol):
    """A place where runs are executed.

    Attributes:
        name: as in requests, answers and the database.
        title: for people.
        rank: of several that can run a job the lowest is the default.
        runs: the kinds of jobs that it takes: ``worker``, ``image``.
        direct: whether web processes may call it themselves, without a task.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    rank: ClassVar[int] = 100
    runs: ClassVar[frozenset[str]]
    direct: ClassVar[bool] = False

    @classmethod
    def enabled(cls, config: Config) -> bool:
        """Tell whether the site is set up for it."""
        return True

    @classmethod
    def from_config(cls, config: Config) -> "Backend":
        """Build it from the site's settings; nothing is connected yet."""
        ...

    def describe(self) -> dict[str, Any]:
        """Return what it is (``isolation``, ``memory``, ``network``) and whether it answers.

        ``available`` is false, with a ``message``, where it does not answer. It is asked for each
        description of a model: an answer that takes long is kept.
        """
        ...

    def digest(self) -> str | None:
        """Return the digest of the platform's worker that it runs, None where nothing answers."""
        return None

    def prepare(self, reference: str) -> Image:
        """Fetch an image, so that it can be started.

        Raises:
            Refused: if the image cannot be had.
            BackendUnavailable: if the backend does not answer.
        """
        raise Refused("backend_unavailable", f"The backend {self.name} runs no images.")

    def holds(self, image_id: str) -> bool:
        """Tell whether an image that was fetched is still there."""
        return False

    def start(self, job: Job, wait: float = 0.0) -> State:
        """Start an attempt, or find it started; wait for its end a little."""
        ...

    def poll(self, handle: str, wait: float = 0.0) -> State:
        """Return how an attempt is; wait for its end a little."""
        ...

    def log(self, handle: str, offset: int) -> tuple[bytes, bool]:
        """Return what a running attempt has written, from an offset; and whether bytes are lost."""
        ...

    def cancel(self, handle: str, wait: float = 0.0) -> State:
        """End an attempt at once."""
        ...

    def clean(self, handle: str) -> None:
        """Drop what is left of an attempt; its outcome is safe."""
        ...

    def handles(self) -> list[str]:
        """Return the attempts that the backend has."""
        ...
