# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What requests may ask and answers may say, on an application of the framework's kind."""

import pytest
from demos_site.edges import answers, asked, files, problems, queries, stumbles
from flask import Flask, Response, abort, jsonify, request, session
from marshmallow import ValidationError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DataError

PUBLIC, PRIVATE = "public, max-age=300", "private, no-store"


@pytest.fixture
def app():
    app = Flask("portal")
    app.config |= {"SECRET_KEY": "x", "SITE_UI_URL": "https://portal.example"}

    @app.get("/<caching>")
    def answer(caching):
        session["seen"] = True
        return Response("x", headers={"Cache-Control": caching})

    @app.route("/echo", methods=["GET", "POST"], endpoint="drafts.file_modification")
    def echo():
        return jsonify(
            accept=request.headers.get("Accept"),
            range=request.headers.get("Range"),
            body=request.get_json(silent=True),
        )

    @app.get("/bytes", endpoint="files.read_content")
    def read_content():
        return request.headers["Accept"]

    @app.route("/fail/<int:status>", methods=["GET", "POST"])
    def fail(status):
        abort(status)

    @app.get("/csrf")
    def csrf():
        return {"status": 400, "message": "CSRF cookie not set."}, 400

    @app.get("/own")
    def own():
        return {"code": "patch_unknown", "message": "no such patch", "errors": []}, 404

    @app.get("/typed")
    def typed():
        return {"type": "https://elsewhere.example/problems/peer_down", "detail": "x"}, 502

    @app.route("/value", methods=["GET", "POST"])
    def value():
        raise DataError("select", {}, ValueError("no integer"))

    return app


@pytest.fixture
def api(app):
    asked.guard(app)
    asked.guard_api(app)
    problems.complete_all(app)
    stumbles.mend(app)
    answers.guard(app, bare=True)
    return app.test_client()


@pytest.fixture
def pages(app):
    asked.guard(app)
    queries.guard(app)
    answers.guard(app)
    return app.test_client()


def test_an_answer_that_caches_may_keep_has_no_cookie(pages):
    assert "Set-Cookie" not in pages.get(f"/{PUBLIC}").headers
    assert "Set-Cookie" not in pages.get("/s-maxage=9").headers
    assert "Set-Cookie" in pages.get(f"/{PRIVATE}").headers


def test_a_script_that_reads_the_api_gets_no_cookie_and_a_page_keeps_its_session(api):
    assert "Set-Cookie" not in api.get(f"/{PRIVATE}").headers
    api.set_cookie("session", "old")
    assert "Set-Cookie" in api.get(f"/{PRIVATE}").headers


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_for_machines_sets_no_cookie(app, pages, method):
    @app.route("/oai2d", methods=["GET", "POST"])
    def oai():
        session["seen"] = True
        return "x"

    assert "Set-Cookie" not in getattr(pages, method)("/oai2d?verb=Identify").headers


def test_pages_elsewhere_read_without_credentials(api):
    answer = api.get(f"/{PUBLIC}", headers={"Origin": "https://viewer.example"}).headers
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert {"ETag", "Content-Range"} <= set(answer["Access-Control-Expose-Headers"].split(", "))


def preflight(client, method):
    asked_for = {"Origin": "null", "Access-Control-Request-Method": method}
    return client.options("/echo", headers=asked_for)


def test_a_preflight_to_read_passes_with_a_range_and_without_a_token(api):
    answer = preflight(api, "GET")
    assert answer.status_code == 204
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert "Range" in allowed
    assert "Authorization" not in allowed


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_preflight_to_write_does_not_pass(api, method):
    assert "Access-Control-Allow-Origin" not in preflight(api, method).headers


def test_a_token_in_the_address_or_in_a_form_is_refused(api):
    assert api.get("/echo?access_token=x").status_code == 400
    assert api.post("/echo", data={"access_token": "x"}).status_code == 400
    assert api.post("/echo", json={"access_token": "x"}).status_code == 200


@pytest.mark.parametrize("address", ["/a%00b", "/echo?q=%00"])
def test_the_character_nul_is_refused(api, address):
    assert api.get(address).status_code == 400


def test_several_ranges_are_answered_with_the_whole(api):
    said = api.get("/echo", headers={"Range": "bytes=0-0,5-9"}).json
    assert said["range"] is None
    assert api.get("/echo", headers={"Range": "bytes=0-9"}).json["range"] == "bytes=0-9"


@pytest.mark.parametrize(
    ("asked_for", "status", "said"),
    [("bytes=2-4", 206, "bytes 2-4/10"), ("bytes=10-", 416, "bytes */10"), ("bytes=x", 416, None)],
)
def test_a_range_outside_is_told_how_long_the_whole_is(app, api, asked_for, status, said):
    @app.get("/file")
    def file():
        response = app.response_class(b"0123456789", headers={"Content-Length": "10"})
        return response.make_conditional(request, accept_ranges=True, complete_length=10)

    answer = api.get("/file", headers={"Range": asked_for})
    assert answer.status_code == status
    assert answer.headers.get("Content-Range") == (said or "bytes */10")
    if status == 416:
        assert answer.json["code"] == "range_not_satisfiable"


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("application/*", "*/*"),
        ("text/html, application/*;q=0.5", "text/html, */*;q=0.5"),
        ("image/png", "image/png"),
        ("application/*, */*;q=0.1", "application/*, */*;q=0.1"),
    ],
)
def test_a_range_of_media_types_is_taken(api, accept, taken):
    assert api.get("/echo", headers={"Accept": accept}).json["accept"] == taken


def test_bytes_are_not_refused_for_their_type(api):
    assert api.get("/bytes", headers={"Accept": "application/x-tar"}).text == "*/*"


def test_an_action_without_a_body_has_an_empty_one(api):
    assert api.post("/echo").json["body"] == {}
    assert api.post("/echo", json={"a": 1}).json["body"] == {"a": 1}


@pytest.mark.parametrize("status", sorted(problems.BY_STATUS))
def test_every_error_is_a_problem_document_with_a_known_code(api, status):
    answer = api.get(f"/fail/{status}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["code"] in problems.CODES
    assert answer.json["type"] == f"https://portal.example/errors/{answer.json['code']}"
    assert answer.json["instance"] == f"/fail/{status}"
    assert answer.json["detail"] == answer.json["message"]


def test_a_missing_token_against_forgery_has_its_own_code(api):
    assert api.get("/csrf").json["code"] == "csrf_failed"


def test_the_code_of_a_module_stays(api):
    answer = api.get("/own").json
    assert (answer["code"], answer["detail"]) == ("patch_unknown", "no such patch")
    assert answer["type"].endswith("/errors/patch_unknown")


def test_a_type_that_names_a_code_keeps_it(api):
    assert api.get("/typed").json["type"] == "https://portal.example/errors/peer_down"


def test_a_value_that_no_column_holds_is_the_callers_mistake(api, monkeypatch):
    monkeypatch.setattr(stumbles.db, "session", create_engine("sqlite://").connect())
    stumbles.db.session.execute(text("select 1"))
    assert api.get("/value").status_code == 404
    assert api.post("/value").status_code == 400


@pytest.mark.parametrize("key", ["w.json", "a/b.json", "ä ö.txt", ".hidden", "a..b", "x" * 255])
def test_a_sound_name_of_a_file_is_taken(key):
    assert files.fault_of(key) is None


@pytest.mark.parametrize(
    "key",
    [
        *("", " ", ".", "..", "a/../b", "/a", "a//b", "a/"),
        *("a\nb", "a\x00b", "a\x7fb", "a\\b"),
        "x" * 256,
        "ä" * 128,
    ],
)
def test_a_name_under_which_a_file_is_lost_is_refused(key):
    component = files.SoundFilesComponent(None)
    with pytest.raises(ValidationError) as refused:
        component.init_files(None, "id", None, [{"key": "good"}, {"key": key}])
    assert list(refused.value.messages) == [1]


@pytest.mark.parametrize(
    "query",
    [
        *("muon", "*", "*:*", "stop AND (mass:[100 TO 500] OR gluino*)", "10.17182/hepdata.89408"),
        *(r"a\*b\*c\*d\*", '"a*b*c*d*e*"', "top~1 quark~", "a " * 90, "What is this?"),
    ],
)
def test_an_ordinary_query_is_searched(pages, query):
    assert queries.fault_of(query) is None
    assert pages.get(f"/{PUBLIC}", query_string={"q": query}).status_code == 200


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("a*b*c*d*e*f*" * 25, "wildcards"),
        ("a* " * 9, "wildcards"),
        ("a?b?c?d?", "wildcards in one word"),
        (" OR ".join(f"abc{i}~2" for i in range(40)), "fuzzy words"),
        ("a " * 101, "words"),
        ("(" * 21 + "a" + ")" * 21, "brackets"),
        ("x" * 2001, "characters"),
    ],
)
def test_a_costly_query_is_refused_with_its_reason(pages, query, named):
    answer = pages.get(f"/{PUBLIC}", query_string={"q": query})
    assert answer.status_code == 400
    assert named in answer.text
