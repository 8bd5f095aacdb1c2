# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pool as a backend: the platform's own worker, warm, sandboxed here or in containers."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from demos_exec import jsontext
from demos_exec.backends.base import (
    WORKER,
    Backend,
    BackendBusy,
    BackendUnavailable,
    Config,
    Job,
    State,
)
from demos_exec.pool.client import PoolBusy, PoolClient, PoolUnavailable

DIGEST_SECONDS = 15.0


@contextlib.contextmanager
def _the_pool() -> Iterator[None]:
    """Raise the backends' errors for the pool's."""
    try:
        yield
    except PoolUnavailable as error:
        raise BackendUnavailable(str(error)) from error
    except PoolBusy as error:
        raise BackendBusy from error


class PoolBackend(Backend):
    """Runs the platform's operations in the pool of this host.

    Args:
        socket: the pool's Unix socket.
    """

    name = "local"
    title = "warm workers of the portal's host"
    rank = 10
    runs = frozenset({WORKER})
    direct = True

    def __init__(self, socket: str) -> None:
        self._client = PoolClient(socket)
        self._digest: tuple[float, str | None] = (0.0, None)

    @classmethod
    def from_config(cls, config: Config) -> "PoolBackend":
        """Build it from the site's settings.

        Args:
            config: the application's configuration.

        Returns:
            The backend.
        """
        return cls(config["DEMOS_EXEC_POOL_SOCKET"])

    def digest(self) -> str | None:
        """Return the digest of the worker's code and packages.

        Returns:
            The digest, or None if no pool answers.
        """
        asked, digest = self._digest
        if digest is None or time.monotonic() - asked > DIGEST_SECONDS:
            digest = self.describe().get("digest")
            self._digest = (time.monotonic(), digest)
        return digest

    def describe(self) -> dict[str, Any]:
        """Return what the pool is.

        Returns:
            Isolation, workers, queue; ``available`` false with the reason otherwise.
        """
        try:
            status = self._client.status()
        except PoolUnavailable as error:
            return {"available": False, "message": f"No pool answers: {error}"}
        trouble = status.get("trouble")
        available = {"available": False, "message": trouble} if trouble else {"available": True}
        return {**available, **status["backend"], **status}

    def _state(self, reply: dict[str, Any], result: bytes) -> State:
        return State(
            state=reply["state"],
            progress=reply.get("progress"),
            queue_position=reply.get("queue_position"),
            outcome=reply.get("outcome", {}),
            result=result,
            log=reply.get("log", ""),
            log_truncated=reply.get("log_truncated", False),
            sandbox=reply.get("backend", {}),
        )

    def start(self, job: Job, wait: float = 0.0) -> State:
        """Give the pool a job.

        Args:
            job: the attempt.
            wait: seconds to wait for its end.

        Returns:
            Its state.

        Raises:
            BackendUnavailable: if no pool answers.
            BackendBusy: if too many jobs wait.
        """
        with _the_pool():
            reply, result = self._client.submit(
                job.handle,
                jsontext.dumps(job.request),
                job.inputs,
                limits={k: job.limits[k] for k in ("wall_seconds", "result_bytes")},
                lane=job.lane,
                owner=job.owner,
                wait=wait,
            )
        return self._state(reply, result)

    def poll(self, handle: str, wait: float = 0.0) -> State:
        """Ask for a job's state.

        Args:
            handle: the attempt.
            wait: seconds to wait for its end.

        Returns:
            Its state.

        Raises:
            BackendUnavailable: if no pool answers.
        """
        with _the_pool():
            return self._state(*self._client.poll(handle, wait))

    def log(self, handle: str, offset: int) -> tuple[bytes, bool]:
        """Read a running job's log.

        Args:
            handle: the attempt.
            offset: bytes to skip.

        Returns:
            The bytes, and whether some are lost.

        Raises:
            BackendUnavailable: if no pool answers.
        """
        with _the_pool():
            reply, data = self._client.log(handle, offset)
        return data, reply.get("truncated", False)

    def cancel(self, handle: str, wait: float = 0.0) -> State:
        """End a job.

        Args:
            handle: the attempt.
            wait: seconds to wait for its end.

        Returns:
            Its state.

        Raises:
            BackendUnavailable: if no pool answers.
        """
        with _the_pool():
            return self._state(*self._client.cancel(handle, wait))

    def clean(self, handle: str) -> None:
        """Tell the pool to forget a finished job; it would after some minutes anyway.

        Args:
            handle: the attempt.
        """
        with contextlib.suppress(PoolUnavailable):
            self._client.forget(handle)

    def handles(self) -> list[str]:
        """List the pool's jobs.

        Returns:
            Their handles.

        Raises:
            BackendUnavailable: if no pool answers.
        """
        with _the_pool():
            return [job["id"] for job in self._client.jobs()]


BACKEND = PoolBackend
