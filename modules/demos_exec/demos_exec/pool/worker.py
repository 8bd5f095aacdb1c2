# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pool's side of one worker: start it, talk to it, watch it, end it."""

import asyncio
import contextlib
import logging
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol

from demos_exec import framing
from demos_exec.pool.documents import Documents
from demos_exec.pool.jobs import Job
from demos_exec.pool.limits import WorkerLimits

log = logging.getLogger(__name__)

WATCH_SECONDS = 0.1


class Process(Protocol):
    """A running sandbox or container."""

    @property
    def stderr(self) -> asyncio.StreamReader | None:
        """The worker's standard error, where the pool reads it."""

    def resident(self) -> int:
        """Give resident bytes, 0 where the kernel enforces the limit and nobody has to ask."""

    async def out_of_memory(self) -> bool:
        """Tell whether the kernel ended the worker for memory."""

    async def kill(self) -> None:
        """End the worker at once."""


class Launcher(Protocol):
    """Starts workers of one kind."""

    name: str
    limits: WorkerLimits
    site: str

    def describe(self) -> dict[str, str]:
        """Say how workers are kept apart."""

    async def launch(self, channel: Path) -> Process:
        """Start a worker that connects to ``channel/socket``."""

    async def clean(self) -> int:
        """Remove what an earlier pool left behind."""


class WorkerFailed(Exception):
    """A worker did not start."""


def _folders(site: str) -> str:
    # A short path: a Unix socket's name has at most 107 bytes.
    return f"demos-w-{site}-"


def remove_folders(site: str) -> None:
    """Remove what a pool that was killed has left of its workers' folders.

    Args:
        site: whose pool.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{_folders(site)}*"):
        shutil.rmtree(folder, ignore_errors=True)


class Worker:
    """One warm worker.

    Args:
        launcher: starts its process.
    """

    def __init__(self, launcher: Launcher) -> None:
        self.launcher = launcher
        self.limits = launcher.limits
        self.job: Job | None = None
        self.held: set[str] = set()
        self.answers = 0
        self.idle_since = time.monotonic()
        self.ready = False
        self.alive = True
        self._tasks: list[asyncio.Task] = []
        self._process: Process | None = None

    async def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            WorkerFailed: if it does not come up in time.
        """
        self._channel = Path(tempfile.mkdtemp(prefix=_folders(self.launcher.site)))
        connected: asyncio.Future = asyncio.get_running_loop().create_future()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if connected.done():
                writer.close()
            else:
                connected.set_result((reader, writer))

        path = self._channel / "socket"
        server = await asyncio.start_unix_server(accept, path)
        # The worker's user is nobody; the folder above is ours alone where no mount shows it.
        path.chmod(0o666)
        self._channel.chmod(0o711)
        try:
            self._process = await self.launcher.launch(self._channel)
            if self._process.stderr:
                self._tasks.append(asyncio.create_task(self._collect_log(self._process.stderr)))
            async with asyncio.timeout(self.limits.boot_seconds):
                self._reader, self._writer = await connected
                await framing.read(self._reader)
        except (TimeoutError, OSError, framing.FrameError) as error:
            await self.stop()
            raise WorkerFailed(f"A worker did not start: {error!r}") from error
        finally:
            server.close()
        self.ready, self.idle_since = True, time.monotonic()

    async def _collect_log(self, stderr: asyncio.StreamReader) -> None:
        while data := await stderr.read(65536):
            if self.job:
                self.job.log.write(data)
            else:
                log.warning("worker: %s", data.decode("utf-8", "replace").rstrip())

    @property
    def idle(self) -> bool:
        """Whether it can take a job."""
        return self.alive and self.ready and self.job is None

    @property
    def ended(self) -> bool:
        """Whether it ended by itself, or was killed, while it had nothing to do."""
        return self.idle and self._reader.at_eof()

    async def run(self, job: Job, documents: Documents) -> None:
        """Run a job; the job gets its outcome, and a worker that misbehaved is ended.

        Args:
            job: what to run; it must be this worker's (``self.job``) already.
            documents: where the job's documents are.
        """
        talk = asyncio.create_task(self._talk(job, documents))
        watch = asyncio.create_task(self._watch())
        stop = asyncio.create_task(job.cancelled.wait())
        try:
            done, _ = await asyncio.wait(
                {talk, watch, stop},
                timeout=job.limits.wall_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if talk in done and not talk.exception():
                outcome, result = talk.result()
                self._finish(job, outcome, result)
            else:
                await self._abandon(job, done, talk, watch, stop)
        finally:
            for task in (talk, watch, stop):
                task.cancel()
            await asyncio.gather(talk, watch, stop, return_exceptions=True)
            self.job, self.idle_since = None, time.monotonic()

    def _finish(self, job: Job, outcome: dict[str, Any], result: bytes) -> None:
        self.answers += 1
        if len(result) > job.limits.result_bytes:
            size = f"{len(result)} bytes, {job.limits.result_bytes} are allowed"
            job.fail("output_too_large", f"The result has {size}.")
        else:
            job.finish(outcome, result)

    async def _abandon(
        self,
        job: Job,
        done: set[asyncio.Task],
        talk: asyncio.Task,
        watch: asyncio.Task,
        stop: asyncio.Task,
    ) -> None:
        """End a worker in the middle of a job and name why."""
        lost = talk in done
        out_of_memory = watch in done or (
            lost and self._process is not None and await self._process.out_of_memory()
        )
        await self.stop()
        if stop in done:
            job.finish({"status": "dismissed", "reason": "cancelled", "message": "Cancelled."})
        elif out_of_memory:
            size = self.limits.memory // (1024 * 1024)
            job.fail("out_of_memory", f"More than {size} MiB of memory were used.")
        elif lost:
            job.fail("worker_lost", "The worker ended in the middle of the run.")
        else:
            job.fail("timeout", f"Not done after {job.limits.wall_seconds:g} s.")

    async def _talk(self, job: Job, documents: Documents) -> tuple[dict[str, Any], bytes]:
        await self._send_documents([d for d in job.documents if d not in self.held], documents)
        ask = framing.encode({"type": "run", "job": job.id}, job.request)
        self._writer.write(ask)
        await self._writer.drain()
        while True:
            header, blob = await framing.read(self._reader)
            if header.get("job") != job.id:
                raise framing.FrameError("The worker answered another job.")
            if header["type"] == "progress":
                job.progress = header["value"]
            elif header["type"] == "missing":
                self.held -= set(header["digests"])
                await self._send_documents(header["digests"], documents)
                self._writer.write(ask)
                await self._writer.drain()
            else:
                return header["outcome"], blob

    async def _send_documents(self, digests: list[str], documents: Documents) -> None:
        for digest in digests:
            text = documents.get(digest)
            if text is None:
                raise framing.FrameError(f"The pool lost the document {digest}.")
            self._writer.write(framing.encode({"type": "document", "digest": digest}, text))
            await self._writer.drain()
            self.held.add(digest)

    async def _watch(self) -> None:
        """Return when the worker holds more memory than it may."""
        assert self._process is not None
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self._process.resident() > self.limits.memory:
                return

    @property
    def worn(self) -> bool:
        """Whether an idle worker should be replaced: many answers, or much memory kept."""
        assert self._process is not None
        return (
            self.answers >= self.limits.requests
            or self._process.resident() > 0.7 * self.limits.memory
        )

    async def stop(self) -> None:
        """End the process and forget its folder."""
        self.alive = False
        if self._process:
            await self._process.kill()
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(AttributeError):
            self._writer.close()
        shutil.rmtree(self._channel, ignore_errors=True)
