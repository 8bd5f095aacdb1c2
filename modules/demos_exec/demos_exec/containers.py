# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How containers are kept apart: one place for every hardening line."""

from typing import Any

from docker.types import LogConfig, Mount, Ulimit

LABEL = "org.demos.run"
POOL_LABEL = "org.demos.pool"
SITE_LABEL = "org.demos.site"
DEADLINE_LABEL = "org.demos.deadline"
USER = "65534:65534"
MIB = 1024 * 1024
TMP = "/tmp"  # noqa: S108 - inside the container

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
}
"""All that a container finds in its environment besides its image's own."""


def hardened(limits: dict[str, Any], *, mounts: list[Mount]) -> dict[str, Any]:
    """Give the arguments with which every container is created.

    No network, no capabilities, no new privileges, a read-only root, nobody's user, no swap, the
    engine's default system-call filter.

    Args:
        limits: ``memory`` (bytes), ``cpus``, ``pids``, ``disk_bytes``.
        mounts: what it finds of the outside.

    Returns:
        Arguments of the Docker SDK's ``containers.create``.
    """
    file_bytes = min(limits["disk_bytes"], 64 * MIB)
    return {
        "network_mode": "none",
        "read_only": True,
        "init": True,
        "user": USER,
        "cap_drop": ["ALL"],
        "privileged": False,
        "security_opt": ["no-new-privileges:true"],
        "tmpfs": {TMP: "rw,noexec,nosuid,nodev,size=64m,mode=1777"},
        "shm_size": "16m",
        "ipc_mode": "private",
        "mem_limit": limits["memory"],
        "memswap_limit": limits["memory"],
        "nano_cpus": int(limits["cpus"] * 1e9),
        "pids_limit": limits["pids"],
        "ulimits": [
            Ulimit(name="nofile", soft=256, hard=256),
            Ulimit(name="core", soft=0, hard=0),
            Ulimit(name="fsize", soft=file_bytes, hard=file_bytes),
        ],
        # Two files: with one, rotation would leave nothing but the flood's last bytes.
        "log_config": LogConfig(type="json-file", config={"max-size": "1m", "max-file": "2"}),
        "mounts": mounts,
        "environment": dict(ENVIRONMENT),
        "hostname": "model",
        "working_dir": TMP,
        "restart_policy": None,
        "auto_remove": False,
        "tty": False,
        "stdin_open": False,
        "devices": None,
    }
