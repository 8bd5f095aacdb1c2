# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the supervisor is told: every program, no secret of theirs, new code as a change."""

import configparser

import pytest
from demos_ops import digest, supervisor
from demos_ops.programs import programs


@pytest.fixture
def written(instance):
    def configure():
        parser = configparser.RawConfigParser()
        parser.read_string(supervisor.configuration(instance, programs(instance)))
        return parser

    return configure


def test_every_program_is_there_and_its_secrets_are_not(written, instance):
    parser = written()
    assert {f"program:{name}" for name in programs(instance)} <= set(parser.sections())
    text = supervisor.configuration(instance, programs(instance))
    for name, value in instance.env.items():
        if "PASSWORD" in name and name != "DEMOS_SUPERVISOR_PASSWORD":
            assert value not in text, name


def test_new_code_of_the_watchdog_starts_it_anew(written, monkeypatch):
    before = dict(written()["eventlistener:watchdog"])
    assert dict(written()["eventlistener:watchdog"]) == before
    monkeypatch.setattr(digest, "of_files", lambda *_: "of other files")
    assert dict(written()["eventlistener:watchdog"]) != before
