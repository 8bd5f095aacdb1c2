# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a user of the REST API sees of runs."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from conftest import TWO_BIN
from demos_engine.operations import operations as table
from demos_exec import states
from demos_exec.backends import State
from demos_exec.backends.pool import PoolBackend
from demos_exec.proxies import current_runs_service
from demos_exec.records.models import ModelRun
from demos_exec.services import machine, reconciling
from invenio_db import db
from sqlalchemy import update
from urllib3 import HTTPResponse

CLS = 0.053994246621274014
PATCHED = 0.3536906623262466


def cls_of(response):
    assert response.status_code in (200, 201), response.text
    assert response.json["status"] == "successful", response.text
    return response.json["results"]["CLs_obs"]


def test_a_fast_run_answers_with_its_result(me, two_bin):
    response = me.run(two_bin, test_poi=1.0)
    assert response.status_code == 201
    assert cls_of(response) == pytest.approx(CLS, rel=1e-4)
    expected = response.json["results"]["CLs_exp"]
    assert len(expected) == 5 and expected == sorted(expected)
    found = me("GET", response.headers["Location"])
    assert found.json["status"] == "successful"
    results = me("GET", response.headers["Location"] + "/results")
    assert results.json == response.json["results"]
    assert results.headers["Repr-Digest"].startswith("sha-256=:")


def test_no_transaction_is_open_while_a_run_is_worked_on(me, two_bin, monkeypatch):
    start, open_then = PoolBackend.start, []

    def watched(backend, job, wait=0.0):
        open_then.append(db.session().in_transaction())
        return start(backend, job, wait)

    monkeypatch.setattr(PoolBackend, "start", watched)
    cls_of(me.run(two_bin, test_poi=1.0625))
    assert open_then == [False]


def test_a_fast_run_is_answered_whoever_else_waits(app, me, two_bin):
    room, held = current_runs_service._waiting, 0
    try:
        while room.acquire(blocking=False):
            held += 1
        assert held == app.config["DEMOS_EXEC_MAX_WAITING"]
        cls_of(me.run(two_bin, test_poi=1.34375))
    finally:
        room.release(held)


def test_who_asks_about_an_attempt_that_was_superseded_changes_nothing(me, two_bin, monkeypatch):
    run = me.run(
        two_bin, calculator="toys", toys=20000, engine="pyhf", headers={"Prefer": "respond-async"}
    )
    moved = sa.text("UPDATE demos_exec_run SET attempt = :attempt WHERE id = :id")

    def move_to(attempt):
        with db.engine.begin() as other:
            other.execute(moved, {"attempt": attempt, "id": run.json["id"]})

    def superseded(backend, handle, wait=0.0):
        move_to(2)
        return State("unknown")

    monkeypatch.setattr(PoolBackend, "poll", superseded)
    found = me("GET", run.headers["Location"]).json
    assert (found["attempt"], found["status"], found["reason"]) == (2, "running", None)
    monkeypatch.undo()
    move_to(1)  # the one that the pool works on
    assert me("POST", run.headers["Location"] + "/cancel").json["status"] == "dismissed"


def test_a_refusal_that_names_something_long_ends_the_run(me, two_bin):
    name = "x" * 500
    run = me.run(two_bin, "fit", inputs={"fixed": {name: 1.0}}).json
    assert (run["status"], run["reason"]) == ("failed", "invalid_input")
    assert run["pointer"] == f"/inputs/fixed/{name}"[:255]
    refused = me.run(two_bin, "fit", inputs={"fixed": {name + name: 1.0}})
    assert refused.status_code == 400


def test_what_is_no_text_in_a_database_ends_the_run(me, two_bin, monkeypatch):
    outcome = {"status": "failed", "reason": "invalid_input", "message": "a\x00b\ud800c"}
    state = State("done", outcome=outcome, log="x\x00y")
    monkeypatch.setattr(PoolBackend, "start", lambda backend, job, wait=0.0: state)
    run = me.run(two_bin, test_poi=1.1875).json
    assert (run["status"], run["message"]) == ("failed", "a�b?c")
    assert me("GET", run["links"]["logs"]).text == "x�y"


def test_a_run_with_a_number_beyond_64_bits_can_be_run_again(me, two_bin):
    place = "/channels/0/samples/0/data"
    inputs = {"patch": {"ops": [{"op": "replace", "path": place, "value": [1e20, 6.0]}]}}
    first = me.run(two_bin, "fit", inputs=inputs)
    assert first.status_code == 201
    links = first.json["links"]
    assert me("POST", links["rerun"], {"parameters": {"correlations": True}}).status_code == 201
    assert me("POST", links["rerun"], {}).status_code == 201
    assert me("GET", links["provenance"]).status_code == 200


def test_a_run_that_can_never_be_started_ends(me, two_bin, monkeypatch):
    def broken(backend, job, wait=0.0):
        raise MemoryError

    monkeypatch.setattr(PoolBackend, "start", broken)
    with pytest.raises(MemoryError):
        me.run(two_bin, test_poi=1.21875)
    monkeypatch.undo()
    row = db.session.query(ModelRun).order_by(ModelRun.created.desc()).first()
    late = {"attempt": states.MAX_ATTEMPTS, "lease_until": machine.now() - timedelta(hours=1)}
    db.session.query(ModelRun).filter_by(id=row.id).update(late)
    db.session.commit()
    reconciling.reconcile(current_runs_service)
    found = me("GET", f"/runs/{row.id}").json
    assert (found["status"], found["reason"]) == ("failed", "system_error")


def test_who_was_told_of_the_end_by_a_replay_cannot_cancel(me, two_bin):
    key = {"Idempotency-Key": "told"}
    first = me.run(two_bin, test_poi=1.25, headers=key).json
    db.session.query(ModelRun).filter_by(id=first["id"]).update({"told": False})
    db.session.commit()
    assert me.run(two_bin, test_poi=1.25, headers=key).json["status"] == "successful"
    assert me("POST", first["links"]["cancel"]).status_code == 409


def test_who_knows_the_name_of_an_anonymous_run_cannot_end_it(anyone, two_bin):
    mine = anyone.run(two_bin, test_poi=1.28125).json
    theirs = anyone.run(two_bin, test_poi=1.3125).json
    elsewhere = {"owner_key": "address:elsewhere"}
    db.session.query(ModelRun).filter_by(id=theirs["id"]).update(elsewhere)
    db.session.commit()
    assert anyone("GET", theirs["links"]["self"]).status_code == 200
    assert anyone("POST", theirs["links"]["cancel"]).status_code == 403
    assert anyone("DELETE", theirs["links"]["self"]).status_code == 403
    assert anyone("DELETE", mine["links"]["self"]).status_code == 204
    db.session.query(ModelRun).filter_by(id=mine["id"]).update(elsewhere)
    db.session.commit()  # the next test has the whole of its quota


def test_an_open_run_says_when_to_look_again(me, two_bin):
    response = me.run(two_bin, test_poi=1.125, engine="pyhf", headers={"Prefer": "respond-async"})
    assert response.json["status"] in ("accepted", "running")
    assert response.headers["Retry-After"] == "1"
    ended = me("GET", response.headers["Location"], headers={"Prefer": "wait=30"})
    assert ended.json["status"] == "successful"
    assert "Retry-After" not in ended.headers


def test_a_signal_by_patch_and_by_yields_is_the_same(me, two_bin):
    ops = [{"op": "replace", "path": "/channels/0/samples/0/data", "value": [10.0, 6.0]}]
    by_patch = me.run(two_bin, inputs={"patch": {"ops": ops}})
    yields = {"yields": {"singlechannel": [10.0, 6.0]}, "sample": "signal"}
    by_yields = me.run(two_bin, inputs={"patch": yields})
    assert cls_of(by_patch) == pytest.approx(PATCHED, rel=1e-4)
    assert cls_of(by_yields) == pytest.approx(cls_of(by_patch), rel=1e-9)
    yields["yields"]["singlechannel"][0] = 11.0
    changed = me.run(two_bin, inputs={"patch": yields})
    assert abs(cls_of(changed) - PATCHED) > 1e-3


def test_both_engines_agree(me, two_bin):
    for operation, parameters, value in (
        ("cls", {"test_poi": 0.5}, lambda r: r["CLs_obs"]),
        ("upper_limit", {}, lambda r: r["observed"]),
        ("fit", {}, lambda r: r["twice_nll"]),
        ("yields", {}, lambda r: r["channels"][0]["samples"][0]["postfit"]["yields"][0]),
        (
            "scan",
            {"axes": [{"parameter": "mu", "values": [0.0, 1.0]}]},
            lambda r: r["delta_twice_nll"][1],
        ),
    ):
        found = []
        for engine in ("demos", "pyhf"):
            run = me.run(
                two_bin, operation, headers={"Prefer": "wait=30"}, engine=engine, **parameters
            )
            assert run.json["status"] == "successful", run.text
            assert run.json["results"]["engine"]["name"] == engine
            found.append(value(run.json["results"]))
        assert found[0] == pytest.approx(found[1], rel=2e-3), operation


def test_spellings_of_one_question_meet_in_the_store(me, two_bin):
    first = me.run(two_bin, mu=1.37, headers={"Prefer": "wait=20"}).json
    assert first["reused_from"] is None
    for spelled in (
        {"test_poi": 1.37},
        {"poi_test": 1.37, "calculator": "asymptotic", "seed": 5},
        {"mu": 1.37, "test_poi": 1.37, "test_stat": "qtilde"},
    ):
        again = me.run(two_bin, **spelled).json
        assert again["reused_from"] == first["id"], spelled
    limit = me.run(two_bin, "upper_limit", confidence_level=0.9, headers={"Prefer": "wait=20"})
    assert me.run(two_bin, "upper_limit", confidence_level=1 - 0.1).json["reused_from"] in (
        limit.json["id"],
        limit.json["reused_from"],
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "pointer", "word"),
    [
        ("cls", {"mu": 1.0, "test_poi": 2.0}, "/parameters/test_poi", "mu"),
        ("upper_limit", {"level": 0.1}, "/parameters/level", "confidence_level"),
        ("fit", {"level": 0.95}, "/parameters/level", "confidence_level"),
        ("cls", {"test_stat": "q0", "mu": 1.0}, "/parameters/mu", "q0"),
        ("upper_limit", {"test_stat": "q0"}, "/parameters/test_stat", "q0"),
    ],
)
def test_what_is_ambiguous_is_refused(me, two_bin, operation, parameters, pointer, word):
    refused = me.run(two_bin, operation, **parameters)
    assert refused.status_code == 400
    (error,) = refused.json["errors"]
    assert error["pointer"] == pointer
    assert word in error["messages"][0]


def test_a_request_without_an_operation_is_cls(me, two_bin):
    found = me("POST", f"/models/{two_bin}/run", {"parameters": {"mu": 1.7}}).json
    assert found["operation"] == "cls"
    again = me.run(two_bin, mu=1.7).json
    assert again["reused_from"] == found["id"]


def test_significance_and_q0(me, two_bin):
    found = me.run(two_bin, "significance", headers={"Prefer": "wait=20"}).json["results"]
    # pyhf 0.7.6: hypotest(0.0, data, model, test_stat="q0", return_expected=True)
    assert found["p0"] == pytest.approx(0.3019088, rel=1e-5)
    assert found["Z"] == pytest.approx(0.5189184, rel=1e-4)
    assert found["p0_exp"] == pytest.approx(0.0102360, rel=1e-4)
    q0 = me.run(two_bin, test_stat="q0", headers={"Prefer": "wait=20"}).json["results"]
    assert q0["p0"] == found["p0"]


def test_bounds_and_expected_data(me, two_bin):
    wide = {"bounds": {"mu": [0, 0.1]}}
    run = me.run(two_bin, "fit", inputs=wide, headers={"Prefer": "wait=20"}).json
    assert run["status"] == "successful", run
    found = run["results"]
    assert found["at_bounds"] == ["mu"]
    asked = {"expected": True, "mu": 0.5}
    found = me.run(two_bin, "fit", headers={"Prefer": "wait=20"}, **asked).json["results"]
    assert found["values"]["mu"] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("operation", ["pulls", "impacts"])
def test_plot_data(me, two_bin, operation):
    rows = me.run(two_bin, operation).json["results"][operation]
    assert {r["name"] for r in rows} >= {"uncorr_bkguncrt[0]", "uncorr_bkguncrt[1]"}


def test_a_fixed_parameter_changes_the_answer_and_an_unknown_one_is_refused(me, two_bin):
    free = cls_of(me.run(two_bin))
    fixed = me.run(two_bin, inputs={"fixed": {"uncorr_bkguncrt": [1.0, 1.0]}})
    assert abs(cls_of(fixed) - free) > 1e-3
    unknown = me.run(two_bin, inputs={"fixed": {"nope": 1.0}})
    assert unknown.json["status"] == "failed"
    assert unknown.json["reason"] == "invalid_input"
    assert unknown.json["pointer"] == "/inputs/fixed/nope"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"operation": "nonsense"}, "/operation"),
        ({"operation": "cls", "inputs": {"patch": "no-such"}}, "/inputs/patch"),
        ({"operation": "cls", "inputs": {"patch": 7}}, "/inputs/patch"),
        (
            {
                "operation": "cls",
                "inputs": {"patch": {"yields": {"singlechannel": [1.0]}, "sample": "s"}},
            },
            "/inputs/patch/yields/singlechannel",
        ),
        (
            {
                "operation": "cls",
                "inputs": {"patch": {"yields": {"singlechannel": ["NaN", 1]}, "sample": "s"}},
            },
            "/inputs/patch/yields/singlechannel/0",
        ),
        ({"operation": "cls", "parameters": {"test_poi": "a"}}, "/parameters/test_poi"),
        ({"operation": "cls", "parameters": {"toys": 10**9}}, "/parameters/toys"),
        ({"operation": "cls", "surprise": 1}, "/surprise"),
        ({"operation": ["cls"]}, "/operation"),
        ({"operation": "__class__"}, "/operation"),
        ({"operation": "grid"}, "/operation"),
        ({"operation": "cls", "inputs": "x"}, "/inputs"),
        ({"operation": "cls", "parameters": [1]}, "/parameters"),
        ({"operation": "cls", "parameters": {"test_poi": True}}, "/parameters/test_poi"),
        ({"operation": "cls", "parameters": {"test_poi": 1e308}}, "/parameters/test_poi"),
        ({"operation": "cls", "parameters": {"engine": "x"}}, "/parameters/engine"),
        ({"operation": "cls", "version": {}}, "/version"),
        (
            {
                "operation": "cls",
                "inputs": {"patch": {"yields": {"singlechannel": [1e300, 1.0]}, "sample": "s"}},
            },
            "/inputs/patch/yields/singlechannel/0",
        ),
        (
            {
                "operation": "cls",
                "inputs": {"patch": {"yields": {"nope": [1.0]}, "sample": "s"}},
            },
            "/inputs/patch/yields",
        ),
        ({"operation": "cls", "resources": {"wall_seconds": -1}}, "/resources/wall_seconds"),
        ([1], ""),
    ],
)
def test_a_bad_request_is_refused_at_its_place(me, two_bin, body, pointer):
    response = me("POST", f"/models/{two_bin}/run", body)
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert pointer in [e["pointer"] for e in response.json["errors"]]


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"operation": NaN}',
        b"\xff\xfe",
        b"[" * 3000,
        b"null",
        b'{"operation": "cls", "parameters": {"test_poi": 1e400}}',
        b'{"operation": "cls", "operation": "fit"}',
        b'{"operation": "cls", "inputs": {"patch": {"ops": [], "ops": []}}}',
        b'{"operation": "cls\\u0000"}',
        b'{"operation": "cls", "inputs": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    ],
)
def test_what_is_no_json_object_is_refused(me, two_bin, raw):
    response = me("POST", f"/models/{two_bin}/run", raw=raw)
    assert response.status_code == 400
    assert response.json["errors"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/channels/9/samples", 1),
        ("/channels/~2", 1),
        ("", {}),
        ("/channels", []),
        ("/channels/0/samples/0/data", [1e300, 1.0]),
        ("/channels/0/samples/0/data", ["NaN", 1.0]),
        ("/channels/0/samples/0/data", [1.0]),
        ("/channels/0/samples/0/modifiers", [{"name": "x", "type": "custom", "data": None}]),
    ],
)
def test_a_patch_that_spoils_the_model_is_named_at_its_place(me, two_bin, path, value):
    ops = [{"op": "replace", "path": path, "value": value}]
    run = me.run(two_bin, inputs={"patch": {"ops": ops}})
    if run.status_code == 201 and run.json["status"] == "successful":
        assert run.json["results"]["outcome"] == "no_convergence", run.text
    else:
        assert run.status_code == 400 or run.json["reason"] == "invalid_input", run.text
    assert "Traceback" not in run.text and "demos_exec" not in run.text


def test_a_patch_cannot_make_a_bomb(me, two_bin):
    ops = [{"op": "copy", "from": "/channels", "path": "/channels/-"}] * 60
    run = me.run(two_bin, inputs={"patch": {"ops": ops}}, headers={"Prefer": "wait=30"})
    assert run.status_code == 400 or run.json["status"] == "failed", run.text
    assert me.run(two_bin, test_poi=0.505).json["status"] == "successful"


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=abc", None),
        ("wait=-1", None),
        ("wait=0", "wait=0"),
        ("wait=99999999999", "wait=30"),
        ("respond-async, wait=5", "wait=5"),
        ("RESPOND-ASYNC", "respond-async"),
        ("handling=lenient; x=y, respond-async", "respond-async"),
        (";;;", None),
    ],
)
def test_preferences_are_applied_or_ignored(me, two_bin, prefer, applied):
    run = me.run(two_bin, test_poi=0.506, headers={"Prefer": prefer})
    assert run.status_code == 201
    assert run.headers.get("Preference-Applied") == applied


def test_what_cannot_be_looked_for_is_refused(me, two_bin):
    for question in ("model=%00", "model=../x", "page=0", "size=101", "status=x", "page=a"):
        assert me("GET", f"/runs?{question}").status_code == 400, question
    assert me("GET", f"/models/{two_bin}/execute?version=%00").status_code == 400
    run = me.run(two_bin).headers["Location"]
    for offset in ("-1", "x", "9" * 30):
        assert me("GET", f"{run}/logs?offset={offset}").status_code == 400
    assert me("GET", f"{run}/results/..%2f..%2fetc%2fpasswd").status_code == 404


def test_a_result_file_is_given_to_nobody_else_and_kept_by_no_cache(
    me, anyone, two_bin, app, location
):
    from demos_exec.records.models import ModelRun
    from demos_exec.services import machine
    from invenio_db import db

    link = me.run(two_bin, test_poi=0.733).headers["Location"]
    run = db.session.get(ModelRun, link.rsplit("/", 1)[-1])
    # As a container that writes a file beside its result would have ended it.
    run.result_key = "with-a-file"
    state = State(state="done", result=b"{}", files={"p.csv": b"1,2"})
    run.result_id, _ = machine._store(run, state)
    db.session.commit()
    answer = me("GET", f"{link}/results/p.csv")
    assert (answer.status_code, answer.data) == (200, b"1,2")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Expires" not in answer.headers
    assert anyone("GET", f"{link}/results/p.csv").status_code == 404


def test_a_forged_request_of_somebody_with_a_session_is_refused(app, users, two_bin):
    from conftest import Api

    browser = Api(app.test_client())
    with browser.client.session_transaction(base_url="https://127.0.0.1:5000") as session:
        session.update(_user_id=str(users[0].id), _fresh=True)
    refused = browser.run(two_bin, test_poi=0.509)
    assert refused.status_code == 400
    assert "CSRF" in refused.text


def test_a_body_that_is_too_large_is_refused(me, two_bin):
    response = me("POST", f"/models/{two_bin}/run", raw=b" " * (10 * 1024**2 + 1))
    assert response.status_code == 413


def test_the_same_question_is_answered_from_the_store(me, two_bin):
    first = me.run(two_bin, test_poi=0.31)
    again = me.run(two_bin, test_poi=0.31)
    assert (first.json["reused"], first.json["reused_from"]) == (False, None)
    assert (again.json["reused"], again.json["reused_from"]) == (True, first.json["id"])
    assert again.json["results"] == first.json["results"]
    anew = me.run(two_bin, test_poi=0.31, headers={"Cache-Control": "no-cache"})
    assert anew.json["reused"] is False


def test_the_run_of_a_stranger_is_named_to_nobody(me, other, anyone, two_bin):
    first = me.run(two_bin, test_poi=0.313).json
    for who in (other, anyone):
        again = who.run(two_bin, test_poi=0.313)
        assert (again.json["reused"], again.json["reused_from"]) == (True, None)
        run = again.json["links"]["self"]
        for part in ("", "/results", "/provenance", "/logs"):
            answer = who("GET", run + part)
            assert first["id"] not in answer.text + str(answer.headers)


def test_a_run_without_an_account_may_be_named(anyone, me, two_bin):
    first = anyone.run(two_bin, test_poi=0.317).json
    assert me.run(two_bin, test_poi=0.317).json["reused_from"] == first["id"]
    assert me.run(two_bin, test_poi=0.317).json["reused_from"] != first["id"]  # one's own is nearer


def test_an_idempotency_key_means_one_run(me, other, two_bin):
    key = {"Idempotency-Key": "k1"}
    first = me.run(two_bin, test_poi=0.41, headers=key)
    second = me.run(two_bin, test_poi=0.41, headers=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["Location"] == second.headers["Location"]
    assert me.run(two_bin, test_poi=0.42, headers=key).status_code == 422
    assert other.run(two_bin, test_poi=0.41, headers=key).json["id"] != first.json["id"]


def test_somebody_elses_run_is_closed(me, other, anyone, two_bin):
    run = me.run(two_bin).headers["Location"]
    for part in ("", "/results", "/logs", "/provenance"):
        assert me("GET", run + part).status_code == 200
        assert other("GET", run + part).status_code == 404
        assert anyone("GET", run + part).status_code == 404
    for action in ("cancel", "rerun"):
        assert other("POST", f"{run}/{action}").status_code == 404
    assert other("DELETE", run).status_code == 404
    assert me("GET", "/runs/not-an-id").status_code == 404


def test_a_restricted_model_is_run_and_described_only_by_its_readers(
    me, other, anyone, registry, users
):
    model = registry.add(TWO_BIN, readers=[int(users[0].id)])
    run = me.run(model)
    assert cls_of(run) == pytest.approx(CLS, rel=1e-4)
    for stranger in (other, anyone):
        assert stranger.run(model).status_code == 403
        assert stranger("GET", f"/models/{model}/execute").status_code == 403
    registry.models[model].readers = []
    assert me("GET", run.headers["Location"] + "/results").status_code == 403


@pytest.mark.parametrize("way_out", ["close", "delete"])
@pytest.mark.parametrize("who", ["other", "anyone"])
def test_a_run_tells_nothing_of_a_model_that_was_closed(request, registry, who, way_out):
    who = request.getfixturevalue(who)
    model = registry.add({**TWO_BIN, "version": "1.0.0"})
    key = {"Idempotency-Key": f"{way_out}-{model}", "Prefer": "wait=30"}
    made = who.run(model, headers=key)
    assert made.json["results"]["CLs_obs"] > 0
    failed = who.run(model, inputs={"patch": {"ops": [{"op": "remove", "path": "/channels/9"}]}})
    assert "patch_conflict" in failed.json["message"]
    getattr(registry, way_out)(model)
    for run in (made.json["links"]["self"], failed.json["links"]["self"]):
        for part in ("/results", "/logs", "/provenance", "/results/x"):
            assert who("GET", run + part).status_code in (403, 410)
        shown = who("GET", run)
        assert (shown.status_code, shown.json["closed"]) == (200, True)
        assert "message" not in shown.json and shown.json["model"]["digest"] is None
    again = who.run(model, headers=key)
    assert again.status_code in (403, 410) and "CLs_obs" not in again.text
    assert who("POST", f"{made.json['links']['rerun']}", {}).status_code in (403, 410)
    # What one started may still be dropped.
    assert who("DELETE", made.json["links"]["self"]).status_code == 204


def test_runs_of_a_closed_model_are_listed_without_what_they_say_of_it(me, registry):
    model = registry.add(TWO_BIN)
    me.run(model)
    registry.close(model)
    (hit,) = me("GET", f"/runs?model={model}").json["hits"]["hits"]
    assert hit["closed"] is True and "usage" not in hit


def test_a_run_of_an_account_that_was_deleted_is_nobodys(me, anyone, two_bin):
    run = me.run(two_bin, test_poi=0.319).json
    values = {"user_id": None}
    db.session.execute(update(ModelRun).where(ModelRun.id == UUID(run["id"])).values(values))
    db.session.commit()
    assert anyone("GET", run["links"]["results"]).status_code == 404


def test_a_version_is_taken_from_the_address_and_from_the_body(me, two_bin):
    body = {"operation": "fit", "inputs": {}, "parameters": {}}
    one = me("POST", f"/models/{two_bin}/run?version=1", body)
    assert one.json["status"] == "successful"
    assert me("POST", f"/models/{two_bin}/run?version=9", body).status_code == 404
    assert me("POST", f"/models/{two_bin}/run", {**body, "version": 9}).status_code == 404
    both = me("POST", f"/models/{two_bin}/run?version=1", {**body, "version": 9})
    assert both.json["errors"][0]["pointer"] == "/version"


def test_a_backend_that_is_none_is_refused_and_the_others_are_named(me, two_bin):
    answer = me("POST", f"/models/{two_bin}/run", {"operation": "fit", "backend": "moon"})
    assert answer.status_code == 400
    assert answer.json["errors"] == [
        {"pointer": "/backend", "messages": ["One of local is needed."]}
    ]
    assert (
        me("POST", f"/models/{two_bin}/run", {"operation": "fit", "backend": "local"}).json[
            "backend"
        ]["name"]
        == "local"
    )


def test_an_unknown_parameter_of_the_address_is_refused(me, two_bin):
    run = me.run(two_bin).json["links"]["self"]
    for path in (f"/models/{two_bin}/execute", "/runs", run, f"{run}/results", f"{run}/logs"):
        answer = me("GET", f"{path}?nonsense=1")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "nonsense")
        assert me("GET", f"{path}?token=x").status_code == 200
    body = {"operation": "fit"}
    assert me("POST", f"/models/{two_bin}/run?verison=1", body).status_code == 400


def test_what_is_hopeless_is_refused_before_it_is_taken(me, two_bin):
    many = [
        {"name": f"m{i}", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}} for i in range(4000)
    ]
    place = "/channels/0/samples/1/modifiers/-"
    patch = {"ops": [{"op": "add", "path": place, "value": one} for one in many]}
    answer = me.run(two_bin, inputs={"patch": patch}, calculator="toys", toys=20000, engine="pyhf")
    assert answer.status_code == 400
    assert "estimated to take" in answer.json["detail"]


def test_the_quota_counts_the_time_of_a_processor(app, me, two_bin):
    me.run(two_bin, mu=0.543, headers={"Prefer": "wait=30"})
    own = {"open": 32, "per_hour": 3000, "cpu_seconds": 0.0}
    quotas = {**app.config["DEMOS_EXEC_QUOTAS"], "user": own}
    before, app.config["DEMOS_EXEC_QUOTAS"] = app.config["DEMOS_EXEC_QUOTAS"], quotas
    try:
        refused = me.run(two_bin, mu=0.547)
    finally:
        app.config["DEMOS_EXEC_QUOTAS"] = before
    assert (refused.status_code, refused.json["quota"]) == (429, "cpu_seconds")
    assert int(refused.headers["Retry-After"]) > 0
    ran = me.run(two_bin, mu=0.547, headers={"Prefer": "wait=30"}).json
    assert db.session.get(ModelRun, UUID(ran["id"])).cpu_seconds > 0


def test_errors_are_named_by_their_type(me, two_bin):
    site = "https://127.0.0.1:5000/errors"
    answer = me("GET", f"/runs/{uuid4()}")
    assert answer.json["type"] == f"{site}/run_not_found"
    assert answer.json["title"] == "No such run"
    answer = me("POST", f"/models/{two_bin}/run", {"operation": "nonsense"})
    assert answer.json["type"] == f"{site}/invalid_run"


def test_somebody_who_has_not_signed_in_has_a_small_quota(app, anyone, two_bin):
    first = db.session.get(ModelRun, UUID(anyone.run(two_bin, mu=0.541).json["id"]))
    taken = ModelRun.query.filter(ModelRun.owner_key == first.owner_key, ModelRun.attempt > 0)
    own = {"open": 4, "per_hour": taken.count() + 3, "cpu_seconds": 600}
    quotas = {**app.config["DEMOS_EXEC_QUOTAS"], "anonymous": own}
    before, app.config["DEMOS_EXEC_QUOTAS"] = app.config["DEMOS_EXEC_QUOTAS"], quotas
    try:
        for i in range(3):
            run = anyone.run(two_bin, test_poi=0.551 + i / 100)
            assert run.status_code == 201
            assert anyone("GET", run.headers["Location"]).status_code == 200
        refused = anyone.run(two_bin, test_poi=0.611)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json["quota"] == "per_hour"
        assert refused.json["limit"] == refused.json["used"] == own["per_hour"]
        # What is known already costs nothing.
        assert anyone.run(two_bin, test_poi=0.551).status_code == 201
        assert anyone("GET", "/runs").status_code == 403
    finally:
        app.config["DEMOS_EXEC_QUOTAS"] = before


def test_a_script_without_an_account_may_keep_its_cookies(anyone, two_bin):
    """Protection against forged requests is for those who have a session to abuse."""
    for poi in (0.507, 0.508):
        assert anyone.run(two_bin, test_poi=poi).status_code == 201
    assert anyone.client.get_cookie("csrftoken", domain="127.0.0.1") is not None


def test_a_run_that_nobody_waits_for_is_watched_until_it_ends(me, two_bin):
    run = me.run(two_bin, test_poi=0.71, headers={"Prefer": "respond-async"})
    assert run.json["status"] in ("accepted", "running")
    assert run.headers["Preference-Applied"] == "respond-async"
    ended = me("GET", run.headers["Location"], headers={"Prefer": "wait=10"})
    assert ended.json["status"] == "successful"
    tag = ended.headers["ETag"]
    same = me("GET", run.headers["Location"], headers={"If-None-Match": tag})
    assert same.status_code == 304


def slow(me, model, **headers):
    """Start a run that pyhf's pseudo-experiments keep busy for minutes."""
    parameters = {"calculator": "toys", "toys": 20000, "engine": "pyhf"}
    return me.run(model, headers={"Prefer": "respond-async", **headers}, **parameters)


def test_a_running_run_is_cancelled(me, two_bin):
    run = slow(me, two_bin).headers["Location"]
    assert me("GET", run).json["status"] == "running"
    assert me("GET", run + "/results").status_code == 404
    assert me("DELETE", run).status_code == 409
    cancelled = me("POST", run + "/cancel")
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "dismissed")
    assert me("GET", run).json["reason"] == "cancelled"
    assert me("POST", run + "/cancel").status_code == 200


def test_a_cancel_that_crosses_with_the_end_wins_until_the_end_is_told(me, two_bin):
    from demos_exec.proxies import current_runs_service
    from demos_exec.services.reconciling import reconcile
    from invenio_db import db
    from sqlalchemy import text

    run = me.run(two_bin, test_poi=0.81, headers={"Prefer": "respond-async"})
    db.session.execute(text("UPDATE demos_exec_run SET lease_until = '2000-01-01'"))
    db.session.commit()
    reconcile(current_runs_service)
    location = run.headers["Location"]
    assert me("POST", location + "/cancel").json["status"] == "dismissed"
    assert me("GET", location + "/results").status_code == 404
    told = me.run(two_bin, test_poi=0.82)
    assert told.json["status"] == "successful"
    refused = me("POST", told.headers["Location"] + "/cancel")
    assert refused.status_code == refused.json["status"] == 409
    assert refused.json["run_status"] == "successful"


def test_the_time_limit_that_was_asked_for_ends_a_run(me, two_bin):
    body = {
        "operation": "cls",
        "parameters": {"calculator": "toys", "toys": 20000, "engine": "pyhf"},
        "resources": {"wall_seconds": 0.5},
    }
    run = me("POST", f"/models/{two_bin}/run", body, headers={"Prefer": "wait=20"})
    assert (run.json["status"], run.json["reason"]) == ("failed", "timeout")
    assert run.json["reason_class"] == "model"


def test_a_deleted_run_is_gone(me, two_bin):
    run = me.run(two_bin, test_poi=0.91, headers={"Prefer": "wait=30"}).headers["Location"]
    assert me("DELETE", run).status_code == 204
    for part in ("", "/results", "/logs"):
        assert me("GET", run + part).status_code == 410


def test_a_rerun_takes_other_parameters(me, two_bin):
    first = me.run(two_bin, test_poi=0.21)
    changes = {"parameters": {"test_poi": 0.22}}
    again = me("POST", first.headers["Location"] + "/rerun", changes)
    assert again.status_code == 201
    assert again.json["derived_from"] == first.json["id"]
    assert again.json["results"]["mu"] == 0.22
    for wrong, pointer in (
        ({"inputs": "x"}, "/inputs"),
        ({"parameters": [1]}, "/parameters"),
        ({"operation": "fit"}, "/operation"),
        ({"parameters": {"mu": "x"}}, "/parameters/mu"),
    ):
        refused = me("POST", first.headers["Location"] + "/rerun", wrong)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, pointer)
    same = me("POST", first.headers["Location"] + "/rerun", {})
    assert same.json["reused_from"] is None
    assert same.json["results"] == first.json["results"]


def test_runs_are_listed_for_their_owner(me, other, two_bin, registry):
    model = registry.add(TWO_BIN)
    ids = [me.run(model, test_poi=x).json["id"] for x in (0.1, 0.2)]
    mine = me("GET", f"/runs?model={model}").json["hits"]
    assert [h["id"] for h in mine["hits"]] == ids[::-1]
    assert other("GET", f"/runs?model={model}").json["hits"]["total"] == 0
    assert other("GET", f"/runs?model={model}&all=true").json["hits"]["total"] == 0
    assert me("GET", f"/runs?model={model}&status=failed").json["hits"]["total"] == 0
    assert me("GET", "/runs?status=nonsense").status_code == 400


def test_execute_describes_the_model(me, two_bin, pool):
    found = me("GET", f"/models/{two_bin}/execute")
    assert found.json["executable"] is True
    operations = found.json["operations"]
    assert set(operations) == {n for n, o in table().items() if not o.needs_patchset}
    forms = operations["cls"]["inputs"]["properties"]["patch"]["oneOf"]
    yields = next(f for f in forms if f["title"] == "Signal as yields")
    assert yields["properties"]["yields"]["properties"]["singlechannel"]["minItems"] == 2
    assert found.json["backends"][0]["name"] == "local"
    assert found.json["backends"][0]["network"] == "none"
    same = me("GET", f"/models/{two_bin}/execute", headers={"If-None-Match": "nothing"})
    assert same.status_code == 200


def test_every_example_of_the_description_runs(me, two_bin):
    described = me("GET", f"/models/{two_bin}/execute").json
    for example in described["examples"]:
        run = me.run(two_bin, example["operation"], example["inputs"], **example["parameters"])
        assert run.json["status"] == "successful"


PATCHSET = {
    "metadata": {
        "references": {"hepdata": "ins1"},
        "labels": ["mass"],
        "digests": {"md5": "0" * 32},
        "description": "signals",
    },
    "patches": [
        {
            "metadata": {"name": f"m{mass}", "values": [mass]},
            "patch": [
                {
                    "op": "replace",
                    "path": "/channels/0/samples/0/data",
                    "value": [mass / 10, mass / 20],
                }
            ],
        }
        for mass in (100, 200, 300)
    ],
    "version": "1.0.0",
}


def test_signals_of_a_patchset_by_name_by_point_and_all_at_once(me, registry):
    model = registry.add(TWO_BIN, patchset=PATCHSET)
    named = cls_of(me.run(model, inputs={"patch": "m200"}))
    assert named == pytest.approx(CLS, rel=1e-4)  # the example's own signal
    assert cls_of(me.run(model, inputs={"patch": {"point": [200]}})) == named
    missing = me.run(model, inputs={"patch": {"point": [201]}})
    assert missing.json["errors"][0]["pointer"] == "/inputs/patch/point"
    grid = me.run(model, "grid").json["results"]
    assert grid["labels"] == ["mass"]
    assert [p["name"] for p in grid["points"]] == ["m100", "m200", "m300"]
    assert grid["points"][1]["CLs_obs"] == pytest.approx(named, rel=1e-6)
    some = me.run(model, "grid", inputs={"patches": ["m300"]}).json["results"]
    assert [p["name"] for p in some["points"]] == ["m300"]


def test_a_background_without_signal_asks_for_one(me, registry):
    background = {
        **TWO_BIN,
        "channels": [{"name": "SR", "samples": TWO_BIN["channels"][0]["samples"][1:]}],
        "observations": [{"name": "SR", "data": [55.0, 62.0]}],
    }
    model = registry.add(background)
    refused = me.run(model)
    assert refused.status_code == 400
    assert refused.json["errors"][0]["pointer"] == "/inputs/patch"
    signal = {"yields": {"SR": [20.0, 10.0]}, "sample": "mine"}
    assert cls_of(me.run(model, inputs={"patch": signal})) == pytest.approx(CLS, rel=1e-4)
    assert me.run(model, "fit").json["results"]["outcome"] == "ok"


def test_results_hold_no_number_that_is_none(me, registry):
    """A model whose data no signal can explain: a named outcome, not a NaN."""
    impossible = {
        "channels": [
            {
                "name": "SR",
                "samples": [
                    {
                        "name": "s",
                        "data": [0.0],
                        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                    }
                ],
            }
        ],
        "observations": [{"name": "SR", "data": [5.0]}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }
    model = registry.add(impossible)
    for operation in ("cls", "fit", "upper_limit", "yields"):
        run = me.run(model, operation)
        if run.json["status"] == "successful":
            assert run.json["results"]["outcome"] != "ok", run.text
        else:
            assert run.json["reason"] == "invalid_input", run.text
        assert "NaN" not in run.text


SCHEMA_ORG = """
    CreateAction name description instrument agent object actionStatus startTime endTime error
    CreativeWork identifier version SoftwareApplication url softwareVersion Person PropertyValue
    propertyID value result encodingFormat contentSize dateModified Dataset datePublished license
    hasPart mentions publisher about Organization
"""
CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": {
        **{term: f"http://schema.org/{term}" for term in SCHEMA_ORG.split()},
        "File": "http://schema.org/MediaObject",
        "conformsTo": "http://purl.org/dc/terms/conformsTo",
    },
    "https://w3id.org/ro/terms/workflow-run/context": {
        "sha256": "https://w3id.org/ro/terms/workflow-run#sha256"
    },
}
"""Of the published contexts, what the platform's crates use: tests have no network."""


@pytest.fixture
def contexts(tmp_path):
    """Give the path of a cache of the validator that holds the JSON-LD contexts."""
    requests = pytest.importorskip("requests")
    cached = pytest.importorskip("requests_cache")

    class Published(requests.adapters.HTTPAdapter):
        def send(self, asked, **options):
            raw = HTTPResponse(
                body=BytesIO(json.dumps({"@context": CONTEXTS[asked.url]}).encode()),
                headers={"Content-Type": "application/ld+json"},
                status=200,
                preload_content=False,
            )
            return self.build_response(asked, raw)

    path = tmp_path / "http-cache"
    session = cached.CachedSession(str(path), backend="sqlite", expire_after=-1)
    session.mount("https://", Published())
    for url in CONTEXTS:
        session.get(url, headers={"Accept": "application/ld+json, application/json"})
    session.close()
    return path


@pytest.mark.parametrize("ends", ["successful", "failed"])
def test_provenance_is_a_valid_process_run_crate(me, two_bin, tmp_path, contexts, ends):
    models = pytest.importorskip("rocrate_validator.models")
    services = pytest.importorskip("rocrate_validator.services")
    fixed = {} if ends == "successful" else {"fixed": {"nope": 1.0}}
    run = me.run(two_bin, inputs=fixed)
    assert run.json["status"] == ends
    crate = me("GET", run.headers["Location"] + "/provenance")
    assert crate.content_type.startswith("application/ld+json")
    folder = tmp_path / "crate"
    folder.mkdir()
    (folder / "ro-crate-metadata.json").write_text(crate.text)
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="process-run-crate-0.5",
        requirement_severity=models.Severity.REQUIRED,
        offline=True,
        cache_path=contexts,
    )
    result = services.validate(settings)
    assert not result.has_issues(), [i.message for i in result.get_issues()]
    # It says what it must say, not only something well-formed.
    graph = {entity["@id"]: entity for entity in crate.json["@graph"]}
    action = next(e for e in graph.values() if e["@type"] == "CreateAction")
    assert graph[action["instrument"]["@id"]]["version"] == run.json["image_digest"]
    assert any(
        graph[o["@id"]].get("sha256") == run.json["model"]["digest"] for o in action["object"]
    )
    assert ("error" in action) == (ends == "failed")
