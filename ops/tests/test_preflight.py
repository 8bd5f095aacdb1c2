# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What stands in the way is told in one line before anything is begun."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from demos_ops import chroot, lock, ports, preflight
from demos_ops.errors import OpsError
from demos_ops.instance import ROOT, Instance
from demos_ops.programs import programs


def deny(path):
    raise PermissionError(path)


def test_a_taken_port_is_named_with_who_has_it(instance):
    with (
        socket.create_server(("127.0.0.1", instance.ports["redis"])),
        pytest.raises(OpsError) as failure,
    ):
        preflight.check_ports(instance, programs(instance))
    line = str(failure.value)
    assert f"port {instance.ports['redis']} (redis) is taken by" in line
    assert f"(process {os.getpid()})" in line
    assert "DEMOS_PORT_BASE" in line


def test_free_ports_pass(instance):
    preflight.check_ports(instance, programs(instance))


def test_a_port_on_ipv6_is_seen():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        assert ports.listener(server.getsockname()[1])[0] == os.getpid()


def test_the_folder_of_another_user_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("demos_ops.envfile.read", deny)
    with pytest.raises(OpsError, match=f"belongs to {tmp_path.owner()}: run this as"):
        Instance.here({"DEMOS_VAR": str(tmp_path)})


def test_a_full_disk_is_named(instance):
    with pytest.raises(OpsError, match=r"MB left and .* needed"):
        preflight.check_disk(instance, needed=10**18)


def test_a_closed_folder_is_found(tmp_path):
    closed = tmp_path / "closed"
    (closed / "var").mkdir(parents=True)
    tmp_path.chmod(0o755)
    closed.chmod(0o700)
    assert preflight.closed_folder(closed / "var" / "not yet there") in (closed, *closed.parents)
    assert preflight.closed_folder(closed / "var") is not None


def test_two_at_once_are_told_apart(tmp_path):
    busy = pytest.raises(OpsError, match=rf"`make up \(process {os.getpid()}\)` is already")
    with lock.exclusive(tmp_path, "up"), busy, lock.exclusive(tmp_path, "down"):
        pass
    with lock.exclusive(tmp_path, "down"):
        pass


def test_the_lock_goes_with_a_killed_process(tmp_path):
    code = (
        "import sys, pathlib; from demos_ops import lock\n"
        "with lock.exclusive(pathlib.Path(sys.argv[1]), 'up'): print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        env={"PYTHONPATH": str(ROOT / "ops")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.communicate()
    with lock.exclusive(tmp_path, "up"):
        pass


def test_bootstrap_without_root_and_sudo_says_what_to_do(tmp_path):
    """A machine without Python, seen by a user who may install nothing."""
    (tmp_path / "bin").mkdir()
    for name, script in {"apt-get": "exit 1", "id": "echo 1000"}.items():
        command = tmp_path / "bin" / name
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ROOT / "ops" / "bootstrap.sh"],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no root and no sudo" in done.stderr
    assert "apt-get install python3" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_chroot_without_mounted_root_is_recognised(tmp_path):
    (tmp_path / "plain").write_text("proc /proc proc rw 0 0\n")
    (tmp_path / "machine").write_text("/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n")
    assert not chroot.is_mounted(Path("/"), tmp_path / "plain")
    assert chroot.is_mounted(Path("/"), tmp_path / "machine")
