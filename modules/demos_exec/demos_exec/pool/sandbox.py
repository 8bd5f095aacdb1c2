# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Workers as child processes in a bubblewrap sandbox."""

import asyncio
import contextlib
import logging
import os
import resource
import secrets
import shutil
import signal
import uuid
from pathlib import Path

from demos_exec.pool import closure as packages
from demos_exec.pool import memory, seccomp
from demos_exec.pool.cgroups import Cgroup, available
from demos_exec.pool.limits import MIB, WorkerLimits

log = logging.getLogger(__name__)

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
WORKER = ("-m", "demos_exec.worker", "--connect")
DROPPED_LAST = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
SYSTEM = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")


USERS = range(61184, 65520)
"""Users that a worker may run as where the pool is root's: systemd's range for such a purpose."""

SETPRIV = "/usr/bin/setpriv"


def _open_to_others(place: Path) -> bool:
    """Tell whether any user may read what is bound into the sandbox."""
    wanted = 0o005 if place.is_dir() else 0o004
    return place.stat().st_mode & wanted == wanted


def unprivileged() -> bool:
    """Tell whether a worker can run as a user of its own, who is nobody outside either.

    Returns:
        True where the pool is root's, and what the worker needs may be read by everybody.
    """
    _, prefix = packages.interpreter()
    places = [prefix, *packages.packages().values()]
    return os.geteuid() == 0 and Path(SETPRIV).exists() and all(map(_open_to_others, places))


def command(
    channel: Path,
    tmp_bytes: int = 64 * MIB,
    *,
    user: int | None = None,
    seccomp: int | None = None,
) -> list[str]:
    """Return the command that starts a worker in its sandbox.

    No network, no capabilities, own process namespace, everything read-only but a small /tmp; of
    this machine only Python and the worker's packages are there.

    Args:
        channel: folder with the socket the worker connects to.
        tmp_bytes: size of /tmp.
        user: whom the worker runs as, inside and outside; None for the pool's own user, who is
            then nobody inside.
        seccomp: descriptor of the filter of system calls.

    Returns:
        The argument list.

    Raises:
        FileNotFoundError: if bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if not bwrap:
        raise FileNotFoundError("bubblewrap (bwrap) is not installed")
    python, prefix = packages.interpreter()
    line = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    line += ["--unshare-cgroup-try", "--cap-drop", "ALL"]
    if user is None:
        line += ["--unshare-user", "--uid", NOBODY, "--gid", NOBODY]
    else:  # dropped by setpriv, together with the user
        line += [word for name in DROPPED_LAST for word in ("--cap-add", name)]
    line += ["--new-session", "--die-with-parent", "--hostname", "model", "--clearenv"]
    for key, value in ENVIRONMENT.items():
        line += ["--setenv", key, value]
    if seccomp is not None:
        line += ["--seccomp", str(seccomp)]
    parts = sorted(packages.packages().items())
    targets = [prefix, Path(CHANNEL), *(Path(LIBRARY) / name for name, _ in parts)]
    for folder in sorted({above for target in targets for above in target.parents}):
        line += ["--perms", "0755", "--dir", str(folder)]
    line += ["--ro-bind", "/usr", "/usr"]
    for folder in SYSTEM:
        place = Path(folder)
        if place.is_symlink():
            line += ["--symlink", str(place.readlink()), folder]
        elif place.is_dir():
            line += ["--ro-bind", folder, folder]
    if not prefix.is_relative_to("/usr"):
        line += ["--ro-bind", str(prefix), str(prefix)]
    for name, place in parts:
        line += ["--ro-bind", str(place), f"{LIBRARY}/{name}"]
    line += ["--proc", "/proc", "--dev", "/dev"]
    line += ["--perms", "1777", "--size", str(tmp_bytes), "--tmpfs", "/tmp"]  # noqa: S108 - inside
    line += ["--ro-bind", str(channel), CHANNEL, "--remount-ro", "/", "--chdir", "/tmp"]  # noqa: S108
    return [*line, "--", *_dropping(user), str(python), *WORKER, f"{CHANNEL}/socket"]


def _dropping(user: int | None) -> list[str]:
    if user is None:
        return []
    return [
        *(SETPRIV, f"--reuid={user}", f"--regid={user}", "--clear-groups"),
        *("--inh-caps=-all", "--bounding-set=-all", "--"),
    ]


def set_limits(limits: WorkerLimits, user: int | None) -> None:
    """Limit what the calling process and its children may use; called between fork and exec.

    Args:
        limits: of the worker.
        user: whom the worker runs as, None for the pool's own user.
    """
    caps = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_FSIZE: 64 * MIB,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        # Address space, not memory: threads and libraries reserve more than they use.
        resource.RLIMIT_AS: 4 * limits.memory + 4096 * MIB,
    }
    if user is not None:  # the kernel counts by user, and nobody else has this one
        caps[resource.RLIMIT_NPROC] = limits.pids
    for name, cap in caps.items():
        resource.setrlimit(name, (cap, cap))


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
        self.unprivileged = unprivileged()
        if os.geteuid() == 0 and not self.unprivileged:
            log.warning("workers run as root outside their sandbox: not all may read their files")
        self.digest = packages.digest()

    def describe(self) -> dict[str, str]:
        """Say how workers are kept apart here.

        Returns:
            ``name``, ``isolation``, ``memory``, ``network``, ``user``, ``seccomp``, ``digest``.
        """
        return {
            "name": self.name,
            "isolation": "bubblewrap",
            "memory": "cgroup" if self.cgroups else "watched",
            "network": "none",
            "user": "unprivileged" if self.unprivileged or os.geteuid() else "root",
            "seccomp": "filter" if seccomp.program() else "none",
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

        user = secrets.choice(USERS) if self.unprivileged else None
        calls = seccomp.open_program()

        def before_exec() -> None:
            if group:
                group.enter()
            set_limits(self.limits, user)

        try:
            process = await asyncio.create_subprocess_exec(
                *command(channel, user=user, seccomp=calls),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=() if calls is None else (calls,),
                preexec_fn=before_exec,
            )
        finally:
            if calls is not None:
                os.close(calls)
        return SandboxedProcess(process, group)

    async def clean(self) -> int:
        """Remove what an earlier pool left behind: sandboxes die with their pool.

        Returns:
            0.
        """
        return 0
