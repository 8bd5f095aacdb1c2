# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CMS' list says which models of the CERN repository belong to which paper."""

import pytest
from peers.cms import CMSDouble
from peers.zenodo import Record, ZenodoDouble

pytestmark = pytest.mark.usefixtures("no_documents")

SETS = ("community-cms-statistical-models",)
HIGGS, OTHER = "c2948-e8875", "66374-ce111"


@pytest.fixture
def peers(doubles):
    records = [
        Record(HIGGS, "c2947-e8874", "Higgs observation", {"combine.root": b"root"}, sets=SETS),
        Record(OTHER, "66373-ce110", "HIG-24-018", {"combine.root": b"root"}, sets=SETS),
    ]
    repository = doubles("cern", ZenodoDouble(records))
    repository.doi = "10.17181/"
    papers = {"1124338": [f"10.17181/{HIGGS}"], "2900000": [f"10.17181/{OTHER}"]}
    return doubles("cms", CMSDouble(papers)), repository


def test_its_models_are_described_with_their_paper_and_the_second_run_writes_nothing(
    peers, harvest, client, works, registry
):
    _, repository = peers
    counts = harvest("cms")
    assert (counts["registered"], counts["failed"], works(host="cern")) == (2, 0, 2)
    hits = client.get("/models").json["hits"]["hits"]
    found = {h["metadata"]["title"]: h["metadata"]["publication"]["inspire_id"] for h in hits}
    assert found == {"Higgs observation": "1124338", "HIG-24-018": "2900000"}
    before, asked = registry(), len(repository.requests)
    assert harvest("cms")["unchanged"] == 2
    assert (registry(), len(repository.requests)) == (before, asked)


def test_the_repository_itself_and_the_list_describe_the_same_models(peers, harvest, works, client):
    harvest("cern")
    assert works() == 2
    assert harvest("cms")["failed"] == 0
    assert works() == 2
    publications = [
        h["metadata"]["publication"] for h in client.get("/models").json["hits"]["hits"]
    ]
    assert {p["inspire_id"] for p in publications} == {"1124338", "2900000"}


@pytest.mark.parametrize(("quirk", "code"), [("analyses-1.0", "contract_drift"),
                                             ("html", "unexpected_content")])  # fmt: skip
def test_a_list_of_another_form_is_named_and_takes_nothing_away(
    peers, harvest, works, monkeypatch, quirk, code
):
    from demos_harvest.http import client

    monkeypatch.setattr(client.PeerHTTP, "_pause", staticmethod(lambda error, number: 0.0))
    harvest("cms")
    peers[0].quirks.add(quirk)
    counts = harvest("cms")
    assert (counts["status"], counts["error"]["code"]) == ("failed", code)
    assert works() == 2
