# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Node and pnpm, from PyPI and npm: Debian's Node is too old for the asset build."""

from __future__ import annotations

import shutil
import sys

from .. import digest
from ..instance import Instance
from ..steps import Job

PNPM = "pnpm@11.28.10"


def install(instance: Instance, job: Job) -> bool:
    """Make ``node``, ``npm`` and ``pnpm`` under the instance's folder."""
    lock, stamp = instance.root / "ops" / "node.txt", instance.node / "demos-digest"
    wanted = digest.of_files([lock], PNPM, sys.version)
    if digest.is_stamped(stamp, wanted):
        return False
    shutil.rmtree(instance.node, ignore_errors=True)
    uv, binaries = str(instance.tools / "bin" / "uv"), instance.node / "bin"
    job.run([uv, "venv", "-q", "--python", sys.executable, str(instance.node)])
    job.run(
        [
            *(uv, "pip", "install", "-q", "--python", str(binaries / "python")),
            *("--require-hashes", "-r", str(lock)),
        ]
    )
    job.run(
        [str(binaries / "npm"), "install", "-g", "--prefix", str(instance.node), PNPM],
        env={"PATH": f"{binaries}:/usr/bin:/bin"},
    )
    digest.put(stamp, wanted)
    return True
