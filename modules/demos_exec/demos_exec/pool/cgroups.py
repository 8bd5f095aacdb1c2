# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A control group per worker, where this machine lets us make one."""

import os
from pathlib import Path

V1 = Path("/sys/fs/cgroup/memory")
V1_PIDS = Path("/sys/fs/cgroup/pids")
V2 = Path("/sys/fs/cgroup")


class Cgroup:
    """Memory and process limits of one worker, enforced by the kernel.

    Args:
        name: unique on the machine.
        memory: bytes.
        pids: processes and threads.

    Raises:
        OSError: if the group cannot be made.
    """

    def __init__(self, name: str, memory: int, pids: int) -> None:
        self.folders: list[Path] = []
        try:
            if (V1 / "memory.limit_in_bytes").exists():
                self._make(V1 / name, {"memory.limit_in_bytes": memory})
                self._oom_file = V1 / name / "memory.oom_control"
                # Swap is limited where the kernel accounts it; without it the file is missing.
                swap = V1 / name / "memory.memsw.limit_in_bytes"
                if swap.exists():
                    swap.write_text(str(memory))
                if (V1_PIDS / "cgroup.procs").exists():
                    self._make(V1_PIDS / name, {"pids.max": pids})
            else:
                settings = {"memory.max": memory, "memory.swap.max": 0, "pids.max": pids}
                self._make(V2 / name, settings)
                self._oom_file = V2 / name / "memory.events"
        except OSError:
            self.remove()
            raise

    def _make(self, folder: Path, settings: dict[str, int]) -> None:
        folder.mkdir()
        self.folders.append(folder)
        for key, value in settings.items():
            (folder / key).write_text(str(value))

    def enter(self) -> None:
        """Move the calling process in; its children follow. Called between fork and exec."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def out_of_memory(self) -> bool:
        """Tell whether the kernel killed somebody of the group for memory.

        Returns:
            True if it did.
        """
        try:
            lines = self._oom_file.read_text().splitlines()
        except OSError:
            return False
        return any(key == "oom_kill" and value != "0" for key, _, value in map(_split, lines))

    def remove(self) -> None:
        """Remove the group; it must be empty of processes."""
        for folder in self.folders:
            try:
                folder.rmdir()
            except OSError:
                continue


def _split(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


def available() -> bool:
    """Try whether groups with a memory limit can be made here.

    Returns:
        True if they can.
    """
    try:
        Cgroup(f"demos-probe-{os.getpid()}", 64 * 1024 * 1024, 16).remove()
    except OSError:
        return False
    return True
