# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A command that cannot go on says why in one line."""

import errno
import io

import pytest
from demos_ops import __main__ as command
from demos_ops.errors import OpsError
from demos_ops.steps import Runner, Step, StepFailed


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full: make room"),
        (OSError(errno.EACCES, "Permission denied", "/a/b"), "Permission denied (/a/b)"),
        (OpsError("no water", "open the tap"), "no water: open the tap"),
        (KeyboardInterrupt(), "stopped; run the same command again"),
    ],
)
def test_a_failure_is_one_line_on_the_error_stream(error, told, monkeypatch, capsys):
    def fail(instance, arguments):
        raise error

    monkeypatch.setitem(command.COMMANDS, "url", fail)
    monkeypatch.setattr("sys.argv", ["demos_ops", "url"])
    assert command.main() == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err
    assert len(shown.err.strip().splitlines()) == 1


def test_a_disk_that_fills_up_under_a_step_is_named(tmp_path):
    runner = Runner(tmp_path / "log", io.StringIO())

    def write(job):
        with open("/dev/full", "w") as full:  # noqa: PTH123
            full.write("x")
        return True

    with pytest.raises(StepFailed, match="unpack: the disk is full"):
        runner.run([Step("unpack", write)])
    runner.save(runner.logs / "unpack.log" / "no-folder" / "times.json")
