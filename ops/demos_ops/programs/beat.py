# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Celery's beat: the tasks that the configuration repeats."""

from __future__ import annotations

from ..instance import Instance
from . import Program


def program(instance: Instance) -> Program:
    """Return the one beat there must be."""
    return Program(
        name="beat",
        command=(
            *(str(instance.venv / "bin" / "celery"), "-A", "invenio_app.celery", "beat"),
            *("-l", "INFO", "-s", str(instance.data / "celerybeat-schedule"), "--pidfile="),
        ),
        portal=True,
        needs=("set-up",),
    )
