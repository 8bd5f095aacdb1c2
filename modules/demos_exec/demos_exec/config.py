# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Configuration of runs."""

import os
from pathlib import Path

from celery.schedules import schedule

from .services.permissions import RunPermissionPolicy

DEMOS_EXEC_BACKEND = os.environ.get("DEMOS_EXEC_BACKEND") or "local"
"""``local`` (sandboxed processes, the platform's worker only) or ``docker`` (any allowed image)."""

DEMOS_EXEC_POOL_SOCKET = os.environ.get("DEMOS_EXEC_POOL_SOCKET") or str(
    Path(os.environ.get("INVENIO_INSTANCE_PATH", "/run/demos/instance")).parent
    / "run"
    / "exec-pool.sock"
)
"""Unix socket of the pool of warm workers on this host: beside the instance's other sockets."""

DEMOS_EXEC_DOCKER_HOST = os.environ.get("DEMOS_EXEC_DOCKER_HOST")
"""Address of the Docker Engine for foreign images; only task workers talk to it."""

DEMOS_EXEC_ALLOWED_IMAGES = os.environ.get(
    "DEMOS_EXEC_ALLOWED_IMAGES", "demos-example-model:*"
).split()
"""Patterns (as in ``fnmatch``) of container images that may run; everything else is refused."""

DEMOS_EXEC_IMAGE_MAX_BYTES = 10 * 1024**3
"""Images above this size are refused."""

DEMOS_EXEC_PERMISSION_POLICY = RunPermissionPolicy
"""Who may start, see and cancel runs; who may read the model is the registry's decision."""

DEMOS_EXEC_LIMITS = {
    "memory": 1024**3,
    "cpus": 1,
    "pids": 64,
    "wall_seconds": 600,
    "input_bytes": 10 * 1024**2,
    "result_bytes": 16 * 1024**2,
    "result_files": 32,
    "disk_bytes": 256 * 1024**2,
    "network": "none",
}
"""Limits of one run."""

DEMOS_EXEC_SHORT_SECONDS = 60
"""Time limit of runs in the short lane."""

DEMOS_EXEC_SHORT_COST = 10
"""Estimated seconds of a processor above which a run is a long one, whatever its operation."""

DEMOS_EXEC_QUOTAS = {
    "anonymous": {"open": 4, "per_hour": 60, "cpu_seconds": 600},
    "user": {"open": 32, "per_hour": 3000, "cpu_seconds": 7200},
}
"""Of an owner: runs that may be open at once, runs and seconds of one processor in an hour. Results
that are reused are free. An open run counts with the time that it is estimated to take."""

DEMOS_EXEC_SYNC_SECONDS = 2.0
"""How long a POST waits for the end of the run when the client does not say."""

DEMOS_EXEC_MAX_WAIT_SECONDS = 30.0
"""The longest wait a client may ask for (``Prefer: wait=N``)."""

DEMOS_EXEC_MAX_WAITING = 12
"""Requests of one web process that may wait long; further ones are soon answered as it stands. A
waiting request holds one of the process' sixteen threads, and no database connection."""

DEMOS_EXEC_LEASE_SECONDS = 15.0
"""How long a run may be without sign of whoever looks after it."""

DEMOS_EXEC_QUEUE = "exec"
"""Queue of the tasks; only workers beside the pool and the container engine consume it."""

DEMOS_EXEC_TASK_ROUTES = {"demos_exec.tasks.*": {"queue": DEMOS_EXEC_QUEUE}}
"""To be merged into ``CELERY_TASK_ROUTES``."""

DEMOS_EXEC_BEAT_SCHEDULE = {
    "demos-exec-reconcile": {
        "task": "demos_exec.tasks.reconcile",
        "schedule": schedule(5),
        "options": {"expires": 5},
    },
    "demos-exec-prepare": {
        "task": "demos_exec.tasks.prepare_due",
        "schedule": schedule(30),
        "options": {"expires": 30},
    },
    "demos-exec-expire": {"task": "demos_exec.tasks.expire", "schedule": schedule(3600)},
}
"""To be merged into ``CELERY_BEAT_SCHEDULE``."""

DEMOS_EXEC_KEEP_DAYS = 90
"""Runs and results that nobody has used for this long are deleted."""
