# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The portal's own front-end and the engine's WebAssembly, once for each state of their sources."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from .. import digest
from ..instance import Instance
from ..steps import Job

FRONT = Path("assets") / "demos_portal"
ENGINE = Path("modules") / "demos_engine"
WASM_SOURCES = (ENGINE / "crates", ENGINE / "js" / "build.sh")
ENGINE_FACE = ENGINE / "js" / "src"
SERVED = Path("static") / "demos" / "dist"
"""Where the pages find what is built, below Flask's instance folder."""

NOT_SOURCES = {"node_modules", "dist", "build", "target", "__pycache__"}


def tree(instance: Instance) -> Path:
    """Return the folder with the copy of the sources in which is built, laid out as the checkout.

    Sources may be read-only, and several instances share what is installed.
    """
    return instance.installed / "front" / "tree"


def _files(root: Path, parts: Iterable[Path]) -> Iterator[Path]:
    """Yield the source files below some parts of a checkout, relative to it."""
    for part in parts:
        if (root / part).is_file():
            yield part
            continue
        for path in sorted((root / part).rglob("*")):
            relative = path.relative_to(root)
            if path.is_file() and not NOT_SOURCES.intersection(relative.parts):
                yield relative


def _digest(root: Path, parts: Iterable[Path], *more: str) -> str:
    relative = list(_files(root, parts))
    return digest.of_files([root / path for path in relative], *map(str, relative), *more)


def _copy(instance: Instance, parts: Iterable[Path]) -> None:
    """Copy sources into the tree; what is no longer a source goes."""
    root, target = instance.root, tree(instance)
    parts = tuple(parts)
    wanted = set(_files(root, parts))
    for old in set(_files(target, parts)) - wanted:
        (target / old).unlink()
    for path in wanted:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, target / path)


def served_digest(instance: Instance) -> str:
    """Return the digest of what is served."""
    return (instance.app / SERVED / ".digest").read_text()


def install_wasm(instance: Instance, job: Job) -> bool:
    """Build the engine's module unless this state of its sources was built."""
    wanted = _digest(instance.root, WASM_SOURCES)
    stamp = instance.installed / "front" / "wasm-digest"
    built = tree(instance) / ENGINE / "js" / "dist" / "demos_engine.wasm"
    if built.exists() and digest.is_stamped(stamp, wanted):
        return False
    _copy(instance, WASM_SOURCES)
    script = tree(instance) / ENGINE / "js" / "build.sh"
    job.run(["sh", str(script)], cwd=script.parent, timeout=900)
    digest.put(stamp, wanted)
    return True


def environment(instance: Instance) -> dict[str, str]:
    """Return the variables with which Node's programs run."""
    path = f"{instance.node / 'bin'}:{os.environ.get('PATH', os.defpath)}"
    return {"PATH": path, "CI": "true"}


def install_packages(instance: Instance, job: Job) -> Path:
    """Install what the front-end is built and tested with.

    Returns:
        The folder of the front-end in the tree.
    """
    _copy(instance, (FRONT, ENGINE_FACE))
    folder = tree(instance) / FRONT
    wanted = digest.of_files([folder / "package.json", folder / "pnpm-lock.yaml"])
    stamp = folder / "node_modules" / ".demos-digest"
    if not digest.is_stamped(stamp, wanted):
        pnpm = str(instance.node / "bin" / "pnpm")
        arguments = ("install", "--frozen-lockfile", "--ignore-workspace")
        job.run([pnpm, *arguments], env=environment(instance), cwd=folder, timeout=600)
        digest.put(stamp, wanted)
    return folder


def prepare(instance: Instance, job: Job) -> bool:
    """Make all that the front-end is built and tested with."""
    built = install_wasm(instance, job)
    install_packages(instance, job)
    return built


def install(instance: Instance, job: Job) -> bool:
    """Build scripts, style sheet and engine unless this state was built, and have them served."""
    install_wasm(instance, job)
    module = tree(instance) / ENGINE / "js" / "dist" / "demos_engine.wasm"
    wanted = _digest(instance.root, (FRONT, ENGINE_FACE), digest.of_files([module]))
    served = instance.app / SERVED
    stamp = served / ".digest"
    if digest.is_stamped(stamp, wanted):
        return False
    built = instance.installed / "front" / "dist"
    if not digest.is_stamped(built / ".digest", wanted):
        folder = install_packages(instance, job)
        pnpm = str(instance.node / "bin" / "pnpm")
        env = {**environment(instance), "DEMOS_PORTAL_DIST": str(built)}
        job.run([pnpm, "run", "build"], env=env, cwd=folder, timeout=300)
        digest.put(built / ".digest", wanted)
    part = served.with_name("dist.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(built, part, ignore=shutil.ignore_patterns(".digest"))
    shutil.rmtree(served, ignore_errors=True)
    part.rename(served)
    digest.put(stamp, wanted)
    return True
