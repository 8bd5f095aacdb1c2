# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The Celery worker beside the pool: short steps that look after runs."""

from __future__ import annotations

import os

from ..instance import Instance
from . import Program


def processes() -> int:
    """Return how many steps go on at once: starting a container is half waiting for its engine."""
    return min(8, 1 + (os.cpu_count() or 1))


def program(instance: Instance) -> Program:
    """Return the worker of the queue ``exec``, which no other worker consumes."""
    celery = str(instance.venv / "bin" / "celery")
    return Program(
        name="exec-worker",
        command=(
            *(celery, "-A", "invenio_app.celery", "worker", "-l", "INFO", "-Q", "exec"),
            *("-n", f"exec@demos-{instance.ports['web']}", "-c", str(processes())),
        ),
        portal=True,
        needs=("set-up", "exec-pool"),
        stop_wait=60,
    )
