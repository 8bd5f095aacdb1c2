# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fixtures: the portal that the tests were given, and the commands that run it."""

import os
import subprocess

import pytest
from demos_ops.instance import ROOT, Instance
from demos_ops.supervisor import Supervisor
from portal import Portal


def pytest_configure(config):
    """Let nobody stop a portal that is in use."""
    if not os.environ.get("DEMOS_TEST_DATABASE_URI"):
        pytest.exit("these tests stop and kill their portal: run them by `make test-ops`", 4)


@pytest.fixture(scope="session")
def url():
    """The portal's base URL."""
    return os.environ["DEMOS_URL"]


@pytest.fixture(scope="session")
def token():
    """A depositor's token."""
    return os.environ["DEMOS_TOKEN"]


@pytest.fixture
def portal(url, token):
    """The portal as a depositor sees it."""
    return Portal(url, token)


@pytest.fixture
def instance():
    """The instance that serves it."""
    return Instance.here()


@pytest.fixture
def supervisor(instance):
    """Its supervisor."""
    return Supervisor(instance)


@pytest.fixture
def run(instance):
    """Run one of the commands behind ``make`` on the instance."""
    own = ("DEMOS_", "INVENIO_", "PYTHON", "VIRTUAL_ENV")
    env = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    env["DEMOS_VAR"] = str(instance.var)

    def command(*words):
        done = subprocess.run(
            [ROOT / "ops" / "run", *words],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    return command
