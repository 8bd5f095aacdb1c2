# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The engine: a wheel built from its Rust sources, or these themselves in development."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .. import digest
from ..instance import Instance
from ..steps import Job

# What a build leaves behind is no source: the lock file names a registry and is not kept.
IGNORED = {"Cargo.lock", "target", "tests", "js", "__pycache__", "node_modules", ".pytest_cache"}


def sources(folder: Path) -> Iterator[Path]:
    """Yield the files that the wheel is made from."""
    for path in sorted(folder.iterdir()):
        if path.name in IGNORED or path.suffix == ".so":
            continue
        if path.is_dir():
            yield from sources(path)
        else:
            yield path


def marker(instance: Instance) -> Path:
    """Return the file that says that the environment has the checkout's own engine."""
    return instance.venv / "demos-engine-editable"


def make_editable(instance: Instance) -> None:
    """Have the engine of this environment built in place from now on, step by step."""
    marker(instance).touch()


def build_in_place(instance: Instance, folder: Path, job: Job) -> None:
    """Compile what changed, next to the Python sources, which the environment then imports.

    The profile is Cargo's ``dev``: optimised, incremental, without link-time optimisation.
    """
    python = str(instance.venv / "bin" / "python")
    job.run(
        [python, "-m", "maturin", "develop", "--uv", "--quiet"],
        cwd=folder,
        env={
            "CARGO_TARGET_DIR": str(instance.installed / "cargo"),
            "VIRTUAL_ENV": str(instance.venv),
            "PATH": f"{instance.tools / 'bin'}:{os.environ.get('PATH', os.defpath)}",
        },
    )


def install(instance: Instance, job: Job) -> bool:
    """Build the engine unless this state was built, and install it unless it is there."""
    folder = instance.root / "modules" / "demos_engine"
    if not (folder / "pyproject.toml").exists():
        return False
    editable = marker(instance).exists()
    wanted = digest.of_files(sources(folder), *(["in place"] if editable else []))
    stamp = instance.venv / "demos-engine-digest"
    # A synchronised environment has lost the wheel, whatever the stamp says.
    installed = any(instance.venv.glob("lib/python3*/site-packages/demos_engine-*.dist-info"))
    if installed and digest.is_stamped(stamp, wanted):
        return False
    if editable:
        build_in_place(instance, folder, job)
        digest.put(stamp, wanted)
        return True
    uv = str(instance.tools / "bin" / "uv")
    wheels = instance.installed / "wheels" / wanted[:16]
    if not list(wheels.glob("*.whl")):
        part = wheels.with_name(wheels.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        job.run(
            [
                *(uv, "build", "--wheel", "--python", str(instance.venv / "bin" / "python")),
                *("--build-constraints", str(instance.root / "ops" / "build.txt")),
                *("-o", str(part), str(folder)),
            ],
            env={"CARGO_TARGET_DIR": str(instance.installed / "cargo")},
        )
        part.rename(wheels)
    (wheel,) = wheels.glob("*.whl")
    job.run(
        [
            *(uv, "pip", "install", "-q", "--python", str(instance.venv / "bin" / "python")),
            *("--no-deps", "--reinstall", str(wheel)),
        ]
    )
    digest.put(stamp, wanted)
    return True
