# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``make dev``: an environment in which all packages are those of the checkout; no services."""

from __future__ import annotations

import os
from functools import partial

from .installs import engine, python, system, tools
from .instance import Instance
from .steps import Job, Runner, Step
from .up import guarded


def steps(instance: Instance) -> list[Step]:
    """Return the steps of the environment: installer, locked packages, engine."""

    def editable(instance: Instance, job: Job) -> bool:
        engine.make_editable(instance)
        return engine.install(instance, job)

    return [
        Step("system packages", partial(system.install, system.ENGINE)),
        Step("tools", guarded(instance, "tools", tools.install)),
        Step("python packages", guarded(instance, "python packages", python.install), ("tools",)),
        Step(
            "engine",
            guarded(instance, "engine", editable),
            ("python packages", "system packages"),
        ),
    ]


def make(instance: Instance) -> None:
    """Make the environment of development, or bring it up to date.

    It is the environment of ``make test``: what was edited is tested without an installation.

    Args:
        instance: The instance of the tests.
    """
    Runner(instance.logs / "dev").run(steps(instance))
    here = os.path.relpath(instance.venv / "bin" / "activate")
    print(f"\n  . {here}\n  make test-unit ARGS='-k patchset'\n")
