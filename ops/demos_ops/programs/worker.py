# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The Celery worker: what follows after a request."""

from __future__ import annotations

import subprocess

from ..errors import OpsError
from ..instance import Instance
from . import Program

PING = """\
import sys
from celery import Celery
broker, name = sys.argv[1:]
app = Celery(broker=broker)
app.conf.accept_content = ["json", "msgpack"]
if not app.control.ping(destination=[name], timeout=5):
    sys.exit("no answer")
"""
"""A worker is asked through the broker, without loading the portal."""


def node_name(instance: Instance) -> str:
    """Return the worker's name, which no other instance on the machine has."""
    return f"worker@demos-{instance.ports['web']}"


def ping(instance: Instance) -> None:
    """Ask the worker for a sign of life.

    Raises:
        OpsError: When it gives none.
    """
    done = subprocess.run(
        [
            *(str(instance.venv / "bin" / "python"), "-c", PING),
            *(instance.env["INVENIO_BROKER_URL"], node_name(instance)),
        ],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    if done.returncode:
        raise OpsError((done.stderr.strip() or "no answer").splitlines()[-1])


def program(instance: Instance) -> Program:
    """Return the worker of the queues in ``DEMOS_CELERY_QUEUES``."""
    celery = str(instance.venv / "bin" / "celery")
    return Program(
        name="worker",
        command=(
            *(celery, "-A", "invenio_app.celery", "worker", "-l", "INFO"),
            *("-Q", instance.env["DEMOS_CELERY_QUEUES"], "-n", node_name(instance)),
            *("-c", instance.env.get("DEMOS_WORKER_PROCESSES") or "2"),
        ),
        portal=True,
        needs=("set-up",),
        probe=lambda: ping(instance),
        period=60,
        stop_wait=60,
        version=(celery, "--version"),
    )
