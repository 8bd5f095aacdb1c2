# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An archive that changes its answers, or closes a door, is named, and nothing is lost."""

import pytest
from peers import models
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble, Record, Resource

pytestmark = pytest.mark.usefixtures("no_documents")


def ws(seed):
    return models.as_json(models.workspace(seed))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    from demos_harvest.http import client

    monkeypatch.setattr(client.PeerHTTP, "_pause", staticmethod(lambda error, number: 0.0))


@pytest.fixture
def hepdata(doubles):
    double = doubles("hepdata", HEPDataDouble([
        Record(11, 1011, resources=[Resource("w.json", ws(1))]),
        Record(12, 1012, resources=[], tables={
            "Table 1": [Resource("table_model.json", ws(2), type="HS3")],
        }),
        Record(13, 1013, resources=[Resource("v.json", ws(3))], tables={"Table 1": []}),
    ]))  # fmt: skip
    doubles("datacite", DataCiteDouble(double))
    return double


def test_models_that_only_the_list_of_resources_shows_are_found(hepdata, harvest, works):
    hepdata.quirks.add("tables-silent")
    counts = harvest("hepdata")
    assert (counts["registered"], counts["skipped"], counts["failed"]) == (3, 0, 0)
    assert works() == 3
    asked = len(hepdata.requests)
    assert harvest("hepdata")["unchanged"] == 3
    assert len(hepdata.requests) - asked == 2


@pytest.mark.parametrize(
    ("quirk", "answer", "field"),
    [("renamed", "resources", "/submission_items/0/resources/0"),
     ("retyped", "record", "/record/analyses")],
)  # fmt: skip
def test_a_renamed_or_retyped_field_is_a_named_drift(
    hepdata, harvest, registry, item, quirk, answer, field
):
    from demos_harvest.status import drift_of

    harvest("hepdata")
    before = registry()
    hepdata.quirks.add(quirk)
    hepdata.bump(1011)
    counts = harvest("hepdata")
    assert (counts["failed"], counts["deleted"], counts["updated"]) == (1, 0, 0)
    error = item("hepdata", "ins1011").error
    assert (error["code"], error["answer"], error["field"]) == ("contract_drift", answer, field)
    assert drift_of("hepdata") == [{"answer": answer, "field": field, "records": 1}]
    assert registry() == before
    hepdata.quirks.clear()
    assert harvest("hepdata", retry=True)["failed"] == 0
    assert drift_of("hepdata") == []


def test_a_challenge_is_no_missing_record(hepdata, harvest, registry, clean):
    harvest("hepdata")
    before = registry()
    hepdata.quirks.add("challenge")
    clean.config["DEMOS_PEER_DATACITE_URL"] = hepdata.url
    counts = harvest("hepdata")
    assert (counts["status"], counts["deleted"]) in {("failed", 0), ("interrupted", 0)}
    assert counts["error"]["code"] in {"bot_challenge", "circuit_open"}
    assert registry() == before


def test_closed_searches_are_left_alone_and_datacite_lists(hepdata, harvest, works, clean):
    hepdata.quirks.add("robots")
    counts = harvest("hepdata")
    assert hepdata.count("/search") == 0
    # DataCite knows no DOI of what is only attached to a table.
    assert (counts["registered"], works()) == (2, 2)
    asked = len(hepdata.requests)
    counts = harvest("hepdata")
    assert (counts["unchanged"], counts["failed"]) == (2, 0)
    assert len(hepdata.requests) == asked
    clean.config["DEMOS_PEER_HEPDATA_SEARCH"] = "allowed"
    assert (harvest("hepdata")["registered"], works()) == (1, 3)


def test_the_portal_says_who_asks_and_whom_to_write_to(hepdata, harvest, clean, monkeypatch):
    seen = []
    before = hepdata.before
    monkeypatch.setattr(
        hepdata, "before", lambda request: seen.append(dict(request.headers)) or before(request)
    )
    clean.config["DEMOS_HARVEST_CONTACT"] = "curator@example.org"
    harvest("hepdata", ids=["ins1011"])
    assert all("curator@example.org" in headers["User-Agent"] for headers in seen)
    assert all(headers["From"] == "curator@example.org" for headers in seen)
