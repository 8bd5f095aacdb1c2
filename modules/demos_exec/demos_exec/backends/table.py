# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of backends. A new one is a class and an entry here."""

from demos_exec.backends.pool import PoolBackend


def make_backends(config):
    """Make the backends that the site is set up for.

    Args:
        config: the application's configuration.

    Returns:
        ``default`` for the platform's worker; ``docker`` where foreign images run.
    """
    name = config["DEMOS_EXEC_BACKEND"]
    backends = {"default": PoolBackend(config["DEMOS_EXEC_POOL_SOCKET"], name)}
    if name == "docker":
        from demos_exec.backends.docker import DockerBackend  # noqa: PLC0415 - 0.2 s of imports

        backends["docker"] = DockerBackend(config)
    return backends
