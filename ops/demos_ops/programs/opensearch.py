# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""OpenSearch: one node from Maven's jars, without its own distribution."""

from __future__ import annotations

import json
import urllib.request

from ..errors import OpsError
from ..instance import Instance
from . import Program

DEFAULT_HEAP = "1g"


def health(port: int) -> None:
    """Ask for the cluster's health.

    Raises:
        OpsError: When a primary shard is missing.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_cluster/health", timeout=8) as answer:
        status = json.load(answer)["status"]
    if status == "red":
        raise OpsError("OpenSearch's cluster is red: an index lacks a primary shard")


def answer(port: int) -> None:
    """Have the node answer, whatever state its indices are in: a new start heals none."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=8) as response:
        response.read()


def program(instance: Instance) -> Program | None:
    """Return OpenSearch where it is ours to run."""
    if instance.services != "local":
        return None
    http, transport = instance.ports["opensearch"], instance.ports["opensearch-transport"]
    base, lib = instance.data / "opensearch", instance.installed / "opensearch"
    heap = instance.env.get("DEMOS_OPENSEARCH_HEAP") or DEFAULT_HEAP
    return Program(
        name="opensearch",
        command=(
            *("/usr/bin/java", "-Xms256m", f"-Xmx{heap}", "-XX:+ExitOnOutOfMemoryError"),
            *("-Dlog4j2.disable.jmx=true", "-cp", f"{lib}/classes:{lib}/lib/*"),
            *("Node", str(base), str(http), str(transport)),
        ),
        ports=(http, transport),
        needs=("opensearch jars",),
        prepare=lambda: base.mkdir(parents=True, exist_ok=True),
        probe=lambda: health(http),
        alive=lambda: answer(http),
        stop_wait=60,
        version=(
            "/bin/sh",
            "-c",
            f"ls {lib}/lib | sed -n 's/^opensearch-\\([0-9.]*\\).jar$/\\1/p'",
        ),
    )
