# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Foreign containers: one that keeps to the contract, and twenty that try to get away."""

import os
import time
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import WORKER_IMAGE
from demos_exec import config
from demos_exec.backends import Job
from demos_exec.backends.docker import DockerBackend

HOST = os.environ.get("DEMOS_EXEC_DOCKER_HOST")
REQUIRED = os.environ.get("DEMOS_REQUIRE_DOCKER") == "1"
ROOT = Path(__file__).resolve().parents[3]
BASE = WORKER_IMAGE
"""It has a Python to attack with, and a shell."""
MIB = 1024 * 1024

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def backend():
    found = DockerBackend(
        {
            "DEMOS_EXEC_DOCKER_HOST": HOST,
            "DEMOS_EXEC_POOL_SOCKET": f"/tests/{uuid4()}",
            "DEMOS_EXEC_IMAGE_MAX_BYTES": 10**9,
            "DEMOS_EXEC_LIMITS": {
                **config.DEMOS_EXEC_LIMITS,
                "memory": 64 * MIB,
                "pids": 32,
                "disk_bytes": 32 * MIB,
                "result_bytes": 64 * 1024,
                "result_files": 4,
            },
        }
    )
    described = found.describe()
    if not described["available"]:
        if REQUIRED:
            pytest.fail(f"a Docker Engine is required: {described['message']}")
        pytest.skip(f"no Docker Engine: {described['message']}")
    return found


@pytest.fixture(scope="module")
def hostile(backend):
    """Give the image of hostile scripts: it runs whatever its request holds."""
    import io

    from docker.errors import ImageNotFound

    try:
        backend.client.images.get(BASE)
    except ImageNotFound:
        (pytest.fail if REQUIRED else pytest.skip)(f"the base image {BASE} is not built")
    recipe = f"""
FROM {BASE}
USER root
ENV PYTHONPATH=
RUN printf '%s\\n' 'import json' \\
    'exec(json.load(open("/demos/in/request.json"))["code"])' > /run.py && chmod 755 /run.py
ENTRYPOINT ["python3", "/run.py"]
"""
    image, _ = backend.client.images.build(fileobj=io.BytesIO(recipe.encode()), network_mode="none")
    return image.id


@pytest.fixture
def attack(backend, hostile):
    """Run code in a container; give the state it ended in."""
    handles = []

    def run(code, wall=20, **limits):
        handle = f"demos-run-{uuid4()}-1"
        handles.append(handle)
        limits = {**backend.limits, "wall_seconds": wall, **limits}
        return backend.start(
            Job(handle, {"code": code}, {}, limits, "long", hostile), wait=wall + 20
        )

    yield run
    for handle in handles:
        backend.clean(handle)
        assert handle not in backend.handles()


WRITE = "open('/demos/out/result.json', 'w').write"
GOOD = f"{WRITE}('{{\"x\": 1}}')"


def reason(state):
    assert state.state == "done", state
    return state.outcome.get("reason")


def test_a_good_container_gives_its_result_files_and_log(attack):
    state = attack(f"print('hello'); {GOOD}; open('/demos/out/plot.txt', 'w').write('p')")
    assert state.outcome["status"] == "successful"
    assert (state.result, state.files) == (b'{"x": 1}', {"plot.txt": b"p"})
    assert "hello" in state.log
    assert state.sandbox["network"] == "none"


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("import socket; socket.create_connection(('1.1.1.1', 80), 3)", "unreachable"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "resolution"),
        ("open('/usr/x', 'w')", "Read-only"),
        ("open('/demos/in/request.json', 'w')", "ermi"),
        ("open('/tmp/x', 'wb').write(bytes(80 << 20))", "No space|too large"),
        ("import os; os.mknod('/tmp/d', 0o60600, os.makedev(8, 0))", "ermi"),
        ("import os; os.chroot('/tmp')", "ermi"),
        ("import os; os.setuid(0)", "ermi"),
        ("assert open('/proc/kcore', 'rb').read(1), 'masked'", "masked|ermi|No such"),
        ("open('/proc/sysrq-trigger', 'w').write('b')", "Read-only|ermi|No such"),
        ("open('/etc/shadow').read()", "ermi"),
        ("open('/var/run/docker.sock')", "No such"),
        (
            "import ctypes; c = ctypes.CDLL(None, use_errno=True);"
            "import os; r = c.mount(b'n', b'/tmp', b'tmpfs', 0, None);"
            "raise OSError(os.strerror(ctypes.get_errno())) if r else SystemExit(0)",
            "ermi",
        ),
        (
            "import ctypes; c = ctypes.CDLL(None, use_errno=True);"
            "import os; r = c.unshare(0x10000000);"
            "raise OSError(os.strerror(ctypes.get_errno())) if r else SystemExit(0)",
            "ermi",
        ),
    ],
)
def test_no_door_leads_out(attack, code, word):
    state = attack(code)
    assert reason(state) == "nonzero_exit"
    assert any(w in state.log for w in word.split("|")), state.log


def test_it_has_no_privileges_and_no_secret(attack, monkeypatch):
    monkeypatch.setenv("INVENIO_SECRET_KEY", "hunter2")
    state = attack(f"import os; print(open('/proc/self/status').read(), dict(os.environ)); {GOOD}")
    assert "hunter2" not in state.log
    status = dict(line.split(":\t", 1) for line in state.log.splitlines() if ":\t" in line)
    for name in ("CapEff", "CapPrm", "CapBnd"):
        assert int(status[name], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert status["Uid"].split()[0] == "65534"


def test_too_much_memory(attack):
    assert reason(attack("x = bytearray(300 << 20); x[::4096] = b'1' * len(x[::4096])")) == (
        "out_of_memory"
    )


def test_a_fork_bomb(attack):
    state = attack(
        "import os, time\ntry:\n while True:\n  if not os.fork(): time.sleep(60)\n"
        f"except BlockingIOError: {GOOD}\nos._exit(0)"
    )
    assert state.outcome["status"] == "successful"


def test_an_endless_loop(attack):
    began = time.monotonic()
    assert reason(attack("while True: pass", wall=2)) == "timeout"
    assert time.monotonic() - began < 20


def test_ignoring_signals_does_not_help(attack):
    code = "import signal, time\nfor s in (15, 2, 1): signal.signal(s, signal.SIG_IGN)\n"
    assert reason(attack(code + "time.sleep(600)", wall=2)) == "timeout"


def test_a_flood_of_output(attack):
    state = attack("while True: print('x' * 1000)", wall=30)
    assert reason(state) == "log_flood"
    assert len(state.log) <= 200_000 and state.log_truncated


def test_a_full_disk(attack):
    code = (
        "n = 0\nimport time\nwhile True:\n open(f'/demos/out/{n}', 'wb').write(bytes(4 << 20));"
        " n += 1; time.sleep(0.05)"
    )
    assert reason(attack(code, wall=30)) == "output_too_large"


def test_a_huge_file(attack):
    state = attack("open('/demos/out/x', 'wb').write(bytes(80 << 20))")
    assert reason(state) in ("nonzero_exit", "output_too_large")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import os; os.symlink('/etc/passwd', '/demos/out/result.json')", "invalid_output"),
        ("import os; os.mkfifo('/demos/out/result.json')", "invalid_output"),
        (f"{GOOD}; import os; os.link('/demos/out/result.json', '/demos/out/b')", "invalid_output"),
        ("[open(f'/demos/out/{i}', 'w') for i in range(50)]", "output_too_large"),
        (f"{WRITE}('[' + '1,' * 100000 + '1]')", "output_too_large"),
        (f"{WRITE}('[' * 60000)", "invalid_output"),
        (f"{WRITE}('{{\"x\": NaN}}')", "invalid_output"),
        (f"{WRITE}('[1]')", "invalid_output"),
        ("pass", "no_output"),
        (f"{GOOD}; raise SystemExit(3)", "nonzero_exit"),
        ("raise SystemExit(2)", "invalid_input"),
        ("import os; os.kill(os.getpid(), 9)", "nonzero_exit"),
    ],
)
def test_a_wrong_end_is_named(attack, code, why):
    assert reason(attack(code)) == why


def test_a_cancelled_container_is_gone_even_while_it_floods(backend, hostile):
    handle = f"demos-run-{uuid4()}-1"
    limits = {**backend.limits, "wall_seconds": 60}
    code = {"code": "while True: print('x' * 1000)"}
    backend.start(Job(handle, code, {}, limits, "long", hostile))
    began = time.monotonic()
    assert backend.cancel(handle).outcome["reason"] == "cancelled"
    assert handle not in backend.handles()
    assert time.monotonic() - began < 15
    assert backend.poll(handle).state == "unknown"


def test_an_attempt_started_twice_is_one_container(backend, hostile):
    handle = f"demos-run-{uuid4()}-1"
    limits = {**backend.limits, "wall_seconds": 60}
    job = Job(handle, {"code": "import time; time.sleep(600)"}, {}, limits, "long", hostile)
    try:
        assert backend.start(job).state == "running"
        assert backend.start(job).state == "running"
        assert backend.handles().count(handle) == 1
    finally:
        backend.clean(handle)


def test_the_example_model_gives_the_exact_number(backend, tmp_path):
    import json
    from math import exp, factorial

    image, _ = backend.client.images.build(
        path=str(ROOT / "docker" / "example-model"),
        buildargs={"BASE": BASE},
        network_mode="none",
    )
    from demos_exec.runtimes.inspection import LABEL, interface_of

    interface = interface_of(image.labels[LABEL])
    example = interface["examples"][0]
    handle = f"demos-run-{uuid4()}-1"
    limits = {**backend.limits, "wall_seconds": 30}
    try:
        state = backend.start(Job(handle, example, {}, limits, "long", image.id), wait=30)
    finally:
        backend.clean(handle)
    assert state.outcome["status"] == "successful", state

    def below(mean, n):
        return sum(exp(-mean) * mean**k / factorial(k) for k in range(n + 1))

    assert json.loads(state.result)["CLs_obs"] == pytest.approx(below(7.2, 3) / below(3.2, 3))
