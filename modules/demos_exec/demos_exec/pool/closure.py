# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which files the worker needs: a closed list of packages, so that a sandbox shows nothing else."""

import hashlib
import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path

REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9._-]+)")
WORKER_PARTS = ("__init__.py", "framing.py", "worker")
"""Of this package, what the worker imports."""

OPERATIONS = "demos.operations"
"""Entry points of other packages' operations: the worker imports these packages too."""

WORKER_PACKAGES = (
    "numpy",
    "demos-engine",
    "pyhf",
    *sorted({p.dist.name for p in importlib.metadata.entry_points(group=OPERATIONS) if p.dist}),
)
"""Distributions that the worker imports, with what they need."""


def _distributions(names: tuple[str, ...]) -> dict[str, importlib.metadata.Distribution]:
    found: dict[str, importlib.metadata.Distribution] = {}
    todo = list(names)
    while todo:
        name = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            found[key] = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        for line in found[key].requires or ():
            match = REQUIREMENT.match(line)
            if match and "extra ==" not in line:
                todo.append(match[1])
    return found


def _roots(distribution: importlib.metadata.Distribution) -> set[Path]:
    roots, site = set(), Path(str(distribution.locate_file("")))
    for file in distribution.files or ():
        first = file.parts[0]
        if first in ("..", "__pycache__") or first.endswith(".pth"):
            continue
        roots.add(site / first)
    return roots


def packages(names: tuple[str, ...] = WORKER_PACKAGES) -> dict[str, Path]:
    """Find what has to be visible for the worker to run.

    Args:
        names: distributions the worker may import; those that are not installed are left out.

    Returns:
        Name below the library folder to its place on this machine.

    Examples:
        >>> sorted(k for k in packages(()) if k.startswith("demos_exec"))
        ['demos_exec/__init__.py', 'demos_exec/framing.py', 'demos_exec/worker']
    """
    here = Path(__file__).resolve().parent.parent
    found = {f"demos_exec/{part}": here / part for part in WORKER_PARTS}
    for name, distribution in _distributions(names).items():
        for root in _roots(distribution):
            if root.exists():
                found[root.name] = root
        package = name.replace("-", "_")
        if package not in found:  # an editable install: its files list names no package
            spec = importlib.util.find_spec(package)
            if spec and spec.submodule_search_locations:
                found[package] = Path(next(iter(spec.submodule_search_locations)))
    return found


def digest(names: tuple[str, ...] = WORKER_PACKAGES) -> str:
    """Give one digest for everything that decides a result: our code, and versions of the rest.

    Args:
        names: distributions the worker may import.

    Returns:
        ``sha256:`` and 64 hexadecimal digits.
    """
    found = hashlib.sha256(sys.version.encode())
    for name, distribution in sorted(_distributions(names).items()):
        found.update(f"{name}=={distribution.version}\n".encode())
    for name, root in sorted(packages(names).items()):
        if name.startswith("demos"):
            files = sorted(root.rglob("*")) if root.is_dir() else [root]
            for file in files:
                if file.suffix in (".py", ".so"):
                    found.update(file.read_bytes())
    return f"sha256:{found.hexdigest()}"


def interpreter() -> tuple[Path, Path]:
    """Find the Python that the worker runs on: the one of this process, without its environment.

    Returns:
        The executable and the installation's folder.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    prefix = Path(sys.base_prefix)
    return prefix / "bin" / version, prefix
