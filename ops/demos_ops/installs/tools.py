# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The installer (uv) and the supervisor, in a small environment of their own."""

from __future__ import annotations

import sys

from .. import digest
from ..instance import Instance
from ..steps import Job


def install(instance: Instance, job: Job) -> bool:
    """Make the environment from ``ops/tools.txt``."""
    lock, stamp = instance.root / "ops" / "tools.txt", instance.tools / "demos-digest"
    wanted = digest.of_files([lock], sys.executable, sys.version)
    if digest.is_stamped(stamp, wanted):
        return False
    job.run([sys.executable, "-m", "venv", "--clear", str(instance.tools)])
    job.run(
        [
            *(str(instance.tools / "bin" / "python"), "-m", "pip", "install", "-q"),
            *("--disable-pip-version-check", "--require-hashes", "--only-binary=:all:"),
            *("-r", str(lock)),
        ]
    )
    digest.put(stamp, wanted)
    return True
