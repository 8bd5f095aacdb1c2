# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the pool does with jobs, and with workers that misbehave."""

import asyncio
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import TWO_BIN
from demos_exec.backends.pool import PoolBackend
from demos_exec.pool.client import PoolUnavailable
from demos_exec.pool.limits import WorkerLimits
from demos_exec.pool.memory import descendants
from demos_exec.pool.supervisor import Supervisor

MODEL = json.dumps(TWO_BIN).encode()
CLS = {"test_poi": 1.0, "test_stat": "qtilde", "calculator": "asymptotic", "engine": "demos"}
ENDLESS = {**CLS, "calculator": "toys", "toys": 10**7, "seed": 1, "engine": "pyhf"}


def submit(pool, parameters=CLS, *, job=None, wait=30.0, lane="short", limits=None, model=MODEL):
    digest = str(hash(model))
    request = {
        "operation": "cls",
        "inputs": {},
        "parameters": parameters,
        "model": {"digest": digest},
    }
    return pool.client.submit(
        job or str(uuid4()),
        json.dumps(request).encode(),
        {digest: lambda _: model},
        limits=limits or {},
        lane=lane,
        wait=wait,
    )


def workers(pool):
    """Process ids of the pool's Python workers."""
    found = []
    for pid in descendants(pool.process.pid):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"demos_exec.worker" in line and b"bwrap" not in line:
            found.append(pid)
    return found


def test_a_job_sent_twice_is_one_job(pool):
    job = str(uuid4())
    first, text = submit(pool, job=job)
    second, again = submit(pool, ENDLESS, job=job)
    assert first["outcome"]["status"] == "successful"
    assert (second["started"], again) == (first["started"], text)


def test_a_cancelled_job_ends_at_once_and_the_pool_goes_on(pool):
    job = str(uuid4())
    submit(pool, ENDLESS, job=job, wait=0)
    state, _ = pool.client.cancel(job, wait=10)
    assert state["outcome"]["reason"] == "cancelled"
    assert submit(pool)[0]["outcome"]["status"] == "successful"


def test_a_job_past_its_time_is_ended(pool):
    state, _ = submit(pool, ENDLESS, limits={"wall_seconds": 0.3})
    assert state["outcome"]["reason"] == "timeout"


def test_a_result_that_is_too_large_is_refused(pool):
    state, text = submit(pool, limits={"result_bytes": 10})
    assert (state["outcome"]["reason"], text) == ("output_too_large", b"")


@pytest.mark.parametrize(
    "model", [b"", b"[]", b"{", b"null", b'{"channels": 7}', b"[" * 100000, b'{"a": NaN}']
)
def test_a_model_that_is_none_is_refused_by_name(pool, model):
    state, _ = submit(pool, model=model)
    assert state["outcome"]["reason"] == "invalid_input"


def test_an_ended_worker_is_named_and_replaced(own_pool):
    pool = own_pool("--size", "1")
    job = str(uuid4())
    submit(pool, ENDLESS, job=job, wait=0)
    (worker,) = workers(pool)
    os.kill(worker, signal.SIGKILL)
    state, _ = pool.client.poll(job, wait=20)
    assert state["outcome"]["reason"] == "worker_lost"
    assert submit(pool)[0]["outcome"]["status"] == "successful"
    assert pool.client.status()["workers"]["replaced"] == 1


def test_no_job_is_given_to_a_worker_that_ended_while_idle(own_pool):
    pool = own_pool("--size", "1")
    assert submit(pool)[0]["outcome"]["status"] == "successful"
    (worker,) = workers(pool)
    os.kill(worker, signal.SIGKILL)
    end = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert submit(pool)[0]["outcome"]["status"] == "successful"
    assert pool.client.status()["workers"]["replaced"] == 1


class Broken:
    """Starts no worker, as where the kernel allows no sandbox."""

    name = "local"
    limits = WorkerLimits()
    site = "broken"

    def describe(self):
        return {"name": self.name}

    async def launch(self, channel):
        raise OSError("no sandbox")


def test_a_pool_that_can_start_no_worker_is_not_available(monkeypatch):
    supervisor = Supervisor(Broken(), 1)
    assert supervisor.describe()["trouble"] is None
    supervisor._starting += 1
    asyncio.run(supervisor._start())
    assert "no sandbox" in supervisor.describe()["trouble"]
    backend = PoolBackend("/nowhere")
    monkeypatch.setattr(backend._client, "status", supervisor.describe)
    described = backend.describe()
    assert described["available"] is False
    assert "no sandbox" in described["message"]


def test_too_much_memory_is_named(own_pool):
    pool = own_pool("--size", "1", "--memory-mib", "90")
    state, _ = submit(pool, {**CLS, "engine": "pyhf"})  # its imports alone need more
    assert state["outcome"]["reason"] == "out_of_memory"
    assert submit(pool)[0]["outcome"]["status"] == "successful"


def test_long_jobs_leave_room_for_short_ones(own_pool):
    pool = own_pool("--size", "2")
    for _ in range(4):
        submit(pool, ENDLESS, lane="long", wait=0)
    assert submit(pool)[0]["outcome"]["status"] == "successful"
    assert pool.client.status()["queue"]["long"] == 3


def test_a_waiting_job_knows_its_place_and_can_be_cancelled(own_pool):
    pool = own_pool("--size", "1")
    submit(pool, ENDLESS, wait=0)
    jobs = [str(uuid4()) for _ in range(3)]
    places = [submit(pool, job=job, wait=0)[0]["queue_position"] for job in jobs]
    assert places == [0, 1, 2]
    assert pool.client.cancel(jobs[0])[0]["outcome"]["reason"] == "cancelled"
    assert pool.client.poll(jobs[2])[0]["queue_position"] == 1


def test_nothing_is_left_of_a_pool_that_was_killed(own_pool):
    pool = own_pool("--size", "2")
    submit(pool, ENDLESS, wait=0)
    pids = workers(pool)
    assert pids
    pool.kill()
    end = time.monotonic() + 20
    while any(Path(f"/proc/{p}").exists() for p in pids) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{p}").exists() for p in pids)
    with pytest.raises(PoolUnavailable):
        pool.client.status()
    pool.start()
    assert submit(pool)[0]["outcome"]["status"] == "successful"


def test_many_callers_at_once(pool):
    found = []

    def call():
        for _ in range(10):
            found.append(submit(pool)[0]["outcome"]["status"])

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["successful"] * 80


@pytest.mark.parametrize("frame", [b"\0" * 8, b"\xff" * 64, b"\0\0\0\2\0\0\0\0[]", b"x"])
def test_noise_on_the_socket_harms_nobody(pool, frame):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(pool.socket))
        connection.sendall(frame)
    assert pool.client.status()["workers"]["size"] == 2


def test_models_stay_compiled_between_requests(own_pool):
    pool = own_pool("--size", "1")
    first, _ = submit(pool)
    worker = workers(pool)
    for _ in range(5):
        submit(pool)
    assert workers(pool) == worker
    assert pool.client.status()["document_bytes"] == len(MODEL)
    assert first["outcome"]["status"] == "successful"
