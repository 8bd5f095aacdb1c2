# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Chosen tests, and an engine that is built in place."""

import io
import sys

import pytest
from demos_ops import development, testing
from demos_ops.installs import engine
from demos_ops.instance import Instance
from demos_ops.parts import Command, Part


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "venv/bin/python").symlink_to(sys.executable)
    return Instance(tmp_path, tmp_path / "var", {"DEMOS_VENV": str(tmp_path / "venv")})


@pytest.fixture
def outcome(instance, monkeypatch):
    """How a part goes whose two folders have a test each."""
    monkeypatch.setattr(testing, "test_environment", lambda *a, **k: {})
    pytest_ = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    commands = [Command((sys.executable, "-c", "print('always')"), instance.root)]
    for name, text in (("one", "def test_red(): pass"), ("two", "def test_green(): assert 0")):
        (instance.root / name).mkdir()
        (instance.root / name / f"test_{name}.py").write_text(text)
        commands.append(Command(pytest_, instance.root / name))

    def run(*chosen):
        session = testing.Session(instance, [], chosen)
        session.runner.stream = io.StringIO()
        part = Part("unit", lambda instance: commands)
        job = testing.Job("unit", instance.logs / "unit.log")
        session.work(part, job)
        (result,) = session.results
        return result

    return run


def test_chosen_tests_run_and_a_folder_without_one_is_no_failure(outcome):
    result = outcome("-k", "red")
    assert (result.counts["passed"], result.problems) == (1, [])
    assert "always" not in result.log.read_text()


def test_a_chosen_test_that_fails_is_a_failure(outcome):
    assert outcome("-k", "green").problems


def test_a_choice_of_nothing_is_a_failure(outcome):
    assert outcome("-k", "blue").problems == ["no test is chosen"]


def test_without_a_choice_a_folder_without_tests_is_a_failure(outcome, instance):
    (instance.root / "one/test_one.py").unlink()
    assert any("(exit 5)" in problem for problem in outcome().problems)


def test_the_engine_of_development_is_built_in_place(instance, monkeypatch):
    folder = instance.root / "modules/demos_engine"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    words = []
    monkeypatch.setattr(
        testing.Job, "run", lambda job, command, **k: words.append((*command, k["cwd"]))
    )
    engine.make_editable(instance)
    job = testing.Job("engine", instance.logs / "engine.log")
    assert engine.install(instance, job)
    ((_python, *maturin, where),) = words
    assert maturin[:3] == ["-m", "maturin", "develop"]
    assert where == folder


def test_the_environment_of_development_needs_no_service(instance):
    names = [step.name for step in development.steps(instance)]
    assert names == ["system packages", "tools", "python packages", "engine"]
