# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What an engine has lost sight of is ended with the portal, and nobody else's."""

import subprocess
import time

from demos_ops import processes
from demos_ops.programs.exec_dockerd import end_containers


def shim(folder):
    """Start what looks like a container's shim, with a process in the container."""
    words = ["/usr/bin/containerd-shim-runc-v2", "-c", "sleep 60 & wait", str(folder)]
    process = subprocess.Popen(words, executable="/bin/sh", start_new_session=True)
    while len(processes.descendants(process.pid)) < 2:
        time.sleep(0.01)
    return process


def test_containers_that_outlived_their_engine_are_ended(tmp_path):
    ours, others = shim(tmp_path / "ours"), shim(tmp_path / "others")
    inside = processes.descendants(ours.pid)[1]
    try:
        end_containers(tmp_path / "ours")
        assert ours.wait(timeout=10) != 0
        assert inside not in {one.pid for one in processes.table()}
        assert others.poll() is None
    finally:
        end_containers(tmp_path / "others")
        others.wait(timeout=10)
