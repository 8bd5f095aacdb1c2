# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The parts of the tests: what each runs and needs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .installs import front
from .instance import Instance


@dataclass(frozen=True)
class Command:
    """A command of a part.

    Args:
        words: The command and its arguments.
        folder: Where it runs.
    """

    words: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Part:
    """One part of the tests.

    Args:
        name: As in ``make test-NAME``.
        commands: What it runs in an instance.
        needs: ``nothing``, ``services`` or ``portal``.
        packages: System packages it needs.
        limit: Seconds after which one command is ended.
        test: Whether it is a test; documentation and benchmarks are not.
        with_node: Whether it needs Node and the front-end's packages.
    """

    name: str
    commands: Callable[[Instance], list[Command]]
    needs: str = "nothing"
    packages: tuple[str, ...] = ()
    limit: float = 1200
    test: bool = True
    with_node: bool = False


FRAMEWORK_FREE = (
    "modules/demos_formats",
    "modules/demos_engine",
    "modules/demos_fair",
    "modules/demos_oai",
    "modules/demos_harvest",
    "client",
    "ops",
    "tests/house",
)
"""Typed code, each folder with its own mypy settings."""


def tool(instance: Instance, *words: str) -> tuple[str, ...]:
    """Return a command of the tests' Python environment."""
    return (str(instance.venv / "bin" / "python"), "-m", *words)


def has(folder: Path, *names: str) -> bool:
    """Tell whether a folder holds one of some files."""
    return any((folder / name).exists() for name in names)


def has_clippy() -> bool:
    """Tell whether the Rust toolchain has its linter; a distribution's may do without."""
    # A launcher of that name says nothing: it exists without the tool that it launches.
    try:
        asked = subprocess.run(("cargo", "clippy", "--version"), capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0


def lint(instance: Instance) -> list[Command]:
    """Return the checks of form."""
    root, engine = instance.root, instance.root / "modules" / "demos_engine"
    commands = [
        Command(tool(instance, "ruff", "check", "--no-cache", "."), root),
        Command(tool(instance, "ruff", "format", "--no-cache", "--check", "."), root),
    ]
    if has(engine, "Cargo.toml"):
        commands.append(Command(("cargo", "fmt", "--check"), engine))
        if has_clippy():
            clippy = ("cargo", "clippy", "--quiet", "--workspace", "--all-targets")
            target = ("--target-dir", str(instance.installed / "cargo"))
            commands.append(Command((*clippy, *target, "--", "-D", "warnings"), engine))
    return commands


def types(instance: Instance) -> list[Command]:
    """Return the checks of types, each folder with its own settings."""
    return [
        Command(tool(instance, "mypy"), instance.root / folder)
        for folder in FRAMEWORK_FREE
        if has(instance.root / folder, "pyproject.toml", "mypy.ini")
    ]


def suites(*folders: str) -> Callable[[Instance], list[Command]]:
    """Return the tests of folders that there are, each with its own settings."""

    def commands(instance: Instance) -> list[Command]:
        pytest = tool(instance, "pytest", "-q", "-p", "no:cacheprovider")
        return [
            Command(pytest, instance.root / folder)
            for folder in folders
            if has(instance.root / folder, "tests", "pytest.ini") or folder.startswith("tests/")
            if (instance.root / folder).is_dir()
        ]

    return commands


def engine(instance: Instance) -> list[Command]:
    """Return the engine's tests, of its core and of its Python face."""
    folder = instance.root / "modules" / "demos_engine"
    if not has(folder, "Cargo.toml"):
        return []
    target = str(instance.installed / "cargo")
    return [
        Command(("cargo", "test", "--release", "--quiet", "--target-dir", target), folder),
        *suites("modules/demos_engine")(instance),
        # What the stub promises is what the compiled module has.
        Command(
            tool(instance, "mypy.stubtest", "--ignore-disjoint-bases", "demos_engine._engine"),
            folder,
        ),
    ]


def front_end(instance: Instance) -> list[Command]:
    """Return the front-end's lint, types, build and tests, which look at the sizes of the build."""
    folder = front.tree(instance) / front.FRONT
    pnpm = str(instance.node / "bin" / "pnpm")
    return [Command((pnpm, "run", name), folder) for name in ("lint", "types", "build", "test")]


def oracles(instance: Instance) -> list[Command]:
    """Return the comparison with ROOT and pyhs3, in an environment that is made for them."""
    folder = instance.root / "modules" / "demos_formats"
    venv = instance.installed / "venv-oracles"
    uv, python = str(instance.tools / "bin" / "uv"), str(venv / "bin" / "python")
    make = ("venv", "--quiet", "--allow-existing", "--python", str(instance.venv / "bin/python"))
    install = ("pip", "install", "--quiet", "--python", python, "--editable", ".[oracles]")
    test = ("pytest", "-q", "-p", "no:cacheprovider", "-m", "oracle", "tests/test_oracles.py")
    return [
        Command((uv, *make, str(venv)), folder),
        Command((uv, *install), folder),
        Command((python, "-m", *test), folder),
    ]


def archive(instance: Instance) -> list[Command]:
    """Return the harvest of a second InvenioRDM, which the test starts."""
    pytest = tool(instance, "pytest", "-q", "-p", "no:cacheprovider", "-m", "archive")
    harvest = instance.root / "modules" / "demos_harvest"
    return [Command((*pytest, "tests/test_second_archive.py"), harvest)]


def docs(instance: Instance) -> list[Command]:
    """Return the build of the documentation."""
    return [Command(tool(instance, "mkdocs", "build", "--strict"), instance.root)]


def bench(instance: Instance) -> list[Command]:
    """Return the benchmarks, each a program of its own."""
    return [
        Command((str(path),), instance.root)
        for path in sorted((instance.root / "benchmarks").glob("*.py"))
        if path.is_file() and path.stat().st_mode & 0o100
    ]


PARTS = {
    part.name: part
    for part in (
        Part("lint", lint),
        Part("types", types),
        Part("unit", suites("modules/demos_formats", "client", "ops", "tests/house")),
        Part("engine", engine, limit=1800),
        Part("front", front_end, with_node=True),
        Part("formats", suites("modules/demos_formats")),
        Part("oracles", oracles),
        Part(
            "integration",
            suites(
                "site",
                "modules/demos_models",
                "modules/demos_fair",
                "modules/demos_oai",
                "modules/demos_harvest",
                "modules/demos_exec",
            ),
            needs="services",
            limit=2400,
        ),
        Part("archive", archive, needs="services"),
        Part("browser", suites("tests/browser"), needs="portal", packages=("chromium",)),
        Part("acceptance", suites("tests/acceptance"), needs="portal", limit=3600),
        Part("ops", suites("tests/ops"), needs="portal", limit=2400),
        Part("docs", docs, test=False),
        Part("bench", bench, test=False),
    )
}

SUITE = ("lint", "types", "unit", "front", "engine", "integration", "browser", "acceptance")
"""What ``make test`` runs, in this order where nothing else decides.

The part ``ops`` kills programs and waits for them, eleven minutes in all: ``make test-ops``.
"""
