# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HEPData's records become models, through every quirk of HEPData."""

from datetime import UTC, datetime, timedelta

import pytest
from peers import models
from peers.datacite import DataCiteDouble
from peers.faults import FaultProxy
from peers.hepdata import HEPDataDouble, Record, Resource

pytestmark = pytest.mark.usefixtures("no_documents")


def ws(seed, **options):
    return models.as_json(models.workspace(seed, **options))


def pallets():
    """Likelihoods in every layout that is in use, and a record without one."""
    inner = models.tgz({"ewk_bkgonly.json": ws(31)})
    patches = models.as_json([{"op": "test", "path": "/version", "value": "1.0.0"}])
    return [
        Record(
            89408, 1748602, arxiv="1908.03122", doi="10.1007/JHEP12(2019)060",
            resources=[
                Resource("HEPData_workspaces.tar.gz", models.tgz({
                    "RegionA/BkgOnly.json": ws(1),
                    "RegionA/patch.json": patches,
                    "RegionB/BkgOnly.json": ws(2),
                    "README.md": b"# Likelihoods",
                })),
                Resource("table.slha", b"BLOCK MASS", type="SUSY Les Houches Accord"),
            ],
        ),
        Record(
            133620, 2153660, title="Search <script>alert(1)</script> in <b>top</b> pairs",
            resources=[Resource("workspace.json", ws(3))],
        ),
        Record(91760, 1788448, resources=[
            Resource("Likelihoods.zip", models.zipped({"Likelihoods/DV/bkgonly.json": ws(4)})),
        ]),
        Record(116034, 2072870, resources=[
            Resource("llh_jsons.tar", models.tar({"ewk_bkgonly.json.tgz": inner})),
        ]),
        Record(95664, 1827025, resources=[
            Resource("model.json.gz", models.gz(ws(5))),
        ]),
        Record(7000, 2829504, resources=[], tables={
            "Table 1 $\\mathcal{B}$": [Resource("table_model.json", ws(6), type="HS3")],
            "Table 2": [Resource("figure.png", b"\x89PNG", type="png")],
        }),
        Record(5, 555, title="No likelihood here"),
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    from demos_harvest.http import client

    monkeypatch.setattr(client.PeerHTTP, "_pause", staticmethod(lambda error, number: 0.0))


@pytest.fixture
def hepdata(doubles):
    return doubles("hepdata", HEPDataDouble(pallets()))


@pytest.fixture(autouse=True)
def datacite(doubles, hepdata):
    return doubles("datacite", DataCiteDouble(hepdata))


def test_an_old_record_that_the_archive_shows_late_is_taken(hepdata, harvest, works):
    late = hepdata.records.pop(1748602)
    harvest("hepdata")
    before = works()
    hepdata.records[1748602] = late
    counts = harvest("hepdata")
    assert (counts["registered"], works()) == (1, before + 2)


def test_what_came_by_its_identifier_is_missed_too(hepdata, harvest, item):
    harvest("hepdata", ids=["ins2153660"])
    for record in hepdata.records.values():
        record.updated = datetime(2020, 1, 1, tzinfo=UTC)
    harvest("hepdata")
    counts = harvest("hepdata")
    assert (counts["registered"], counts["unchanged"], counts["skipped"]) == (0, 6, 1)
    hepdata.records.pop(2153660)
    assert harvest("hepdata")["deleted"] == 1
    assert item("hepdata", "ins2153660").state == "deleted"


def test_first_run_registers_every_layout_and_second_writes_nothing(
    hepdata, harvest, registry, works
):
    counts = harvest("hepdata")
    assert (counts["seen"], counts["registered"], counts["failed"]) == (7, 6, 0)
    assert (counts["skipped"], counts["status"]) == (1, "successful")
    assert works() == 7
    before, asked = registry(), len(hepdata.requests)
    counts = harvest("hepdata")
    assert (counts["seen"], counts["unchanged"], counts["skipped"]) == (7, 6, 1)
    assert counts["registered"] == counts["updated"] == counts["failed"] == 0
    assert registry() == before
    # Who is there, and who changed: as little as HEPData's API allows.
    assert len(hepdata.requests) - asked == 2


def test_identifiers_and_texts_arrive(hepdata, harvest, client):
    harvest("hepdata", ids=["ins1748602", "ins2153660"])
    for alias in ("10.17182/hepdata.133620.v1/r1", "ins2153660", "10.17182/hepdata.133620"):
        answer = client.get(f"/models/{alias}")
        assert answer.status_code == 200, alias
    metadata = answer.json["metadata"]
    assert metadata["title"] == "Search in top pairs"
    assert metadata["publication"]["inspire_id"] == "2153660"
    assert metadata["experiment"] == "ATLAS"
    # One resource with several workspaces: the alias says so instead of choosing one.
    several = client.get("/models/10.17182/hepdata.89408.v1/r1")
    assert several.status_code == 300
    assert several.json["hits"]["total"] == 2


def test_dry_run_writes_nothing(hepdata, harvest, works):
    from demos_harvest.records.models import HarvestItem, HarvestRun

    counts = harvest("hepdata", dry_run=True)
    assert (counts["seen"], counts["registered"], counts["skipped"]) == (7, 6, 1)
    assert works() == HarvestItem.query.count() == HarvestRun.query.count() == 0


def test_since_and_ids_choose(hepdata, harvest):
    hepdata.records[2153660].updated = datetime(2025, 5, 5, tzinfo=UTC)
    assert harvest("hepdata", since="2025-01-01")["registered"] == 1
    assert harvest("hepdata", ids=["ins1788448", "91760"])["seen"] == 2
    assert harvest("hepdata")["registered"] == 4


def test_new_version_is_a_version_of_the_same_model(hepdata, harvest, works, client):
    harvest("hepdata")
    record = hepdata.records[2153660]
    # An unrelated file before it renumbers /rK.
    record.resources[0].data = ws(33)
    record.resources.insert(0, Resource("code.cc", b"int main(){}", type="SimpleAnalysis"))
    hepdata.bump(2153660)
    counts = harvest("hepdata")
    assert (counts["updated"], counts["registered"], counts["unchanged"]) == (1, 0, 5)
    assert works() == 7
    assert client.get("/models/10.17182/hepdata.133620.v2/r2").status_code == 200
    model_id = client.get("/models/10.17182/hepdata.133620.v2/r2").json["id"]
    assert client.get("/models/10.17182/hepdata.133620.v1/r1").json["id"] == model_id
    assert client.get(f"/models/{model_id}/versions").json["hits"]["total"] == 2


def test_several_files_of_one_record_are_several_models(hepdata, harvest, works, client):
    hepdata.add(Record(9, 999, resources=[
        Resource("inclusive.json", ws(91)),
        Resource("exclusive.json", ws(92, names=("other", "background"))),
    ]))  # fmt: skip
    counts = harvest("hepdata", ids=["ins999"])
    assert (counts["registered"], counts["models"]) == (1, 2), counts
    assert works() == 2
    hepdata.records[999].resources[1].data = ws(93, names=("other", "background"))
    hepdata.bump(999)
    harvest("hepdata", ids=["ins999"])
    assert works() == 2
    model_id = client.get("/models/10.17182/hepdata.9.v2/r2").json["id"]
    assert client.get(f"/models/{model_id}/versions").json["hits"]["total"] == 2


def test_renumbering_without_new_content_makes_no_new_version(hepdata, harvest, client):
    harvest("hepdata")
    hepdata.bump(2153660)
    harvest("hepdata")
    model_id = client.get("/models/10.17182/hepdata.133620.v2/r1").json["id"]
    assert client.get(f"/models/{model_id}/versions").json["hits"]["total"] == 1


def test_removed_record_is_withdrawn_and_comes_back(hepdata, harvest, works):
    harvest("hepdata")
    hepdata.records[2153660].gone = True
    counts = harvest("hepdata")
    assert (counts["deleted"], counts["failed"]) == (1, 0)
    assert works() == 6
    hepdata.records[2153660].gone = False
    hepdata.records[2153660].updated = datetime.now(UTC)
    harvest("hepdata")
    assert works() == 7


def test_an_empty_list_withdraws_nothing(hepdata, harvest, works):
    harvest("hepdata")
    hepdata.quirks.add("hidden-records")
    counts = harvest("hepdata")
    assert (counts["deleted"], works()) == (0, 7)


@pytest.mark.parametrize(
    "quirk",
    ["not_acceptable", "no-keywords", "no-version", "iso-dates", "retry-after", "error-200"],
)
def test_harmless_quirks_change_nothing(hepdata, harvest, works, quirk):
    hepdata.quirks.add(quirk)
    counts = harvest("hepdata")
    assert (counts["registered"], counts["failed"], works()) == (6, 0, 7)


@pytest.mark.parametrize("case", [("html-200", "unexpected_content"), ("login", "not_public")])
def test_quirks_that_hide_models_are_named_and_heal(hepdata, harvest, works, item, case):
    quirk, code = case
    hepdata.quirks.add(quirk)
    counts = harvest("hepdata", ids=["ins2153660"])
    assert (counts["registered"], works()) == (0, 0)
    assert item("hepdata", "ins2153660").error["code"] == code
    hepdata.quirks.clear()
    counts = harvest("hepdata", ids=["ins2153660"])
    assert (counts["registered"], works()) == (1, 1)
    assert item("hepdata", "ins2153660").error is None


def test_challenge_is_no_missing_record_and_datacite_describes(hepdata, datacite, harvest, works):
    harvest("hepdata", ids=["ins2153660"])
    hepdata.quirks.add("challenge")
    counts = harvest("hepdata")
    assert counts["error"]["code"] in ("bot_challenge", "circuit_open")
    assert (counts["deleted"], works()) == (0, 1)
    counts = harvest("datacite")
    assert counts["failed"] == 0
    # What came with its bytes stays; the others are described.
    assert works(sha256=None) == 4
    from demos_models.records.models import ModelSource

    assert ModelSource.query.filter(ModelSource.sha256.isnot(None)).count() == 1


def test_invalid_likelihood_is_a_named_failure_of_its_own(hepdata, harvest, item):
    hepdata.add(Record(9, 999, resources=[Resource("broken.json", b'{"channels": 7')]))
    counts = harvest("hepdata")
    assert (counts["registered"], counts["failed"], counts["status"]) == (6, 1, "partial")
    failed = item("hepdata", "ins999")
    assert (failed.state, failed.error["code"]) == ("dead", "invalid_model")
    assert failed.error["errors"]
    # It waits for a person and is not asked for again.
    asked = hepdata.count("ins999")
    assert harvest("hepdata")["failed"] == 0
    assert hepdata.count("ins999") == asked
    hepdata.records[999].resources[0].data = ws(99)
    assert harvest("hepdata", retry=True)["registered"] == 1


def test_licence_decides_about_a_copy(hepdata, harvest):
    from demos_models.records.models import ModelSource

    closed = {"name": "All rights reserved", "url": "https://example.org/no"}
    hepdata.add(Record(9, 999, resources=[Resource("m.json", ws(77), licence=closed)]))
    harvest("hepdata", ids=["ins999"])
    source = ModelSource.query.one()
    assert (source.sha256, source.file_id, source.licence) == (None, None, closed["url"])
    assert hepdata.count("view=true") == 0


def test_links_are_described_and_not_followed(hepdata, harvest):
    from demos_models.records.models import ModelSource

    inside = HEPDataDouble()
    link = Resource("", type="Combine", link=f"{inside.url}/secret")
    hepdata.add(Record(9, 999, resources=[link]))
    harvest("hepdata", ids=["ins999"])
    assert ModelSource.query.one().url == link.link
    assert inside.requests == []
    inside.close()


@pytest.mark.parametrize("fault", ["cut", "refuse", "429", "503", "html", "challenge", "delay"])
def test_fault_at_every_tenth_request_changes_nothing(clean, hepdata, harvest, works, fault):
    with FaultProxy(hepdata, fault, every=10, offset=7) as proxy:
        clean.config["DEMOS_PEER_HEPDATA_URL"] = proxy.url
        counts = harvest("hepdata")
        assert proxy.broken
    assert (counts["registered"], counts["failed"], works()) == (6, 0, 7)


def test_peer_that_is_down_is_left_alone_and_the_rest_is_taken_up_later(
    hepdata, datacite, harvest, works
):
    hepdata.quirks.add("down")
    datacite.quirks.add("down")
    counts = harvest("hepdata")
    assert counts["status"] == "failed"
    hepdata.quirks.clear()
    datacite.quirks.clear()
    clear_circuits()
    assert harvest("hepdata")["registered"] == 6
    assert works() == 7


def clear_circuits():
    from invenio_cache import current_cache

    current_cache.clear()


def test_fingerprint_survives_two_spellings_of_the_same_date(hepdata, harvest):
    harvest("hepdata")
    hepdata.quirks.add("iso-dates")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    counts = harvest("hepdata", since=yesterday.date().isoformat())
    assert counts["updated"] == 0
    assert harvest("hepdata", ids=["ins2153660"])["unchanged"] == 1
