# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The supervisor: keeps workers warm and gives them jobs."""

import asyncio
import logging
import time
from collections import Counter, OrderedDict
from typing import Any

from demos_exec.pool.documents import Documents
from demos_exec.pool.jobs import LONG, SHORT, Job
from demos_exec.pool.limits import JobLimits
from demos_exec.pool.logs import CappedLog
from demos_exec.pool.worker import Launcher, Worker, WorkerFailed, remove_folders

log = logging.getLogger(__name__)

UPKEEP_SECONDS = 2.0
KEEP_SECONDS = 900.0
KEEP_BYTES = 256 * 1024 * 1024
MAX_QUEUE = 1000
MAX_QUEUE_OF_AN_OWNER = 100
MAX_BOOT_DELAY = 30.0


class QueueFull(Exception):
    """More jobs wait than the pool takes."""


class Supervisor:
    """Warm workers and a queue.

    Args:
        launcher: starts workers.
        size: how many work at once.
    """

    def __init__(self, launcher: Launcher, size: int) -> None:
        self.launcher = launcher
        self.size = size
        self.documents = Documents()
        self.jobs: OrderedDict[str, Job] = OrderedDict()
        self.queue: list[Job] = []
        self.workers: list[Worker] = []
        self.finished = 0
        self.replaced = 0
        self.began = time.time()
        self._starting = 0
        self._boot_delay = 0.0
        self._trouble: str | None = None
        self._tasks: set[asyncio.Task] = set()

    async def run(self) -> None:
        """Keep workers until cancelled."""
        try:
            while True:
                self._fill()
                await asyncio.sleep(UPKEEP_SECONDS)
                await self._upkeep()
        finally:
            await asyncio.gather(*(w.stop() for w in self.workers), return_exceptions=True)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fill(self) -> None:
        """Start what is missing: one worker at rest, as many as there is work for otherwise."""
        alive = len(self.workers) + self._starting
        busy = sum(w.job is not None for w in self.workers)
        for _ in range(min(self.size, max(1, busy + len(self.queue))) - alive):
            self._starting += 1
            self._spawn(self._start())

    async def warm(self) -> None:
        """Remove what an earlier pool left; start all workers, before the first job comes."""
        removed = await self.launcher.clean()
        if removed:
            log.info("removed %d workers of an earlier pool", removed)
        remove_folders(self.launcher.site)
        for _ in range(self.size - len(self.workers) - self._starting):
            self._starting += 1
            self._spawn(self._start())

    async def _start(self) -> None:
        worker = Worker(self.launcher)
        try:
            await asyncio.sleep(self._boot_delay)
            await worker.start()
            self._boot_delay, self._trouble = 0.0, None
            self.workers.append(worker)
        except (WorkerFailed, OSError) as error:
            self._boot_delay = min(MAX_BOOT_DELAY, 2 * self._boot_delay + 1)
            self._trouble = str(error)
            log.error("%s", error)
        finally:
            self._starting -= 1
        self._dispatch()

    def submit(
        self,
        job_id: str,
        request: bytes,
        documents: list[str],
        limits: JobLimits,
        *,
        lane: str,
        owner: str = "",
    ) -> Job:
        """Take a job; one that is known already is the same job.

        Args:
            job_id: chosen by the sender.
            request: what the worker gets, as JSON.
            documents: digests of what it is about; the pool must hold them.
            limits: of this job.
            lane: ``short`` or ``long``.
            owner: who the job belongs to.

        Returns:
            The job.

        Raises:
            QueueFull: if too many wait, of this owner or of all.
        """
        known = self.jobs.get(job_id)
        if known:
            return known
        waiting = sum(j.owner == owner for j in self.queue)
        if len(self.queue) >= MAX_QUEUE or (owner and waiting >= MAX_QUEUE_OF_AN_OWNER):
            raise QueueFull
        log_cap = self.launcher.limits.log_bytes
        job = Job(job_id, request, documents, limits, CappedLog(log_cap), lane, owner)
        self.jobs[job_id] = job
        self.queue.append(job)
        self._dispatch()
        return job

    def cancel(self, job: Job) -> None:
        """End a job, queued or running.

        Args:
            job: the job.
        """
        if job in self.queue:
            self.queue.remove(job)
            job.finish({"status": "dismissed", "reason": "cancelled", "message": "Cancelled."})
        job.cancelled.set()

    def position(self, job: Job) -> int | None:
        """Tell how many jobs are before this one.

        Args:
            job: the job.

        Returns:
            0 for the next one, None if it does not wait.
        """
        return self.order().index(job) if job in self.queue else None

    def forget(self, job_id: str) -> None:
        """Drop a finished job: its sender has the result.

        Args:
            job_id: the job.
        """
        job = self.jobs.get(job_id)
        if job and job.state == "done":
            del self.jobs[job_id]

    def order(self) -> list[Job]:
        """Return the waiting jobs in the order in which they are given to workers.

        Owners take turns: the owner with the fewest running jobs comes first, and of each owner
        the job that came first. Whoever sends many jobs waits for others after each of them.

        Returns:
            The jobs.
        """
        turns = Counter(w.job.owner for w in self.workers if w.job is not None)
        placed = []
        for number, job in enumerate(self.queue):
            placed.append((turns[job.owner], number, job))
            turns[job.owner] += 1
        return [job for _, _, job in sorted(placed, key=lambda one: one[:2])]

    def _dispatch(self) -> None:
        """Give waiting jobs to idle workers."""
        self._bury()
        long_running = sum(w.job is not None and w.job.lane == LONG for w in self.workers)
        for job in self.order():
            # One worker stays free for short jobs, so that nobody's long job makes others wait.
            if job.lane == LONG and long_running >= max(1, self.size - 1):
                continue
            idle = [w for w in self.workers if w.idle]
            if not idle:
                break
            needs = set(job.documents)
            worker = max(idle, key=lambda w: (len(needs & w.held), -w.idle_since))
            self.queue.remove(job)
            long_running += job.lane == LONG
            worker.job, job.state, job.started = job, "running", time.time()
            self._spawn(self._work(worker, job))
        self._fill()

    def _bury(self) -> None:
        """Drop workers that ended while idle: a job given to them would count as lost."""
        for worker in [w for w in self.workers if w.ended]:
            self._drop(worker)
            self.replaced += 1

    def _drop(self, worker: Worker) -> None:
        worker.alive = False
        self.workers.remove(worker)
        self._spawn(worker.stop())

    async def _work(self, worker: Worker, job: Job) -> None:
        try:
            await worker.run(job, self.documents)
        except Exception:
            log.exception("job %s", job.id)
            job.fail("system_error", "The pool failed; its log has the details.")
            await worker.stop()
        self.finished += 1
        if not worker.alive:
            self.workers.remove(worker)
            self.replaced += 1
        self._dispatch()

    async def _upkeep(self) -> None:
        self._bury()
        now = time.monotonic()
        rest = [w for w in self.workers if w.idle]
        for worker in rest:
            tired = now - worker.idle_since > self.launcher.limits.idle_seconds
            if worker.worn or (tired and len(self.workers) > 1):
                self._drop(worker)
        held = 0
        for job in reversed(list(self.jobs.values())):
            held += len(job.result)
            old = job.finished is not None and time.time() - job.finished > KEEP_SECONDS
            if job.state == "done" and (old or held > KEEP_BYTES):
                del self.jobs[job.id]

    def describe(self) -> dict[str, Any]:
        """Say how the pool is.

        Returns:
            Backend, workers, queue, counters.
        """
        lanes = {lane: sum(j.lane == lane for j in self.queue) for lane in (SHORT, LONG)}
        return {
            "backend": self.launcher.describe(),
            "workers": {
                "size": self.size,
                "ready": sum(w.idle for w in self.workers),
                "busy": sum(w.job is not None for w in self.workers),
                "replaced": self.replaced,
            },
            "queue": lanes,
            # Jobs that come wait; while no worker can be started they wait in vain.
            "trouble": None if self.workers else self._trouble,
            "finished": self.finished,
            "document_bytes": self.documents.bytes,
            "memory_limit": self.launcher.limits.memory,
            "began": self.began,
        }
