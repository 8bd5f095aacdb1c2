# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The registry of test DOIs, unless DOIs are registered elsewhere."""

from __future__ import annotations

import socket
import sys

from ..instance import Instance
from . import Program


def program(instance: Instance) -> Program | None:
    """Return the local registry where it is the one that the portal is told of."""
    port = instance.ports["datacite"]
    if instance.env.get("DEMOS_DATACITE_URL") != f"http://127.0.0.1:{port}":
        return None
    names = ("DEMOS_DATACITE_USERNAME", "DEMOS_DATACITE_PASSWORD", "DEMOS_DATACITE_PREFIX")
    return Program(
        name="doi-registry",
        command=(
            *(sys.executable, "-m", "demos_ops.doi_registry", "--port", str(port)),
            *("--data", str(instance.data / "doi-registry.sqlite")),
        ),
        ports=(port,),
        env={
            "PYTHONPATH": str(instance.root / "ops"),
            **{name: instance.env[name] for name in names},
        },
        probe=lambda: socket.create_connection(("127.0.0.1", port), timeout=5).close(),
    )
