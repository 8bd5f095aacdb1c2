# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The documentation that the portal serves at ``/docs/``."""

from __future__ import annotations

from pathlib import Path

from .. import digest
from ..instance import Instance
from ..steps import Job


def folder(instance: Instance) -> Path:
    """Return where the built documentation is."""
    return instance.var / "docs"


def install(instance: Instance, job: Job) -> bool:
    """Build the documentation unless this state of it was built."""
    root, built = instance.root, folder(instance)
    sources = [root / "mkdocs.yml", root / "Pipfile.lock"]
    sources += sorted(path for path in (root / "docs").rglob("*") if path.is_file())
    names = (str(path.relative_to(root)) for path in sources)
    wanted, stamp = digest.of_files(sources, *names), built.with_suffix(".digest")
    if built.is_dir() and digest.is_stamped(stamp, wanted):
        return False
    stamp.unlink(missing_ok=True)
    python = str(instance.venv / "bin" / "python")
    job.run([python, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", str(built)], cwd=root)
    digest.put(stamp, wanted)
    return True
