# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A program that is killed comes back by itself; nothing that was acknowledged is lost."""

import os
import signal

import pytest
from demos_ops.programs import programs
from load import Load
from portal import until

VICTIMS = ("opensearch", "redis", "rabbitmq", "postgresql", "worker", "web")


def says_what_is_wrong(answer):
    """Tell whether an answer is a clear word about something that is down for a while."""
    text = answer.text
    told = "does not answer" in text or "being started or restarted" in text
    return answer.status_code == 503 and told and int(answer.headers["Retry-After"]) > 0


def brief(answer):
    """Show an answer in a failure."""
    return f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}"


@pytest.mark.parametrize("name", VICTIMS)
def test_a_killed_program_comes_back_and_no_record_is_lost(
    name, portal, url, token, instance, supervisor
):
    program = programs(instance)[name]

    def is_back():
        info = supervisor.states()[name]
        if info["statename"] not in ("STARTING", "RUNNING") or info["pid"] == pid:
            return False
        try:
            program.probe()
        except Exception:
            return False
        return True

    with Load(url, token, f"Load while {name} is killed") as load:
        until(lambda: len(load.published) > 1, 120, "deposits before the kill")
        pid = supervisor.states()[name]["pid"]
        os.kill(pid, signal.SIGKILL)
        until(is_back, 300, f"{name} is back")
        before = len(load.published)
        until(lambda: len(load.published) > before + 1, 120, "deposits after the kill")

    assert [str(error) for error in load.broken] == []
    unclear = [brief(answer) for answer in load.refused if not says_what_is_wrong(answer)]
    assert unclear == []
    assert {recid: portal.title(recid) for recid in load.published} == load.published
    until(lambda: load.published.keys() <= portal.found().keys(), 120, "all deposits are found")
