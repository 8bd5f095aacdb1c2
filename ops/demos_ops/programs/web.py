# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The web processes: pages and REST API."""

from __future__ import annotations

import http.client

from ..instance import Instance
from . import Program


def answer(instance: Instance) -> None:
    """Wait for any answer: an error page is one, for it is another program that is ill then."""
    connection = http.client.HTTPConnection("127.0.0.1", instance.ports["web"], timeout=8)
    try:
        headers = {"Host": instance.url.split("://", 1)[1], "X-Forwarded-Proto": "https"}
        connection.request("GET", "/ping", headers=headers)
        connection.getresponse().read()
    finally:
        connection.close()


def serving(instance: Instance) -> tuple[str, ...]:
    """Return gunicorn's options for many visitors, or for a developer who edits what is served.

    With ``DEMOS_RELOAD`` one process loads the application itself and starts again as soon as a
    Python file of it changes; templates are read again anyhow (``TEMPLATES_AUTO_RELOAD``).
    """
    if instance.env.get("DEMOS_RELOAD"):
        return ("--reload", "--workers", "1")
    return (
        *("--preload", "--workers", instance.env.get("DEMOS_WEB_PROCESSES") or "2"),
        # A new worker costs nothing where the application is loaded already.
        *("--max-requests", "20000", "--max-requests-jitter", "2000"),
    )


def program(instance: Instance) -> Program:
    """Return gunicorn, with the application loaded before it forks."""
    gunicorn, port = str(instance.venv / "bin" / "gunicorn"), instance.ports["web"]
    return Program(
        name="web",
        command=(
            *(gunicorn, "invenio_app.wsgi:application", "--bind", f"127.0.0.1:{port}"),
            *("--config", "python:demos_site.gunicorn"),
            *("--worker-class", "gthread", "--threads", "16"),
            *serving(instance),
            *("--worker-tmp-dir", "/dev/shm", "--forwarded-allow-ips", "127.0.0.1"),  # noqa: S108
            *("--timeout", "120", "--graceful-timeout", "20", "--keep-alive", "75"),
        ),
        ports=(port,),
        portal=True,
        needs=("set-up",),
        probe=lambda: answer(instance),
        version=(gunicorn, "--version"),
    )
