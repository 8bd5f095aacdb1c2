# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``demos-exec-pool``: the supervisor's command."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from pathlib import Path

from demos_exec.pool.client import PoolClient, PoolUnavailable
from demos_exec.pool.limits import MIB, WorkerLimits
from demos_exec.pool.sandbox import SandboxLauncher
from demos_exec.pool.server import Server
from demos_exec.pool.supervisor import Supervisor
from demos_exec.pool.worker import Launcher
from demos_exec.site import site_of

log = logging.getLogger("demos_exec.pool")


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    environ = os.environ
    cores = os.cpu_count() or 1
    cli = argparse.ArgumentParser(prog="demos-exec-pool", description=__doc__)
    cli.add_argument("--socket", type=Path, default=environ.get("DEMOS_EXEC_POOL_SOCKET"))
    cli.add_argument(
        "--backend", choices=("local", "docker"), default=environ.get("DEMOS_EXEC_BACKEND", "local")
    )
    cli.add_argument("--size", type=int, default=int(environ.get("DEMOS_EXEC_POOL_SIZE", cores)))
    cli.add_argument(
        "--memory-mib", type=int, default=int(environ.get("DEMOS_EXEC_MEMORY_MIB", 1024))
    )
    cli.add_argument("--idle-seconds", type=float, default=WorkerLimits.idle_seconds)
    cli.add_argument("--image", default=environ.get("DEMOS_EXEC_WORKER_IMAGE", "demos-worker"))
    cli.add_argument("--docker-host", default=environ.get("DEMOS_EXEC_DOCKER_HOST"))
    cli.add_argument("--status", action="store_true", help="print the running pool's state")
    found = cli.parse_args(argv)
    if not found.socket:
        cli.error("--socket or DEMOS_EXEC_POOL_SOCKET is needed")
    found.socket = Path(found.socket)
    return found


def _launcher(given: argparse.Namespace) -> Launcher:
    site = site_of(given.socket)
    limits = WorkerLimits(memory=given.memory_mib * MIB, idle_seconds=given.idle_seconds)
    if given.backend == "docker":
        # The Docker SDK takes 0.2 s and 20 MB that a sandbox pool need not spend.
        from demos_exec.pool.container import ContainerLauncher  # noqa: PLC0415

        return ContainerLauncher(limits, site, given.image, given.docker_host)
    return SandboxLauncher(limits, site)


async def _main(given: argparse.Namespace) -> None:
    supervisor = Supervisor(_launcher(given), given.size)
    await supervisor.warm()
    tasks = [
        asyncio.create_task(supervisor.run()),
        asyncio.create_task(Server(supervisor).serve(given.socket)),
    ]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: [task.cancel() for task in tasks])
    log.info("pool of %d workers (%s) on %s", given.size, given.backend, given.socket)
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)
    given.socket.unlink(missing_ok=True)


def main(argv: list[str] | None = None) -> int:
    """Run the pool until it is told to end, or print the running one's state.

    Args:
        argv: command line without the program.

    Returns:
        The exit code: 0, or 3 if no pool answers.
    """
    given = _arguments(argv)
    if given.status:
        try:
            print(json.dumps(PoolClient(str(given.socket)).status()))
        except PoolUnavailable as error:
            print(f"no pool answers on {given.socket}: {error}", file=sys.stderr)
            return 3
        return 0
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    given.socket.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_main(given))
    return 0


if __name__ == "__main__":
    sys.exit(main())
