# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The container engine that models run in: one that answers, or one of our own."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from .instance import Instance

USUAL = "unix:///var/run/docker.sock"


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.host)


def ask(host: str, timeout: float = 5) -> None:
    """Ask an engine for a sign of life.

    Args:
        host: ``unix:///path`` or ``tcp://name:port``.
        timeout: Seconds.

    Raises:
        OSError: When none answers.
    """
    parts = urlsplit(host)
    connection: http.client.HTTPConnection
    if parts.scheme == "unix":
        connection = _UnixConnection(parts.path, timeout=timeout)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request("GET", "/_ping", headers={"Host": "engine"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"{host} answers {answer.status}")
    except http.client.HTTPException as error:
        raise OSError(f"{host} is no container engine: {error!r}") from error
    finally:
        connection.close()


def answering(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the machine's engine, if one answers this user."""
    host = environ.get("DOCKER_HOST") or USUAL
    if not host.startswith(("unix://", "tcp://")):
        return None
    try:
        ask(host)
    except OSError:
        return None
    return host


def own(instance: Instance) -> str:
    """Return the address of an engine of the portal's own."""
    return f"unix://{instance.run / 'docker.sock'}"


def settings(instance: Instance, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Choose where models run.

    Args:
        instance: The instance with its settings.
        environ: The environment of this run.

    Returns:
        ``docker`` where it was asked for or an engine answers, with the engine's address;
        sandboxes of this machine (``local``) otherwise.
    """
    wanted = instance.env.get("DEMOS_EXEC_BACKEND")
    host = instance.env.get("DEMOS_EXEC_DOCKER_HOST") or answering(environ)
    if wanted == "local" or (not wanted and not host):
        return {"DEMOS_EXEC_BACKEND": "local"}
    return {"DEMOS_EXEC_BACKEND": "docker", "DEMOS_EXEC_DOCKER_HOST": host or own(instance)}


def wanted(instance: Instance) -> bool:
    """Tell whether models run in containers."""
    return instance.env.get("DEMOS_EXEC_BACKEND") == "docker"


def is_own(instance: Instance) -> bool:
    """Tell whether the engine is one that the portal starts."""
    return wanted(instance) and instance.env.get("DEMOS_EXEC_DOCKER_HOST") == own(instance)
