# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A web process runs no fit: it must not even load what does."""

import subprocess
import sys

import pytest

pytest.importorskip("invenio_app")

START = """
import sys
{what}
heavy = ("pyhf", "scipy", "demos_engine._engine", "jax", "docker")
print(sorted(name for name in heavy if name in sys.modules))
"""


@pytest.mark.parametrize(
    "what",
    [
        "import demos_exec.ext, demos_exec.views, demos_exec.resources.resource",
        "import demos_exec.services.service, demos_exec.tasks, demos_exec.records.models",
        "import demos_exec.pool.client, demos_exec.backends.pool, demos_exec.backends.table",
    ],
)
def test_what_web_processes_import_is_light(what):
    done = subprocess.run(
        [sys.executable, "-c", START.format(what=what)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout == "[]\n"
