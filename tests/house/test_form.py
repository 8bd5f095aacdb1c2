# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Headers of files and messages of commits."""

import subprocess
from pathlib import Path

import pytest
from commit_message import fault_of
from headers import lacking

ROOT = Path(__file__).parents[2]


def test_every_file_says_its_licence():
    listed = subprocess.run(
        ("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert lacking([file for file in files if file.is_file()]) == []


def test_a_file_without_a_header_is_seen(tmp_path):
    bad, good, other = tmp_path / "a.py", tmp_path / "b.py", tmp_path / "c.json"
    bad.write_text("x = 1\n")
    good.write_text("# SPDX-License-Identifier: MIT\n")
    other.write_text("{}")
    assert lacking([bad, good, other]) == [bad]


@pytest.mark.parametrize(
    "message", ["feat: x", "fix(exec)!: a run ends\n\nWhy.", "Merge branch 'x'"]
)
def test_a_message_of_the_right_shape_passes(message):
    assert fault_of(message) is None


@pytest.mark.parametrize("message", ["a fix", "feat:x", "fix(exec): it ends.", "wip: x", ""])
def test_another_one_does_not(message):
    assert fault_of(message)
