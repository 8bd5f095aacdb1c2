# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Workers as long-lived containers, each hardened and without a network."""

import asyncio
import contextlib
from pathlib import Path

from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.types import Mount

import docker
from demos_exec.containers import POOL_LABEL, hardened
from demos_exec.pool.limits import MIB, WorkerLimits

CHANNEL = "/demos/run"


class ContainerProcess:
    """One running container.

    Args:
        container: the container.
    """

    stderr = None  # kept by the engine; see ``log_config``

    def __init__(self, container: Container) -> None:
        self._container = container

    def resident(self) -> int:
        """Give 0: the engine's memory limit is the kernel's.

        Returns:
            0.
        """
        return 0

    async def out_of_memory(self) -> bool:
        """Tell whether the kernel ended the worker for memory.

        Returns:
            True if it did.
        """

        def look() -> bool:
            with contextlib.suppress(NotFound):
                self._container.reload()
                return bool(self._container.attrs["State"]["OOMKilled"])
            return False

        return await asyncio.to_thread(look)

    async def kill(self) -> None:
        """End and remove the container, at once."""

        def end() -> None:
            with contextlib.suppress(NotFound, APIError):
                self._container.remove(force=True, v=True)

        await asyncio.to_thread(end)


class ContainerLauncher:
    """Starts workers in containers.

    Args:
        limits: of each worker.
        site: whose pool it is.
        image: the worker's image.
        host: the engine's address, or None for the environment's.
    """

    name = "docker"

    def __init__(self, limits: WorkerLimits, site: str, image: str, host: str | None) -> None:
        self.limits = limits
        self.site = site
        self.client = docker.DockerClient(base_url=host, timeout=60) if host else docker.from_env()
        self.image = self.client.images.get(image)

    def describe(self) -> dict[str, str]:
        """Say how workers are kept apart here.

        Returns:
            ``name``, ``isolation``, ``memory``, ``network``, ``digest``.
        """
        return {
            "name": self.name,
            "isolation": "container",
            "memory": "cgroup",
            "network": "none",
            "digest": str(self.image.id),
        }

    async def launch(self, channel: Path) -> ContainerProcess:
        """Start a worker.

        Args:
            channel: folder with the socket it shall connect to.

        Returns:
            The running container.
        """

        def start() -> Container:
            limits = {
                "memory": self.limits.memory,
                "cpus": 1,
                "pids": self.limits.pids,
                "disk_bytes": 64 * MIB,
            }
            mount = Mount(CHANNEL, str(channel), type="bind", read_only=True)
            container = self.client.containers.create(
                self.image.id,
                command=["--connect", f"{CHANNEL}/socket"],
                name=f"demos-worker-{channel.name}",
                labels={POOL_LABEL: self.site},
                **hardened(limits, mounts=[mount]),
            )
            container.start()
            return container

        try:
            return ContainerProcess(await asyncio.to_thread(start))
        except (APIError, docker.errors.DockerException) as error:
            raise OSError(f"no container: {error}") from error

    async def clean(self) -> int:
        """Remove workers that an earlier pool left behind.

        Returns:
            How many.
        """

        def sweep() -> int:
            found = self.client.api.containers(
                all=True, filters={"label": f"{POOL_LABEL}={self.site}"}
            )
            for one in found:
                with contextlib.suppress(NotFound, APIError):
                    self.client.api.remove_container(one["Id"], force=True, v=True)
            return len(found)

        return await asyncio.to_thread(sweep)
