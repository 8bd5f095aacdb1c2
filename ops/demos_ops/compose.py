# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Services in containers: the official images, on the same ports and with the same secrets."""

from __future__ import annotations

import subprocess

from .errors import OpsError
from .instance import Instance
from .steps import Job

HINT = "install Docker Engine with its compose plugin, or DEMOS_SERVICES=local"


def command(instance: Instance) -> list[str]:
    """Return the beginning of every ``docker compose`` command."""
    return [
        *("docker", "compose", "--project-name", f"demos-{instance.ports['https']}"),
        *("--file", str(instance.root / "docker" / "docker-compose.yml")),
    ]


def variables(instance: Instance) -> dict[str, str]:
    """Return what the compose file leaves open."""
    names = ("postgresql", "redis", "rabbitmq", "opensearch")
    published = {f"DEMOS_{name.upper()}_PORT": str(instance.ports[name]) for name in names}
    return {**instance.env, **published}


def check() -> None:
    """See that there is ``docker compose``.

    Raises:
        OpsError: When there is none, or no engine answers it.
    """
    for words, message in (
        (("compose", "version"), "there is no `docker compose` (version 2)"),
        (("info",), "no Docker Engine answers"),
    ):
        try:
            done = subprocess.run(["docker", *words], capture_output=True, timeout=30, check=False)
        except FileNotFoundError:
            raise OpsError("there is no command docker", HINT) from None
        if done.returncode:
            raise OpsError(message, HINT)


def up(instance: Instance, job: Job) -> bool:
    """Start the services and wait until they are healthy."""
    job.run([*command(instance), "up", "--detach", "--wait"], env=variables(instance))
    return False


def down(instance: Instance, job: Job, *, volumes: bool = False) -> None:
    """Stop the services, with their data on request."""
    job.run(
        [*command(instance), "down", *(["--volumes"] if volumes else [])],
        env=variables(instance),
    )
