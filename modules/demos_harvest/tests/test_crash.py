# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A harvest whose process is killed is taken up where it was."""

import os
import signal
import time

import pytest
from peers import models
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble, Record, Resource

N_RECORDS = 12

pytestmark = pytest.mark.usefixtures("no_documents")


@pytest.fixture
def hepdata(clean, doubles):
    clean.config["DEMOS_HARVEST_BATCH"] = 4
    records = [
        Record(n, 100 + n, resources=[Resource("w.json", models.as_json(models.workspace(n)))])
        for n in range(1, N_RECORDS + 1)
    ]
    double = doubles("hepdata", HEPDataDouble(records))
    doubles("datacite", DataCiteDouble(double))
    return double


def in_a_process_of_its_own(app, work):
    """Fork; the child gives up the connections that it shares with its parent."""
    from invenio_db import db
    from invenio_search import current_search

    db.session.remove()
    pid = os.fork()
    if pid:
        return pid
    try:
        db.engine.dispose(close=False)
        current_search._client = None
        with app.app_context():
            work()
    finally:
        os._exit(0)


@pytest.mark.parametrize("requests", [5, 12, 22])
def test_kill_in_the_middle_ends_like_a_clean_run(
    clean, hepdata, harvest, registry, works, requests
):
    from demos_harvest.records.models import HarvestRun
    from invenio_db import db

    pid = in_a_process_of_its_own(clean, lambda: harvest("hepdata"))
    deadline = time.monotonic() + 120
    while len(hepdata.requests) < requests and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert len(hepdata.requests) >= requests
    db.session.rollback()
    before = works()
    assert before < N_RECORDS

    asked = len(hepdata.requests)
    counts = harvest("hepdata")
    assert (counts["status"], counts["failed"], works()) == ("successful", 0, N_RECORDS)
    assert counts["registered"] + counts["updated"] + counts["unchanged"] == N_RECORDS
    # What was done before the end is not done again.
    done = {r.partition("?")[0] for r in hepdata.requests[asked:] if r.startswith("/record/ins")}
    assert len(done) <= N_RECORDS - before
    state = registry()
    assert len(state) == len({key for _, key, _, _ in state}) == N_RECORDS
    statuses = {run.status for run in HarvestRun.query}
    assert statuses <= {"interrupted", "successful"}
    assert harvest("hepdata")["unchanged"] == N_RECORDS
    assert registry() == state
