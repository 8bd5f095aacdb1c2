# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a curator does: watch, retry, decide, make records; and what HEPData reads of it."""

import json

import pytest
from peers import corpus, models
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble, Record, Resource

pytestmark = pytest.mark.usefixtures("no_documents")


def ws(seed, **options):
    return models.as_json(models.workspace(seed, **options))


@pytest.fixture
def hepdata(doubles):
    double = doubles("hepdata", HEPDataDouble([
        Record(133620, 2153660, title="A search", arxiv="2209.08990",
               doi="10.1007/jhep06(2023)191", resources=[Resource("workspace.json", ws(1))]),
        Record(7, 700, resources=[Resource("low.json", ws(2)), Resource("high.json", ws(3))]),
    ]))  # fmt: skip
    doubles("datacite", DataCiteDouble(double))
    return double


@pytest.fixture
def administrator(clean):
    """Give a client with the token of somebody who may administrate."""
    from uuid import uuid4

    from flask import g
    from flask.testing import FlaskClient
    from flask_security.utils import hash_password
    from invenio_access.models import ActionUsers
    from invenio_administration.permissions import administration_access_action
    from invenio_db import db
    from invenio_oauth2server.models import Token

    datastore = clean.extensions["security"].datastore
    user = datastore.create_user(
        email=f"{uuid4().hex[:8]}@example.org", password=hash_password("123456"), active=True
    )
    db.session.flush()
    superuser = clean.extensions["invenio-access"].actions["superuser-access"]
    for action in (administration_access_action, superuser):
        db.session.add(ActionUsers.allow(action, user_id=user.id))
    token = Token.create_personal("test", user.id, scopes=[], is_internal=False)
    db.session.commit()
    authorization = f"Bearer {token.access_token}"

    class Client(clean.test_client_class or FlaskClient):
        """Forgets who asked last: the tests' application context outlives a request."""

        def open(self, *args, **kwargs):
            for name in ("_login_user", "identity"):
                g.pop(name, None)
            self.environ_base["HTTP_AUTHORIZATION"] = authorization
            try:
                return super().open(*args, **kwargs)
            finally:
                for name in ("_login_user", "identity"):
                    g.pop(name, None)

    return Client(clean, clean.response_class)


@pytest.mark.usefixtures("hepdata")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/integrations"),
        ("get", "/integrations/hepdata"),
        ("post", "/integrations/hepdata/runs"),
        ("post", "/integrations/imports"),
        ("post", "/integrations/doubts/00000000-0000-0000-0000-000000000000"),
    ],
)
def test_strangers_are_refused(client, method, path):
    answer = getattr(client, method)(
        path, json={"model": "x", "action": "new"} if method == "post" else None
    )
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"


def test_a_curator_watches_runs_and_retries(hepdata, administrator):
    hepdata.quirks.add("html-200")
    answer = administrator.post("/integrations/hepdata/runs", json={"ids": ["ins2153660"]})
    assert answer.status_code == 202
    run = administrator.get(answer.headers["Location"].partition("/api")[2]).json
    assert (run["status"], run["counts"]["failed"]) == ("partial", 1)
    state = administrator.get("/integrations/hepdata").json
    assert [(p["id"], p["error"]["code"]) for p in state["problems"]] == [
        ("ins2153660", "unexpected_content")
    ]
    hepdata.quirks.clear()
    administrator.post("/integrations/hepdata/runs", json={"retry": True})
    state = administrator.get("/integrations/hepdata").json
    assert (state["problems"], state["items"]) == ([], {"registered": 1})
    peers = administrator.get("/integrations").json["hits"]["hits"]
    assert {"hepdata", "datacite", "zenodo", "cern"} <= {p["name"] for p in peers}
    assert administrator.get("/integrations/nobody").status_code == 404
    answer = administrator.post("/integrations/hepdata/runs", json={"since": "yesterday"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "since")


@pytest.fixture
def doubt(hepdata, harvest, administrator):
    """A new version whose file has another name, beside two that could be its past."""
    harvest("hepdata")
    hepdata.records[700].resources = [Resource("combined.json", ws(8))]
    hepdata.bump(700)
    assert harvest("hepdata")["doubtful"] == 1
    (doubt,) = administrator.get("/integrations/hepdata").json["doubts"]
    return doubt


def test_a_doubtful_match_waits_for_a_curator(doubt, administrator, works, item, harvest, client):
    assert works() == 3
    assert item("hepdata", "ins700").state == "doubtful"
    assert len(doubt["candidates"]) == 2
    chosen = doubt["candidates"][0]["model_id"]
    wrong = administrator.post(
        f"/integrations/doubts/{doubt['id']}", json={"action": "new", "model": chosen}
    )
    assert wrong.status_code == 400
    answer = administrator.post(
        f"/integrations/doubts/{doubt['id']}", json={"action": "version_of", "model": chosen}
    )
    assert (answer.status_code, answer.json["models"]) == (200, [chosen])
    assert client.get(f"/models/{chosen}/versions").json["hits"]["total"] == 2
    assert item("hepdata", "ins700").state == "registered"
    assert administrator.get("/integrations/hepdata").json["doubts"] == []
    again = administrator.post(f"/integrations/doubts/{doubt['id']}", json={"action": "new"})
    assert again.status_code == 404
    counts = harvest("hepdata")
    assert (counts["doubtful"], counts["updated"]) == (0, 0)


@pytest.mark.parametrize(("action", "expected"), [("new", 4), ("drop", 3)])
def test_a_doubt_becomes_a_model_of_its_own_or_nothing(
    doubt, administrator, works, action, expected
):
    answer = administrator.post(f"/integrations/doubts/{doubt['id']}", json={"action": action})
    assert answer.status_code == 200
    assert works() == expected


def test_a_harvested_model_becomes_a_record_once(hepdata, harvest, administrator, client, works):
    from demos_harvest.cli import harvest as command
    from invenio_communities.communities.records.api import Community

    harvest("hepdata", ids=["ins2153660"])
    doi = "10.17182/hepdata.133620.v1/r1"
    first = administrator.post("/integrations/imports", json={"model": doi})
    assert (first.status_code, first.json["doi"]) == (201, doi)
    again = administrator.post("/integrations/imports", json={"model": doi})
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    line = administrator.application.test_cli_runner().invoke(command, ["import", doi, "--json"])
    assert json.loads(line.output.splitlines()[-1])["id"] == first.json["id"]

    record = administrator.get(f"/records/{first.json['id']}").json
    assert record["pids"]["doi"] == {"identifier": doi, "provider": "external"}
    assert record["metadata"]["resource_type"]["id"] == "model"
    edges = {
        (e["relation_type"]["id"], e["identifier"].lower())
        for e in record["metadata"]["related_identifiers"]
    }
    assert ("issupplementto", "10.1007/jhep06(2023)191") in edges
    assert ("ispartof", "10.17182/hepdata.133620.v1") in edges
    community = Community.pid.resolve("hepdata-likelihoods")
    assert record["parent"]["communities"]["ids"] == [str(community.id)]
    # The deposit is one more source of the same model.
    assert works() == 1
    hosts = {s["host"] for s in client.get(f"/models/{doi}").json["sources"]}
    assert hosts == {"hepdata", "portal"}


@pytest.mark.usefixtures("hepdata")
def test_what_cannot_become_a_record_says_why(administrator):
    answer = administrator.post("/integrations/imports", json={"model": "10.1/unknown"})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert "no such public model" in answer.json["detail"]


@pytest.mark.usefixtures("hepdata")
def test_analyses_json_is_valid_in_hepdatas_schema(harvest, clean):
    from demos_harvest.backlinks import analyses
    from jsonschema import Draft7Validator, FormatChecker

    assert analyses() is None
    harvest("hepdata")
    document = analyses()
    assert [(a["inspire_id"], len(a["implementations"])) for a in document["analyses"]] == [
        (700, 2),
        (2153660, 1),
    ]
    path = corpus.DATA / "peers" / "hepdata" / "analyses_schema" / "1.0.0.json"
    if not path.exists():
        pytest.skip("needs HEPData's schema (DEMOS_SHARED_DATA)")
    schema = json.loads(path.read_text())
    Draft7Validator(schema, format_checker=FormatChecker()).validate(document)


def test_a_decision_that_breaks_off_leaves_everything_as_it_was(doubt, administrator, monkeypatch):
    from demos_harvest.proxies import current_integrations_service
    from demos_harvest.services import integrations
    from invenio_access.permissions import system_identity

    def broken(*args):
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patch:
        patch.setattr(integrations, "_settle", broken)
        with pytest.raises(RuntimeError):
            current_integrations_service.decide(system_identity, doubt["id"], "new")
    state = administrator.get("/integrations/hepdata").json
    assert [d["id"] for d in state["doubts"]] == [doubt["id"]]
    answer = administrator.post(f"/integrations/doubts/{doubt['id']}", json={"action": "new"})
    assert (answer.status_code, len(answer.json["models"])) == (200, 1)
    assert administrator.get("/integrations/hepdata").json["doubts"] == []
