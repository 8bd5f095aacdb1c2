# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Calls to the pool from web and task processes: blocking, one connection per thread."""

import socket
import threading
from collections.abc import Callable
from typing import Any

from demos_exec import framing

Fetch = Callable[[str], bytes]


class PoolUnavailable(Exception):
    """No pool answers on the socket."""


class PoolBusy(Exception):
    """The pool takes no more jobs for now."""


class PoolClient:
    """A pool's caller.

    Args:
        path: the pool's Unix socket.
        timeout: seconds to wait for an answer, beyond the wait a call asks for.
    """

    def __init__(self, path: str, timeout: float = 10.0) -> None:
        self.path = path
        self.timeout = timeout
        self._local = threading.local()

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.timeout)
        connection.connect(self.path)
        self._local.connection = connection
        return connection

    def call(
        self, header: dict[str, Any], blob: bytes = b"", wait: float = 0.0
    ) -> tuple[dict[str, Any], bytes]:
        """Send a frame and read the answer. Every call may be repeated, and once is.

        Args:
            header: the call.
            blob: a document.
            wait: seconds the pool may take.

        Returns:
            The answer and its blob.

        Raises:
            PoolUnavailable: if nobody answers.
        """
        frame = framing.encode(header, blob)
        held = getattr(self._local, "connection", None)
        for connection in (held, None) if held else (None,):
            try:
                used = connection or self._connect()
                used.settimeout(self.timeout + wait)
                used.sendall(frame)
                reply, result = framing.receive(used)
            except OSError as error:
                self.close()
                if connection is None:
                    raise PoolUnavailable(str(error)) from error
                continue
            if "error" in reply:
                raise ValueError(reply["error"])
            return reply, result
        raise PoolUnavailable(self.path)

    def close(self) -> None:
        """Drop this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection:
            connection.close()
        self._local.connection = None

    def submit(
        self,
        job_id: str,
        request: bytes,
        documents: dict[str, Fetch],
        *,
        limits: dict[str, Any],
        lane: str,
        owner: str = "",
        wait: float = 0.0,
    ) -> tuple[dict[str, Any], bytes]:
        """Give the pool a job; documents that it lacks are sent first.

        Args:
            job_id: the same identifier means the same job.
            request: what the worker gets, as JSON.
            documents: digest to a function that gives the text, called only when it is lacking.
            limits: of this job.
            lane: ``short`` or ``long``.
            owner: who the job belongs to: owners take turns.
            wait: seconds to wait for the end.

        Returns:
            The job's state and, when done, its result.

        Raises:
            PoolUnavailable: if nobody answers.
            PoolBusy: if too many jobs wait.
        """
        header = {
            "call": "submit",
            "id": job_id,
            "documents": list(documents),
            "limits": limits,
            "lane": lane,
            "owner": owner,
            "wait": wait,
        }
        reply, result = self.call(header, request, wait=wait)
        if reply["state"] == "missing":
            for digest in reply["digests"]:
                self.call({"call": "document", "digest": digest}, documents[digest](digest))
            reply, result = self.call(header, request, wait=wait)
        if reply["state"] == "refused":
            raise PoolBusy
        return reply, result

    def poll(self, job_id: str, wait: float = 0.0) -> tuple[dict[str, Any], bytes]:
        """Ask for a job's state.

        Args:
            job_id: the job.
            wait: seconds to wait for its end.

        Returns:
            State (``unknown`` if the pool has no such job) and, when done, the result.
        """
        return self.call({"call": "poll", "id": job_id, "wait": wait}, wait=wait)

    def cancel(self, job_id: str, wait: float = 0.0) -> tuple[dict[str, Any], bytes]:
        """End a job.

        Args:
            job_id: the job.
            wait: seconds to wait for its end.

        Returns:
            State and, if it was done already, the result.
        """
        return self.call({"call": "cancel", "id": job_id, "wait": wait}, wait=wait)

    def log(self, job_id: str, offset: int) -> tuple[dict[str, Any], bytes]:
        """Read what a job has written so far.

        Args:
            job_id: the job.
            offset: bytes to skip.

        Returns:
            ``total`` and ``truncated``; the bytes.
        """
        return self.call({"call": "log", "id": job_id, "offset": offset})

    def forget(self, job_id: str) -> None:
        """Tell the pool that a job's result is safe.

        Args:
            job_id: the job.
        """
        self.call({"call": "forget", "id": job_id})

    def jobs(self) -> list[dict[str, Any]]:
        """List the pool's jobs.

        Returns:
            Identifier and state of each.
        """
        return list(self.call({"call": "list"})[0]["jobs"])

    def status(self) -> dict[str, Any]:
        """Ask how the pool is.

        Returns:
            Backend, workers, queue, counters.
        """
        return self.call({"call": "status"})[0]
