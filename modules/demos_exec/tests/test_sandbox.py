# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The sandbox is attacked from inside: each case says what must not be possible."""

import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from demos_exec.pool import sandbox, seccomp
from demos_exec.pool.cgroups import Cgroup, available
from demos_exec.pool.limits import WorkerLimits

USER = 61999
OWN = pytest.param(
    USER,
    marks=pytest.mark.skipif(
        not sandbox.unprivileged(), reason="only root can start a worker as another user"
    ),
)


def line_of(channel, code, **options):
    """Return the command of a sandbox in which code runs in place of the worker."""
    line = sandbox.command(channel, tmp_bytes=8 * 1024 * 1024, **options)
    return [*line[: line.index("-m")], "-c", code]


@pytest.fixture(params=[None, OWN], ids=["user namespace", "own user"])
def user(request):
    return request.param


@pytest.fixture
def inside(tmp_path, user):
    """Run Python code where a worker runs; return the finished process."""

    def run(code, timeout=30, **options):
        calls = seccomp.open_program()
        try:
            return subprocess.run(
                line_of(tmp_path, code, user=user, seccomp=calls),
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
                pass_fds=(calls,),
                **options,
            )
        finally:
            os.close(calls)

    return run


def refused(process, *words):
    assert process.returncode != 0, process.stdout
    assert any(w in process.stderr for w in words), process.stderr
    return True


def test_the_worker_finds_what_it_needs(inside):
    assert inside("import demos_exec.worker.program as p; p.warm(); print(1)").stdout == "1\n"


def test_there_is_no_network(inside):
    code = "import socket; socket.create_connection(('127.0.0.1', 22), 2)"
    assert refused(inside(code), "Address family not supported")
    names = inside("import os; print(open('/proc/net/dev').read().count(':'))")
    assert names.stdout in ("0\n", "1\n")  # the loopback device


@pytest.mark.parametrize("place", ["/", "/usr", "/demos/lib", "/demos/run", "/etc"])
def test_nothing_can_be_written_but_tmp(inside, place):
    code = f"open('{place}/x', 'w')"
    assert refused(inside(code), "Read-only", "Permission denied", "No such file")


def test_the_temporary_folder_is_small(inside):
    code = "f = open('/tmp/x', 'wb')\nfor _ in range(64): f.write(bytes(1 << 20)); f.flush()"
    assert refused(inside(code), "No space left")


def test_nothing_of_the_portal_is_to_be_seen(inside):
    root = Path(__file__).resolve().parents[3]
    places = [str(root), str(Path.home() / ".ssh"), "/etc/passwd", "/var", "/home", "/srv"]
    code = f"import os; print([p for p in {places} if os.path.exists(p)])"
    assert inside(code).stdout == "[]\n"


def test_no_secret_is_in_the_environment(inside):
    secret = {**os.environ, "INVENIO_SECRET_KEY": "hunter2"}
    found = inside("import os; print(dict(os.environ))", env=secret).stdout
    assert "hunter2" not in found
    code = "import os; print([p for p in os.listdir('/proc') if p.isdigit()])"
    # Its own processes alone: no other's environment can be read.
    assert len(eval(inside(code, env=secret).stdout)) <= 3


def test_there_are_no_capabilities_and_no_new_privileges(inside, user):
    status = dict(
        line.split(":\t", 1)
        for line in inside("print(open('/proc/self/status').read())").stdout.splitlines()
        if ":\t" in line
    )
    for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert set(status["Uid"].split()) == {str(user or 65534)}
    assert status["Groups"].split() in ([], ["65534"])


def test_outside_it_is_nobody_too(inside, user):
    """A file that it leaves, or a process that it starts, belongs to a user without rights."""
    if user is None:
        pytest.skip("in a user namespace the pool's own user is nobody")
    place = Path("/tmp") / f"demos-test-{os.getpid()}"
    place.mkdir(mode=0o700)
    try:
        code = f"import os; os.stat('/proc/1/root{place}')"
        assert inside(code).returncode != 0
    finally:
        place.rmdir()


CALL = "import ctypes, os; c = ctypes.CDLL(None, use_errno=True);"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("c.unshare(0x10000000)", "ENOSYS"),  # a user namespace
        ("c.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)", "EPERM"),
        ("c.ptrace(0, 0, 0, 0)", "ENOSYS"),
        ("c.syscall(425, 1, 0)", "ENOSYS"),  # io_uring_setup
        ("c.syscall(321, 0, 0, 0)", "ENOSYS"),  # bpf
        ("c.syscall(250, 0, 0, 0)", "ENOSYS"),  # keyctl
        ("c.syscall(310, 1, 0, 0, 0, 0, 0)", "ENOSYS"),  # process_vm_readv
        ("c.socket(2, 1, 0)", "EAFNOSUPPORT"),
        ("c.socket(16, 3, 0)", "EAFNOSUPPORT"),
        ("c.ioctl(0, 0x5412, b'x')", "ENOTTY"),  # TIOCSTI
    ],
)
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are x86_64's")
def test_what_a_worker_does_not_need_the_kernel_does_not_do(inside, call, error):
    code = f"{CALL} import errno; r = {call}; print(r, errno.errorcode.get(ctypes.get_errno()))"
    assert inside(code).stdout == f"-1 {error}\n"


def test_calls_of_the_other_table_end_the_process(inside):
    if platform.machine() != "x86_64":
        pytest.skip("x86_64 alone has two tables")
    killed = 128 + signal.SIGSYS
    assert inside(f"{CALL} c.syscall(0x40000000 + 39)").returncode == killed


def test_limits_of_the_kernel_hold(inside, user):
    def limit():
        sandbox.set_limits(WorkerLimits(memory=256 << 20, pids=24), user)

    code = "import resource as r; print([r.getrlimit(x)[1] for x in (4, 7, 8, 12)])"
    assert inside(code, preexec_fn=limit).stdout == "[0, 256, 0, 0]\n"
    big = "x = open('/tmp/x', 'wb'); x.truncate(65 << 20)"
    assert refused(inside(big, preexec_fn=limit), "File too large")
    much = "import mmap; mmap.mmap(-1, 6 << 30)"
    assert refused(inside(much, preexec_fn=limit), "Cannot allocate memory")
    if user is not None:
        threads = (
            "import threading, time\n"
            "for _ in range(64):\n"
            "    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"
        )
        assert refused(inside(threads, preexec_fn=limit), "can't start new thread")


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.mknod('/tmp/d', 0o60600, os.makedev(8, 0))",
        "import os; os.chroot('/tmp')",
        "import os; os.setuid(0)",
        "import ctypes; c = ctypes.CDLL(None, use_errno=True);"
        "assert c.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0, ctypes.get_errno()",
        "import os; os.kill(1, 9); import time; time.sleep(1); raise SystemExit(1)",
        "open('/proc/sysrq-trigger', 'w').write('b')",
        "open('/dev/sda')",
        "open('/proc/kcore', 'rb').read(1)",
        "import socket; socket.sethostname('x')",
    ],
)
def test_no_door_leads_out(inside, code):
    process = inside(code)
    assert process.returncode != 0, process.stdout


def test_a_big_file_is_stopped(tmp_path):
    # The limit is set by the launcher between fork and exec.
    code = "f = open('/dev/shm/x', 'wb')\nfor _ in range(128): f.write(bytes(1 << 20))"
    line = line_of(tmp_path, code)

    def limit():
        sandbox.set_limits(WorkerLimits(), None)

    done = subprocess.run(line, capture_output=True, timeout=30, preexec_fn=limit, check=False)
    assert done.returncode != 0


needs_cgroups = pytest.mark.skipif(not available(), reason="no control group can be made here")


@needs_cgroups
def test_a_fork_bomb_stays_small(inside):
    group = Cgroup(f"demos-test-{os.getpid()}", 256 << 20, 32)
    code = (
        "import os, time\n"
        "children = []\n"
        "try:\n"
        "    while True:\n"
        "        pid = os.fork()\n"
        "        if not pid: time.sleep(60); os._exit(0)\n"
        "        children.append(pid)\n"
        "except BlockingIOError: print(len(children), flush=True)\n"
        "os._exit(0)\n"
    )
    try:
        process = inside(code, preexec_fn=group.enter)
        assert 0 < int(process.stdout) < 32
    finally:
        time.sleep(0.2)
        group.remove()


@needs_cgroups
def test_too_much_memory_ends_the_worker_and_is_named(inside):
    group = Cgroup(f"demos-test-{os.getpid()}", 64 << 20, 32)
    try:
        process = inside(
            "x = bytearray(200 << 20); x[::4096] = b'1' * len(x[::4096])", preexec_fn=group.enter
        )
        assert process.returncode != 0
        assert group.out_of_memory()
    finally:
        time.sleep(0.2)
        group.remove()


def test_the_sandbox_dies_with_whoever_started_it(tmp_path, user):
    line = line_of(tmp_path, "import time; time.sleep(987)", user=user)
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run({line!r})"]
    )
    end = time.monotonic() + 20
    while not _sleepers() and time.monotonic() < end:
        time.sleep(0.05)
    assert _sleepers()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 20
    while _sleepers() and time.monotonic() < end:
        time.sleep(0.05)
    assert not _sleepers()


def _sleepers():
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if (
            b"import time; time.sleep(987)" in words
            and b"--connect" not in words
            and b"bwrap" not in words[0]
        ):
            found.append(place)
    return found
