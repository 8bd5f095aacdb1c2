# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Workers as child processes in a bubblewrap sandbox."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import uuid
from pathlib import Path

from demos_exec.pool import closure, memory
from demos_exec.pool.cgroups import Cgroup, available
from demos_exec.pool.limits import WorkerLimits

LIBRARY = "/demos/lib"
CHANNEL = "/demos/run"
NOBODY = "65534"
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONPATH": LIBRARY,
    "PYTHONDONTWRITEBYTECODE": "1",
    # Several workers share the cores: a library that starts threads of its own slows all of them.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
}
SYSTEM = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")


def command(channel: Path, tmp_bytes: int = 64 * 1024 * 1024) -> list[str]:
    """Write the command that starts a worker in its sandbox.

    No network, no capabilities, own process and user namespaces, everything read-only but a small
    /tmp; of this machine only Python and the worker's packages are there.

    Args:
        channel: folder with the socket the worker connects to.
        tmp_bytes: size of /tmp.

    Returns:
        The argument list.

    Raises:
        FileNotFoundError: if bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if not bwrap:
        raise FileNotFoundError("bubblewrap (bwrap) is not installed")
    python, prefix = closure.interpreter()
    line = [bwrap, "--unshare-all", "--unshare-user", "--uid", NOBODY, "--gid", NOBODY]
    line += ["--cap-drop", "ALL", "--new-session", "--die-with-parent", "--hostname", "model"]
    line += ["--clearenv"]
    for key, value in ENVIRONMENT.items():
        line += ["--setenv", key, value]
    line += ["--ro-bind", "/usr", "/usr"]
    for folder in SYSTEM:
        place = Path(folder)
        if place.is_symlink():
            line += ["--symlink", str(place.readlink()), folder]
        elif place.is_dir():
            line += ["--ro-bind", folder, folder]
    if not prefix.is_relative_to("/usr"):
        line += ["--ro-bind", str(prefix), str(prefix)]
    for name, place in sorted(closure.packages().items()):
        line += ["--ro-bind", str(place), f"{LIBRARY}/{name}"]
    line += ["--proc", "/proc", "--dev", "/dev"]
    line += ["--size", str(tmp_bytes), "--tmpfs", "/tmp"]  # noqa: S108 - inside the sandbox
    line += ["--ro-bind", str(channel), CHANNEL, "--remount-ro", "/", "--chdir", "/tmp"]  # noqa: S108
    return [*line, "--", str(python), "-m", "demos_exec.worker", "--connect", f"{CHANNEL}/socket"]


class SandboxedProcess:
    """One running sandbox.

    Args:
        process: the bubblewrap process.
        group: its control group, where one could be made.
    """

    def __init__(self, process: asyncio.subprocess.Process, group: Cgroup | None) -> None:
        self._process = process
        self._group = group

    @property
    def stderr(self) -> asyncio.StreamReader:
        """The worker's standard error."""
        assert self._process.stderr is not None
        return self._process.stderr

    def resident(self) -> int:
        """Give the resident memory.

        Returns:
            Bytes.
        """
        return memory.resident(self._process.pid)

    async def out_of_memory(self) -> bool:
        """Tell whether the kernel ended the worker for memory.

        Returns:
            True if it did.
        """
        return self._group is not None and self._group.out_of_memory()

    async def kill(self) -> None:
        """End the sandbox and everything in it, at once."""
        # Killing bubblewrap ends its process namespace with it; the rest is belt and braces for
        # the moment before that namespace exists.
        for pid in reversed(memory.descendants(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self._process.wait()
        if self._group:
            self._group.remove()


class SandboxLauncher:
    """Starts sandboxed workers.

    Args:
        limits: of each worker.
        site: whose pool it is.
    """

    name = "local"

    def __init__(self, limits: WorkerLimits, site: str) -> None:
        self.limits = limits
        self.site = site
        self.cgroups = available()
        self.digest = closure.digest()

    def describe(self) -> dict[str, str]:
        """Say how workers are kept apart here.

        Returns:
            ``name``, ``isolation``, ``memory``, ``network``, ``digest``.
        """
        return {
            "name": self.name,
            "isolation": "bubblewrap",
            "memory": "cgroup" if self.cgroups else "watched",
            "network": "none",
            "digest": self.digest,
        }

    async def launch(self, channel: Path) -> SandboxedProcess:
        """Start a worker.

        Args:
            channel: folder with the socket it shall connect to.

        Returns:
            The running sandbox.
        """
        group = None
        if self.cgroups:
            name = f"demos-exec-{uuid.uuid4().hex[:12]}"
            group = Cgroup(name, self.limits.memory, self.limits.pids)

        def before_exec() -> None:
            if group:
                group.enter()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
            resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))

        process = await asyncio.create_subprocess_exec(
            *command(channel),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=before_exec,
        )
        return SandboxedProcess(process, group)

    async def clean(self) -> int:
        """Remove what an earlier pool left behind: sandboxes die with their pool.

        Returns:
            0.
        """
        return 0
