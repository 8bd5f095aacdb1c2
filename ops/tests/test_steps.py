# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Steps run in order, side by side where they can, and fail in one clear line."""

import io
import json
import threading
import time

import pytest
from demos_ops.errors import OpsError
from demos_ops.steps import Runner, Step, StepFailed


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "log", io.StringIO())


def test_a_step_waits_for_what_it_needs_and_for_nothing_else(runner):
    met, done = threading.Barrier(2, timeout=10), []

    def together(job):
        met.wait()  # passes only if the other one runs at the same time
        done.append(job.name)
        return True

    runner.run(
        [
            Step("last", lambda job: done.append("last") is None, ("left", "right")),
            Step("left", together),
            Step("right", together, ("a step of another run",)),
        ]
    )
    assert sorted(done[:2]) == ["left", "right"]
    assert done[2] == "last"


def test_times_and_changes_are_kept(runner, tmp_path):
    runner.run([Step("a", lambda job: True), Step("b", lambda job: False, ("a",))])
    runner.save(tmp_path / "times.json")
    times = json.loads((tmp_path / "times.json").read_text())
    assert times["a"]["changed"] is True
    assert times["b"]["changed"] is False
    assert "as is  b" in runner.out.getvalue()


def test_a_failure_names_step_reason_log_and_remedy(runner):
    def fail(job):
        job.run(["sh", "-c", "echo the cable is out; exit 3"])
        return True

    with pytest.raises(StepFailed) as failure:
        runner.run([Step("cabling", fail, hint="plug it in")])
    line = str(failure.value)
    assert "cabling: sh failed (exit 3): the cable is out" in line
    assert line.endswith("plug it in")
    assert "the cable is out" in (runner.logs / "cabling.log").read_text()


def test_a_failure_stops_what_runs_beside_it(runner):
    started = threading.Event()

    def slow(job):
        started.set()
        job.run(["sh", "-c", "sleep 60; echo to the end"])
        return True

    def fail(job):
        started.wait(10)
        raise OpsError("no")

    with pytest.raises(StepFailed, match="quick: no"):
        runner.run([Step("slow", slow), Step("quick", fail), Step("never", slow, ("quick",))])
    assert "to the end" not in (runner.logs / "slow.log").read_text().splitlines()
    assert not (runner.logs / "never.log").exists()


def test_a_stopped_step_starts_nothing_more(runner):
    def late(job):
        job.stop()
        job.run(["sh", "-c", "echo started"])
        return True

    with pytest.raises(StepFailed, match="stopped because another step failed"):
        runner.run([Step("late", late)])
    assert "started" not in (runner.logs / "late.log").read_text().splitlines()


def test_a_command_that_hangs_is_ended_with_its_children(runner, tmp_path):
    def hang(job):
        job.run(["sh", "-c", f"sleep 600 & echo $! > {tmp_path}/child; wait"], timeout=1)
        return True

    with pytest.raises(StepFailed, match="hangs: stopped after 1 s"):
        runner.run([Step("hang", hang)])
    child = (tmp_path / "child").read_text().strip()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = open(f"/proc/{child}/stat").read().rpartition(")")[2].split()[0]  # noqa: PTH123, SIM115
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the child of a stopped command goes on")


def test_a_missing_command_is_named(runner):
    def absent(job):
        job.run(["no-such-command"])
        return True

    with pytest.raises(StepFailed, match="there is no command no-such-command"):
        runner.run([Step("absent", absent)])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cp: write error: No space left on device", "the disk is full"),
        ("Temporary failure resolving 'deb.example.org'", "a package registry cannot be reached"),
        ("npm error code ENOTFOUND", "a package registry cannot be reached"),
        ("E: dpkg was interrupted, you must manually run", "was interrupted"),
    ],
)
def test_known_causes_are_told_in_plain_words(runner, words, expected):
    def fail(job):
        job.run(["sh", "-c", f"echo {words!r}; exit 1"])
        return True

    with pytest.raises(StepFailed, match=expected):
        runner.run([Step("install", fail)])


def test_steps_in_a_circle_are_an_error(runner):
    with pytest.raises(ValueError, match="wait for each other"):
        runner.run([Step("a", lambda job: True, ("b",)), Step("b", lambda job: True, ("a",))])
