# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`make status` tells what answers from what does its work."""

import json
import socket
import struct
import threading
import time
from types import SimpleNamespace

import pytest
from demos_ops import status
from demos_ops.programs import Program, exec_pool

RUNNING = {"statename": "RUNNING", "pid": 0, "start": int(time.time())}


@pytest.fixture
def pool(tmp_path):
    """A pool's socket that answers every call with what the test wants to be said."""
    said = {}
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "exec-pool.sock"))
    server.listen()

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                size, _ = struct.unpack(">II", stream.read(8))
                stream.read(size)
                answer = json.dumps(said).encode()
                connection.sendall(struct.pack(">II", len(answer), 0) + answer)

    thread = threading.Thread(target=serve)
    thread.start()
    instance = SimpleNamespace(run=tmp_path)
    yield SimpleNamespace(
        said=said,
        program=Program(
            "exec-pool",
            ("pool",),
            probe=lambda: exec_pool.probe(instance),
            trouble=lambda: exec_pool.trouble(instance),
        ),
    )
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_pool_that_starts_no_worker_answers_and_is_not_well(pool):
    pool.said["trouble"] = "A worker did not start: no user namespaces"
    health = status.look(pool.program, RUNNING).health
    assert health == "no run can start: A worker did not start: no user namespaces"
    pool.program.probe()  # a new start would not help it


@pytest.mark.parametrize("said", [{"trouble": None}, {}])
def test_a_pool_without_trouble_is_well(pool, said):
    pool.said.update(said)
    assert status.look(pool.program, RUNNING).health == "ok"
