# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pool as a backend: the platform's own worker, warm, sandboxed here or in containers."""

import time

from demos_exec import jsontext
from demos_exec.backends.base import BackendBusy, BackendUnavailable, Job, State
from demos_exec.pool.client import PoolBusy, PoolClient, PoolUnavailable

DIGEST_SECONDS = 15.0


class PoolBackend:
    """Runs the platform's operations in the pool of this host.

    Args:
        socket: the pool's Unix socket.
        name: ``local`` or ``docker``: what kind of workers the portal is set up for.
    """

    direct = True

    def __init__(self, socket: str, name: str) -> None:
        self.name = name
        self._client = PoolClient(socket)
        self._digest = (0.0, None)

    def digest(self) -> str | None:
        """Give the digest of the worker's code and packages.

        Returns:
            The digest, or None if no pool answers.
        """
        asked, digest = self._digest
        if digest is None or time.monotonic() - asked > DIGEST_SECONDS:
            digest = self.describe().get("digest")
            self._digest = (time.monotonic(), digest)
        return digest

    def describe(self) -> dict:
        """Say what the pool is.

        Returns:
            Name, isolation, workers, queue; ``available`` false with the reason otherwise.
        """
        try:
            status = self._client.status()
        except PoolUnavailable as error:
            return {"name": self.name, "available": False, "message": f"No pool answers: {error}"}
        trouble = status.get("trouble")  # an older pool says nothing
        available = {"available": False, "message": trouble} if trouble else {"available": True}
        return {**available, **status["backend"], **status}

    def _state(self, reply: dict, result: bytes) -> State:
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
        limits = {k: job.limits[k] for k in ("wall_seconds", "result_bytes")}
        try:
            reply, result = self._client.submit(
                job.handle,
                jsontext.dumps(job.request),
                job.documents,
                limits=limits,
                lane=job.lane,
                wait=wait,
            )
        except PoolUnavailable as error:
            raise BackendUnavailable(str(error)) from error
        except PoolBusy as error:
            raise BackendBusy from error
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
        try:
            return self._state(*self._client.poll(handle, wait))
        except PoolUnavailable as error:
            raise BackendUnavailable(str(error)) from error

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
        try:
            reply, data = self._client.log(handle, offset)
        except PoolUnavailable as error:
            raise BackendUnavailable(str(error)) from error
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
        try:
            return self._state(*self._client.cancel(handle, wait))
        except PoolUnavailable as error:
            raise BackendUnavailable(str(error)) from error

    def clean(self, handle: str) -> None:
        """Tell the pool to forget a finished job; it would after some minutes anyway.

        Args:
            handle: the attempt.
        """
        try:
            self._client.forget(handle)
        except PoolUnavailable:
            return

    def handles(self) -> list[str]:
        """List the pool's jobs.

        Returns:
            Their handles.

        Raises:
            BackendUnavailable: if no pool answers.
        """
        try:
            return [job["id"] for job in self._client.jobs()]
        except PoolUnavailable as error:
            raise BackendUnavailable(str(error)) from error
