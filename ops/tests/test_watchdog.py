# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What hangs is restarted; what starts slowly is left alone."""

import io
import time
from types import SimpleNamespace

import pytest
from demos_ops.programs import Program
from demos_ops.watchdog import PATIENCE, Watchdog


class Programs:
    """One program under a supervisor that notes what it is told."""

    def __init__(self, *, since, statename="RUNNING", **settings):
        self.told = []
        self.well = False
        self.info = {"statename": statename, "start": time.time() - since}
        one = Program("one", ("one",), probe=self.probe, period=0, grace=300, **settings)
        rpc = SimpleNamespace(
            stopProcess=lambda name, wait: self.told.append("stop"),
            startProcess=lambda name, wait: self.told.append("start"),
        )
        supervisor = SimpleNamespace(
            states=lambda: {"one": self.info}, rpc=SimpleNamespace(supervisor=rpc)
        )
        self.watchdog = Watchdog(supervisor, {"one": one}, io.StringIO())

    def probe(self):
        if not self.well:
            raise OSError("no answer")

    def rounds(self, number):
        for _ in range(number):
            self.watchdog.round()


def test_a_program_that_never_answered_gets_its_grace_and_no_more():
    young = Programs(since=200)
    young.rounds(10)
    assert young.told == []
    old = Programs(since=301)
    old.rounds(PATIENCE)
    assert old.told == ["stop", "start"]
    assert "one does not answer (no answer): restarting it" in old.watchdog.log.getvalue()


def test_a_program_that_has_answered_and_hangs_is_restarted_however_young():
    programs = Programs(since=20)
    programs.well = True
    programs.rounds(1)
    programs.well = False
    programs.rounds(PATIENCE - 1)
    assert programs.told == []
    programs.rounds(1)
    assert programs.told == ["stop", "start"]


def test_a_single_answer_forgives():
    programs = Programs(since=1000)
    for well in (False, False, True, False, False):
        programs.well = well
        programs.rounds(1)
    assert programs.told == []


def test_a_new_start_begins_a_new_grace():
    programs = Programs(since=1000)
    programs.well = True
    programs.rounds(1)
    programs.well = False
    programs.info["start"] = time.time() - 5
    programs.rounds(10)
    assert programs.told == []


def test_ill_but_alive_is_left_to_heal():
    programs = Programs(since=1000, alive=lambda: None)
    programs.rounds(10)
    assert programs.told == []


@pytest.mark.parametrize(
    ("statename", "told"), [("FATAL", ["start"]), ("STOPPED", []), ("BACKOFF", [])]
)
def test_only_what_was_given_up_is_started_again(statename, told):
    programs = Programs(since=1000, statename=statename)
    programs.rounds(1)
    assert programs.told == told
