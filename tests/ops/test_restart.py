# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`make down`, `make up`: everything is kept, and what is up stays as it is."""

import json

from portal import until


def test_down_and_up_keep_every_record_and_a_second_up_changes_nothing(
    portal, instance, supervisor, run
):
    recid = portal.deposit("Kept through a restart")
    until(lambda: recid in portal.found(), 60, "the deposit is found")
    records, models = portal.found(), portal.found("/api/models")
    assert models

    assert "down" in run("down")
    assert supervisor.members() == []
    run("up")
    assert portal.found() == records
    assert portal.found("/api/models") == models
    assert portal.deposit("After a restart")

    pids = {name: info["pid"] for name, info in supervisor.states().items()}
    run("up")
    times = json.loads((instance.logs / "up" / "times.json").read_text())
    assert [name for name, step in times.items() if step["changed"]] == []
    assert {name: info["pid"] for name, info in supervisor.states().items()} == pids
