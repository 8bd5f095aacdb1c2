# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The portal's Python environment: what ``Pipfile.lock`` says, and our own packages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .. import digest
from ..instance import Instance
from ..steps import Job


def requirements(lock: Path, *, develop: bool = False) -> str:
    """Translate a ``Pipfile.lock`` to requirements with hashes.

    Args:
        lock: The lock file.
        develop: Whether to take the development packages too.

    Returns:
        The text of a requirements file.
    """
    document = json.loads(lock.read_text(encoding="utf-8"))
    entries = document["default"] | (document["develop"] if develop else {})
    lines = []
    for name, entry in sorted(entries.items()):
        if "version" not in entry:  # our own packages, see local_packages
            continue
        line = f"{name}{entry['version']}"
        if markers := entry.get("markers"):
            line += f" ; {markers}"
        lines.append(" \\\n    ".join([line, *(f"--hash={one}" for one in entry["hashes"])]))
    return "\n".join(lines) + "\n"


def local_packages(root: Path) -> list[Path]:
    """Return the folders of our own pure-Python packages, dependencies first."""
    candidates = [
        *(root / "modules" / name for name in ("demos_formats", "demos_models")),
        *sorted((root / "modules").glob("demos_*")),
        root / "client",
        root / "site",
    ]
    return [
        path
        for path in dict.fromkeys(candidates)
        if (path / "pyproject.toml").exists() and not (path / "Cargo.toml").exists()
    ]


def install(instance: Instance, job: Job) -> bool:
    """Make the environment exactly what the lock says.

    ``DEMOS_DEVELOPMENT`` adds the development packages.
    """
    develop = bool(instance.env.get("DEMOS_DEVELOPMENT"))
    root, venv = instance.root, instance.venv
    local = local_packages(root)
    sources = [root / "Pipfile.lock", root / "ops" / "build.txt"]
    sources += [path / "pyproject.toml" for path in local]
    wanted = digest.of_files(sources, sys.version, str(develop), *map(str, local))
    stamp = venv / "demos-digest"
    if digest.is_stamped(stamp, wanted):
        return False
    uv = str(instance.tools / "bin" / "uv")
    stamp.unlink(missing_ok=True)
    if not (venv / "bin" / "python").exists():
        job.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(venv)])
    listed = instance.run / f"requirements-{venv.name}.txt"
    listed.parent.mkdir(parents=True, exist_ok=True)
    editable = "".join(f"-e {path}\n" for path in local)
    listed.write_text(requirements(root / "Pipfile.lock", develop=develop) + editable)
    job.run(
        [
            *(uv, "pip", "sync", "--python", str(venv / "bin" / "python")),
            *("--build-constraints", str(root / "ops" / "build.txt"), str(listed)),
        ]
    )
    digest.put(stamp, wanted)
    return True
