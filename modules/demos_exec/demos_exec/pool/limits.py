# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What one job and one worker may use."""

from dataclasses import dataclass
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class JobLimits:
    """Limits of one job.

    Attributes:
        wall_seconds: from its start to its end.
        result_bytes: of the result's JSON.
    """

    wall_seconds: float = 600.0
    result_bytes: int = 16 * MIB

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "JobLimits":
        """Read limits from a frame.

        Args:
            data: the fields that differ from the defaults.

        Returns:
            The limits.

        Examples:
            >>> JobLimits.from_dict({"wall_seconds": 5}).wall_seconds
            5.0
        """
        return cls(
            wall_seconds=float(data.get("wall_seconds", cls.wall_seconds)),
            result_bytes=int(data.get("result_bytes", cls.result_bytes)),
        )


@dataclass(frozen=True)
class WorkerLimits:
    """Limits of one worker process and of the pool around it.

    Attributes:
        memory: resident bytes above which the worker is replaced.
        pids: processes and threads.
        requests: answers after which the worker is replaced.
        idle_seconds: time without work after which a worker beyond the first is stopped.
        boot_seconds: time it may take to say that it is ready.
        log_bytes: kept of a job's standard error, half from its beginning and half from its end.
    """

    memory: int = 1024 * MIB
    pids: int = 64
    requests: int = 5000
    idle_seconds: float = 600.0
    boot_seconds: float = 30.0
    log_bytes: int = 256 * 1024
