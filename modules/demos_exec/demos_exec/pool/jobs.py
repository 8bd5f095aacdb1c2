# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Jobs of the pool: what was asked, how far it is, what came out."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from demos_exec.pool.limits import JobLimits
from demos_exec.pool.logs import CappedLog

SHORT, LONG = "short", "long"


@dataclass(eq=False)
class Job:
    """One request to a worker.

    Attributes:
        id: chosen by the sender; the fence against doing the same twice.
        request: what the worker gets, as JSON that the pool does not look into.
        documents: digests of what the request is about.
        limits: of this job.
        lane: ``short`` or ``long``; long jobs never hold every worker.
        owner: who it belongs to: owners take turns.
        state: ``queued``, ``running`` or ``done``.
        outcome: status, reason, message, usage; empty until done.
        result: JSON as the worker wrote it.
    """

    id: str
    request: bytes
    documents: list[str]
    limits: JobLimits
    log: CappedLog
    lane: str = SHORT
    owner: str = ""
    state: str = "queued"
    progress: float | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    result: bytes = b""
    created: float = field(default_factory=time.time)
    started: float | None = None
    finished: float | None = None
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def finish(self, outcome: dict[str, Any], result: bytes = b"") -> None:
        """Set the outcome; the first one counts.

        Args:
            outcome: status and, after a failure, reason and message.
            result: JSON.
        """
        if self.state == "done":
            return
        self.finished = time.time()
        if self.started is not None:
            # A worker that was ended says nothing of the time that it took.
            wall = {"wall_s": round(self.finished - self.started, 3)}
            outcome = {**outcome, "usage": {**wall, **outcome.get("usage", {})}}
        self.state, self.outcome, self.result = "done", outcome, result
        self.done.set()

    def fail(self, reason: str, message: str) -> None:
        """End without a result.

        Args:
            reason: one of the platform's reasons.
            message: what happened.
        """
        self.finish({"status": "failed", "reason": reason, "message": message})

    def to_dict(self) -> dict[str, Any]:
        """Give the job's state for a frame.

        Returns:
            State, progress, times; when done the outcome and the log.
        """
        found = {
            "id": self.id,
            "state": self.state,
            "progress": self.progress,
            "started": self.started,
            "finished": self.finished,
        }
        if self.state == "done":
            found |= {
                "outcome": self.outcome,
                "log": self.log.value().decode("utf-8", "replace"),
                "log_truncated": self.log.truncated,
            }
        return found
