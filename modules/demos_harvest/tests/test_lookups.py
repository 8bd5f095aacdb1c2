# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a script gets when it asks about a record."""

import json
from datetime import timedelta

import pytest
from peers import models
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble, Record, Resource
from peers.zenodo import Record as ZenodoRecord
from peers.zenodo import ZenodoDouble

SMALL = models.workspace(41)


@pytest.fixture(autouse=True)
def peers(doubles):
    hepdata = doubles("hepdata", HEPDataDouble([
        Record(133620, 2153660, arxiv="2209.08990", doi="10.1007/jhep06(2023)191",
               resources=[Resource("workspace.json", models.as_json(SMALL))]),
        Record(89408, 1748602, resources=[
            Resource("workspaces.tar.gz", models.tgz({
                "RegionA/BkgOnly.json": models.as_json(models.workspace(1)),
                "RegionB/BkgOnly.json": models.as_json(models.workspace(2)),
            })),
            Resource("other.json", models.as_json(models.workspace(9))),
        ]),
    ]))  # fmt: skip
    zenodo = doubles("zenodo", ZenodoDouble([
        ZenodoRecord("42", "41", files={"workspace.json": models.as_json(models.workspace(3)),
                                        "notes.txt": b"hello"}),
    ]))  # fmt: skip
    doubles("datacite", DataCiteDouble(hepdata))
    return {"hepdata": hepdata, "zenodo": zenodo}


@pytest.fixture
def inspire_is_down(clean):
    clean.config["DEMOS_PEER_INSPIRE_URL"] = "http://127.0.0.1:9"


def test_unknown_record_is_asked_for_live_and_then_kept(client, peers):
    answer = client.get("/hepdata/ins2153660")
    assert answer.status_code == 200
    assert answer.json["metadata"]["publication"]["arxiv"] == "2209.08990"
    assert answer.json["files"][0]["doi"] == "10.17182/hepdata.133620.v1/r1"
    assert answer.json["mirror"]["stale"] is False
    asked = len(peers["hepdata"].requests)
    again = client.get("/hepdata/ins2153660")
    assert again.json["metadata"] == answer.json["metadata"]
    assert int(again.headers["Age"]) >= 0
    assert len(peers["hepdata"].requests) == asked


def test_harvested_record_leads_to_its_models(client, harvest):
    harvest("hepdata")
    files = client.get("/hepdata/ins1748602").json["files"]
    members = [m["member"] for m in files[0]["models"]]
    assert members == ["RegionA/BkgOnly.json", "RegionB/BkgOnly.json"]
    # HEPData's own number of the record will do as well.
    assert client.get("/hepdata/89408").json["id"] == "ins1748602"


def test_peer_down_gives_the_last_copy_marked_stale_or_a_problem(client, peers, harvest, item):
    from demos_harvest.records.models import now
    from invenio_db import db

    harvest("hepdata", ids=["ins2153660"])
    kept = item("hepdata", "ins2153660")
    kept.fetched_at = now() - timedelta(days=3)
    db.session.commit()
    peers["hepdata"].quirks.add("down")
    answer = client.get("/hepdata/ins2153660")
    assert answer.status_code == 200
    assert answer.json["mirror"]["stale"] is True
    assert answer.json["mirror"]["age"] >= 3 * 86400
    cold = client.get("/hepdata/ins1748602")
    assert cold.status_code == 502
    assert cold.mimetype == "application/problem+json"
    assert cold.json["type"].endswith("/unavailable")
    assert int(cold.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hepdata/ins999", 404),
        ("/hepdata/ins1;DROP", 404),
        ("/zenodo/9999", 404),
        ("/lookup?id=what%20is%20this", 400),
        ("/lookup", 400),
        ("/hepdata/ins2153660/convert?format=root", 400),
        ("/zenodo/42/download?file=notes.txt", 404),
        ("/zenodo/42/download", 400),
    ],
)
def test_wrong_questions_get_problem_documents(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("quirk", ["challenge", "login"])
def test_blocked_peer_is_named(client, peers, quirk):
    peers["hepdata"].quirks.add(quirk)
    answer = client.get("/hepdata/ins2153660")
    assert (
        answer.json["peer"]["code"] == {"challenge": "bot_challenge", "login": "not_public"}[quirk]
    )


def test_convert_gives_the_same_model_in_every_format(client, harvest):
    harvest("hepdata")
    source = client.get("/hepdata/ins2153660/convert?format=source")
    assert source.status_code == 200
    assert json.loads(source.data) == SMALL
    pyhf = client.get("/hepdata/ins2153660/convert?format=pyhf")
    assert (pyhf.status_code, json.loads(pyhf.data)["channels"]) == (200, SMALL["channels"])
    for wanted in ("format=demos", "format=hs3&dialect=root"):
        answer = client.get(f"/hepdata/ins2153660/convert?{wanted}")
        assert answer.status_code == 200, answer.data
        assert json.loads(answer.data)["metadata"]["hs3_version"]


def test_convert_of_a_record_that_is_not_here_is_accepted_and_then_done(client):
    answer = client.get("/hepdata/ins2153660/convert?format=source")
    assert answer.status_code == 202
    run = client.get(answer.headers["Location"].partition("/api")[2])
    assert run.json["status"] == "successful"  # tasks are eager in tests
    assert client.get("/hepdata/ins2153660/convert?format=source").status_code == 200


def test_convert_asks_which_file_and_member(client, harvest):
    harvest("hepdata")
    answer = client.get("/hepdata/ins1748602/convert")
    assert (answer.status_code, len(answer.json["resources"])) == (300, 2)
    number = answer.json["resources"][0]["resource"]
    answer = client.get(f"/hepdata/ins1748602/convert?resource={number}&format=source")
    assert (answer.status_code, len(answer.json["members"])) == (300, 2)
    member = answer.json["members"][1]["member"]
    answer = client.get(
        f"/hepdata/ins1748602/convert?resource={number}&member={member}&format=pyhf"
    )
    assert json.loads(answer.data)["observations"] == models.workspace(2)["observations"]


def test_zenodo_download_comes_from_the_mirror(client, harvest, peers):
    harvest("zenodo")
    peers["zenodo"].quirks.add("down")
    answer = client.get("/zenodo/42/download?file=workspace.json")
    assert json.loads(answer.data) == models.workspace(3)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_zenodo_download_of_what_is_not_mirrored_leads_there(client, peers):
    answer = client.get("/zenodo/42/download?file=workspace.json")
    assert answer.status_code == 307
    assert answer.headers["Location"].endswith("/records/42/files/workspace.json")


def test_concept_identifier_leads_to_the_latest_version(client):
    assert client.get("/zenodo/41").json["id"] == "42"


@pytest.mark.usefixtures("inspire_is_down")
@pytest.mark.parametrize(
    "name",
    [
        "10.17182/hepdata.133620",
        "https://doi.org/10.17182/hepdata.133620.v1/r1",
        "https://www.hepdata.net/record/ins2153660",
        "ins2153660",
        "inspire:2153660",
        "https://inspirehep.net/literature/2153660",
        "arXiv:2209.08990v1",
        "https://arxiv.org/abs/2209.08990",
        "10.1007/JHEP06(2023)191",
    ],
)
def test_lookup_understands_every_spelling(client, harvest, name):
    harvest("hepdata", ids=["ins2153660"])
    answer = client.get("/lookup", query_string={"id": name})
    assert answer.status_code == 200
    assert [r["id"] for r in answer.json["records"]] == ["ins2153660"]
    assert len(answer.json["models"]) == 1
    assert answer.json["publication"]["inspire_id"] == "2153660"


@pytest.mark.usefixtures("inspire_is_down")
def test_lookup_of_an_unknown_paper_is_an_empty_answer(client):
    answer = client.get("/lookup?id=2501.00001")
    assert (answer.status_code, answer.json["records"], answer.json["models"]) == (200, [], [])


def test_restricted_copies_do_not_leak(client, harvest):
    from demos_models.records.models import ModelSource
    from invenio_db import db

    harvest("hepdata")
    ModelSource.query.update({"access_record": "restricted", "access_files": "restricted"})
    db.session.commit()
    assert client.get("/hepdata/ins2153660").json["files"][0]["models"] == []
    assert client.get("/lookup?id=ins2153660").json["models"] == []
    assert client.get("/hepdata/ins2153660/convert").status_code != 200
