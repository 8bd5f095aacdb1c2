# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Peers of which single records are looked up and imported."""

import json

import pytest
from peers import models
from peers.others import COMMIT, OtherPeers
from peers.zenodo import Record, ZenodoDouble

pytestmark = pytest.mark.usefixtures("no_documents")

NAMES = ("inspire", "arxiv", "github", "gitlab", "rodare", "opendata")


@pytest.fixture
def others(clean):
    with OtherPeers(models.as_json(models.workspace(61))) as double:
        for name in NAMES:
            clean.config[f"DEMOS_PEER_{name.upper()}_URL"] = double.url
        yield double


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("peer", "source_id", "url"),
    [
        ("github", "owner/models@v1.0:a b/model.json",
         f"https://github.com/owner/models/blob/{COMMIT}/a%20b/model.json"),
        ("gitlab", "group/models@main:model.json", f"/group/models/-/blob/{COMMIT}/model.json"),
        ("rodare", "42", "/record/42/files/model.json"),
    ],
)  # fmt: skip
def test_a_model_file_is_imported_and_read(harvest, client, works, peer, source_id, url):
    counts = harvest(peer, ids=[source_id])
    assert (counts["registered"], counts["failed"], works(host=peer)) == (1, 0, 1)
    (model,) = client.get("/models?q=").json["hits"]["hits"] or [None]
    assert model["kind"] == "histfactory"
    detail = client.get(f"/models/{model['id']}").json
    assert detail["sources"][0]["url"].endswith(url)
    assert detail["structure"]["n_channels"] == 1
    assert harvest(peer, ids=[source_id])["unchanged"] == 1


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("peer", "source_id", "title"),
    [
        ("rodare", "43", "Equation of state of warm dense matter"),
        ("opendata", "5", "CMS open likelihood"),
    ],
)
def test_other_kinds_of_models_are_described(harvest, client, works, peer, source_id, title):
    assert harvest(peer, ids=[source_id])["registered"] == 1
    (hit,) = client.get("/models").json["hits"]["hits"]
    assert (hit["kind"], hit["metadata"]["title"]) == ("other", title)
    assert works(host=peer, sha256=None) == 1


def test_combine_models_of_the_cern_repository_are_described(doubles, harvest, client):
    sets = ("community-cms-statistical-models",)
    files = {"combine.root": b"root"}
    record = Record("c2948-e8875", "c2947-e8874", "Higgs observation", files, sets=sets)
    doubles("cern", ZenodoDouble([record]))
    assert harvest("cern")["registered"] == 1
    (hit,) = client.get("/models").json["hits"]["hits"]
    assert (hit["kind"], hit["metadata"]["title"]) == ("combine", "Higgs observation")
    assert harvest("cern")["unchanged"] == 1


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("peer", "source_id"),
    [
        ("github", "owner/models@nobranch:model.json"),
        ("github", "../../etc@main:passwd"),
        ("gitlab", "group/models@gone:model.json"),
        ("rodare", "77"),
        ("rodare", "abc"),
    ],
)
def test_what_is_not_there_is_named(harvest, item, works, peer, source_id):
    counts = harvest(peer, ids=[source_id])
    assert (counts["registered"], works()) == (0, 0)
    assert item(peer, source_id).error["code"] in ("refused", "not_found", "bad_identifier")


def test_inspire_fills_what_a_record_leaves_open(clean, others, doubles, harvest, client):
    from peers.datacite import DataCiteDouble
    from peers.hepdata import HEPDataDouble, Resource
    from peers.hepdata import Record as HEPDataRecord

    clean.config["DEMOS_HARVEST_ENRICH"] = True
    hepdata = doubles("hepdata", HEPDataDouble([
        HEPDataRecord(133620, 2153660, title="As HEPData says", collaborations=(), energies=(),
                      resources=[Resource("w.json", models.as_json(models.workspace(3)))]),
    ]))  # fmt: skip
    doubles("datacite", DataCiteDouble(hepdata))
    hepdata.quirks.add("no-keywords")
    harvest("hepdata")
    metadata = client.get("/models/ins2153660").json["metadata"]
    assert (metadata["title"], metadata["experiment"]) == ("As HEPData says", "ATLAS")
    assert metadata["energies"] == [{"value": 13.0, "unit": "TeV"}]
    assert metadata["publication"]["arxiv"] == "2209.08990"


@pytest.mark.usefixtures("others")
def test_lookup_of_a_paper_that_only_arxiv_knows(client):
    answer = client.get("/lookup?id=arXiv:2501.00001").json
    assert answer["publication"] == {"arxiv": "2501.00001", "doi": "10.1000/xyz"}
    assert client.get("/lookup?id=arXiv:2501.99999").json["publication"] == {}


@pytest.mark.usefixtures("others")
def test_lookup_of_a_paper_leads_to_its_record(clean, doubles, client):
    from peers.hepdata import HEPDataDouble
    from peers.hepdata import Record as HEPDataRecord

    doubles("hepdata", HEPDataDouble([HEPDataRecord(133620, 2153660)]))
    answer = client.get("/lookup?id=10.1007/JHEP06(2023)191").json
    assert [r["id"] for r in answer["records"]] == ["ins2153660"]
    assert json.dumps(answer["publication"])
