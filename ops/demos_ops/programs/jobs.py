# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The scheduler of invenio-jobs: the jobs that an administrator repeats."""

from __future__ import annotations

from ..instance import Instance
from . import Program


def program(instance: Instance) -> Program:
    """Return the second beat, which reads its schedule from the database."""
    return Program(
        name="jobs",
        command=(
            *(str(instance.venv / "bin" / "celery"), "-A", "invenio_app.celery", "beat"),
            *("-l", "INFO", "--pidfile="),
            *("--scheduler", "invenio_jobs.services.scheduler:RunScheduler"),
        ),
        portal=True,
        needs=("set-up",),
    )
