# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pool's socket: calls of the portal's processes."""

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any

from demos_exec import framing
from demos_exec.pool.jobs import LONG, SHORT, Job
from demos_exec.pool.limits import JobLimits
from demos_exec.pool.supervisor import QueueFull, Supervisor

log = logging.getLogger(__name__)

MAX_WAIT = 60.0

Reply = tuple[dict[str, Any], bytes]


class Server:
    """Answers frames: ``submit document poll cancel forget list status``.

    Args:
        supervisor: does the work.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor

    async def serve(self, path: Path) -> None:
        """Listen until cancelled.

        Args:
            path: the Unix socket; a left-over one is replaced.
        """
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._connection, path)
        path.chmod(0o660)
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(framing.FrameError, ConnectionError):
            while True:
                header, blob = await framing.read(reader)
                try:
                    reply, result = await self._answer(header, blob)
                except (KeyError, TypeError, ValueError) as error:
                    reply, result = {"error": f"bad call: {error!r}"}, b""
                writer.write(framing.encode(reply, result))
                await writer.drain()
        writer.close()

    async def _answer(self, header: dict[str, Any], blob: bytes) -> Reply:
        call, pool = header["call"], self.supervisor
        if call == "submit":
            return await self._submit(header, blob)
        if call == "document":
            pool.documents.add(header["digest"], blob)
            return {}, b""
        if call == "status":
            return pool.describe(), b""
        if call == "list":
            return {"jobs": [{"id": j.id, "state": j.state} for j in pool.jobs.values()]}, b""
        if call == "forget":
            pool.forget(header["id"])
            return {}, b""
        job = pool.jobs.get(header["id"])
        if job is None:
            return {"state": "unknown"}, b""
        if call == "cancel":
            pool.cancel(job)
        elif call == "log":
            offset = int(header["offset"])
            return {"total": job.log.total, "truncated": job.log.truncated}, job.log.value()[
                offset:
            ]
        elif call != "poll":
            raise ValueError(call)
        return await self._wait(job, header)

    async def _submit(self, header: dict[str, Any], request: bytes) -> Reply:
        documents = [str(d) for d in header["documents"]]
        job_id, lane = str(header["id"]), header.get("lane", SHORT)
        if lane not in (SHORT, LONG):
            raise ValueError(lane)
        if job_id not in self.supervisor.jobs:
            missing = self.supervisor.documents.missing(documents)
            if missing:
                return {"state": "missing", "digests": missing}, b""
        limits = JobLimits.from_dict(header.get("limits", {}))
        try:
            owner = str(header.get("owner", ""))
            job = self.supervisor.submit(job_id, request, documents, limits, lane=lane, owner=owner)
        except QueueFull:
            return {"state": "refused"}, b""
        return await self._wait(job, header)

    async def _wait(self, job: Job, header: dict[str, Any]) -> Reply:
        seconds = min(float(header.get("wait", 0)), MAX_WAIT)
        if seconds > 0 and job.state != "done":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await job.done.wait()
        reply = {**job.to_dict(), "queue_position": self.supervisor.position(job)}
        reply["backend"] = self.supervisor.launcher.describe()
        return reply, job.result if job.state == "done" else b""
