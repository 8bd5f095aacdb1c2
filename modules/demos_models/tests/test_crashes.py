# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Processes that are killed between two steps, and processes that meet.

Each test forks a process that works on the same services and is ended by SIGKILL when it gets to
a step. What the reconciling job does afterwards must lead to what a calm day leads to.
"""

import os
import signal
import sys
import traceback

import pytest
from demos_models import maintenance, tasks
from demos_models.deposit.components import AnalyseFileOp
from demos_models.deposit.deposits import sources_of_deposit
from demos_models.proxies import current_models_service as models
from demos_models.records.models import ModelDerivative, ModelSource, ModelVersion, OutboxEntry
from demos_models.registry import derive, outbox
from demos_models.registry.index import IndexWorksOp
from demos_models.services import deposit_models
from invenio_db import db
from invenio_pidstore.errors import PIDDoesNotExistError, PIDUnregistered
from invenio_rdm_records.proxies import current_rdm_records_service as records
from invenio_search import current_search
from sqlalchemy.exc import NoResultFound


def start(work, target=None, name=None, calls=1):
    """Do work in a process of its own, which is killed when it calls a function the n-th time."""
    db.session.remove()
    pid = os.fork()
    if pid:
        return pid
    try:
        # The parent's connections are the parent's.
        db.engine.dispose(close=False)
        current_search._client = None
        if target is not None:
            original, left = getattr(target, name), [calls]

            def die(*args, **kwargs):
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                return original(*args, **kwargs)

            setattr(target, name, die)
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(3)


def ended_by(pid):
    """Wait for a process: gives its exit code, or the signal that ended it as a negative."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.fixture
def no_worker(monkeypatch):
    """Stop the worker: what is sent to it gets lost."""
    monkeypatch.setattr(outbox, "send", lambda kind, key: None)


@pytest.fixture
def calm(running_app, no_worker):
    """Check at the end that registry, deposits, files and index agree as they did before."""
    tasks.reconcile()
    before = set(maintenance.verify())
    yield
    tasks.reconcile()
    assert set(maintenance.verify()) <= before
    assert db.session.query(OutboxEntry).count() == 0


def is_published(recid):
    """Say whether a deposit is published."""
    try:
        records.record_cls.pid.resolve(recid)
    except (PIDDoesNotExistError, PIDUnregistered, NoResultFound):
        return False
    return True


def assert_registered_once(recid, identity):
    (source,) = sources_of_deposit(recid)
    assert db.session.query(ModelSource).filter_by(key=source.key).count() == 1
    assert len(source.version.work.versions) == 1
    (hit,) = deposit_models.read(identity, recid)["hits"]["hits"]
    made = models.checks(identity, hit["model"]["id"])
    assert made["certificate"]["verdict"] == "equivalent"
    names = [
        row.name
        for row in db.session.query(ModelDerivative).filter_by(version_id=source.version_id)
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("target", "step", "published"),
    [
        pytest.param(IndexWorksOp, "on_register", False, id="in-the-transaction"),
        pytest.param(IndexWorksOp, "on_commit", True, id="between-commit-and-index"),
        pytest.param(outbox.FollowUpOp, "on_post_commit", True, id="between-index-and-task"),
    ],
)
def test_a_web_process_killed_while_publishing(
    calm, deposits, owner, workspace, target, step, published
):
    recid = deposits.draft(owner, {"m.json": workspace()})
    assert ended_by(start(lambda: deposits.publish(owner, recid), target, step)) == -signal.SIGKILL
    assert is_published(recid) is published
    if not published:
        assert sources_of_deposit(recid) == []
        deposits.publish(owner, recid)
    tasks.reconcile()
    assert_registered_once(recid, owner)


def test_a_web_process_killed_between_a_file_and_its_analysis(
    calm, deposits, owner, workspace, metadata
):
    recid = records.create(owner, metadata()).id
    content = workspace()

    def upload():
        deposits.upload(owner, recid, {"m.json": content})

    assert ended_by(start(upload, AnalyseFileOp, "on_post_commit")) == -signal.SIGKILL
    assert deposit_models.read(owner, recid, draft=True)["pending"] == ["m.json"]
    tasks.reconcile()
    deposits.publish(owner, recid)
    tasks.reconcile()
    assert_registered_once(recid, owner)


@pytest.mark.parametrize(
    ("target", "step", "calls"),
    [
        pytest.param(derive, "derive", 1, id="before-the-first-document"),
        pytest.param(derive, "_keep", 3, id="between-two-documents"),
        pytest.param(IndexWorksOp, "on_commit", 1, id="between-documents-and-index"),
        pytest.param(outbox, "done", 2, id="between-the-work-and-its-outbox-row"),
    ],
)
def test_a_worker_killed_while_it_follows_up(calm, deposits, owner, workspace, target, step, calls):
    recid = deposits.deposit(owner, {"m.json": workspace()}).id
    (source,) = sources_of_deposit(recid)
    version_id = str(source.version_id)
    killed = start(lambda: outbox.run(outbox.DERIVE, version_id), target, step, calls)
    assert ended_by(killed) == -signal.SIGKILL
    assert db.session.query(OutboxEntry).filter_by(kind=outbox.DERIVE, key=version_id).count() == 1
    tasks.reconcile()
    assert_registered_once(recid, owner)


def test_the_same_file_published_by_two_at_once_is_one_version(
    calm, deposits, owner, other, anyone, workspace
):
    content = workspace()
    drafts = [(who, deposits.draft(who, {"m.json": content})) for who in (owner, other)]
    started = [
        start(lambda who=who, recid=recid: deposits.publish(who, recid)) for who, recid in drafts
    ]
    assert [ended_by(pid) for pid in started] == [0, 0]
    tasks.reconcile()
    versions = {sources_of_deposit(recid)[0].version_id for _, recid in drafts}
    assert len(versions) == 1
    version = db.session.get(ModelVersion, versions.pop())
    seen = models.read(anyone, version.work_id).to_dict()
    assert {s["record"] for s in seen["sources"]} == {recid for _, recid in drafts}


def test_what_ends_its_workers_is_parked_until_somebody_asks(calm):
    kind, key = f"poison{os.getpid()}", "1"

    @outbox.handles(kind)
    def end_the_worker(key):
        os.kill(os.getpid(), signal.SIGKILL)

    outbox.request(kind, key)
    db.session.commit()
    for _ in range(outbox.MAX_ENDED_WORKERS):
        assert ended_by(start(lambda: outbox.run(kind, key))) == -signal.SIGKILL
    assert outbox.run(kind, key) is False  # this process is still there
    (entry,) = outbox.parked()
    assert entry.attempts == outbox.MAX_ENDED_WORKERS
    assert "3 workers" in entry.error
    assert (kind, key) not in outbox.due()
    assert outbox.retry() == [(kind, key)]
    assert outbox.parked() == []
    outbox.done(kind, outbox.request(kind, key))
    db.session.commit()
