# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An InvenioRDM is harvested by OAI-PMH and REST, through Zenodo's quirks."""

import pytest
from peers import hepdata, models
from peers.faults import FaultProxy
from peers.zenodo import Record, ZenodoDouble

N_RECORDS = 100

pytestmark = pytest.mark.usefixtures("no_documents")


def record(number):
    files = {"notes.csv": b"a,b\n1,2\n", "thesis.pdf": b"%PDF-1.7"}
    if number % 5 == 0:
        files = {"workspace.json": models.as_json(models.workspace(1000 + number))}
    elif number % 5 == 1:
        files = {"settings.json": b'{"colour": "blue"}'}
    return Record(str(10_000 + 2 * number), str(10_001 + 2 * number), f"Record {number}", files)


@pytest.fixture
def zenodo(doubles):
    return doubles("zenodo", ZenodoDouble([record(n) for n in range(N_RECORDS)]))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    from demos_harvest.http import client

    monkeypatch.setattr(client.PeerHTTP, "_pause", staticmethod(lambda error, number: 0.0))


def test_all_models_and_then_exactly_what_changed(doubles, harvest, works, registry):
    n_records, n_models = 300, 60
    zenodo = doubles("zenodo", ZenodoDouble([record(n) for n in range(n_records)]))
    counts = harvest("zenodo")
    assert (counts["seen"], counts["registered"], counts["failed"]) == (n_records, n_models, 0)
    assert works() == n_models

    before, asked = registry(), len(zenodo.requests)
    counts = harvest("zenodo")
    assert (counts["unchanged"], counts["skipped"]) == (n_models, n_records - n_models)
    assert registry() == before
    assert len(zenodo.requests) - asked == n_records // 50

    names = [str(10_000 + 2 * number) for number in range(0, n_records, 5)]
    for name in names[:30]:
        zenodo.edit(name, title=f"A better title of {name}")
    for number, name in enumerate(names[30:40]):
        document = models.as_json(models.workspace(5000 + number))
        zenodo.new_version(name, str(90_000 + number), {"workspace.json": document})
    for name in names[40:45]:
        zenodo.records[name].deleted = True
    asked = len(zenodo.requests)
    counts = harvest("zenodo")
    assert (counts["registered"], counts["updated"], counts["deleted"]) == (0, 40, 5)
    assert (counts["failed"], counts["unchanged"]) == (0, n_models - 30 - 5)
    assert works() == n_models - 5
    # The files of those that changed are the same, so only the new versions' are fetched.
    assert sum("/content" in r for r in zenodo.requests[asked:]) == 10


def test_new_version_belongs_to_the_same_model(zenodo, harvest, client):
    harvest("zenodo", ids=["10000"])
    document = models.as_json(models.workspace(7))
    zenodo.new_version("10000", "77777", {"workspace.json": document})
    harvest("zenodo", ids=["77777"])
    first = client.get("/models/10.5281/zenodo.10000").json["id"]
    assert client.get("/models/10.5281/zenodo.77777").json["id"] == first
    assert client.get("/models/10.5281/zenodo.10001").json["id"] == first


@pytest.mark.parametrize("quirk", ["expiring-tokens", "empty-last-page", "rate-limit"])
def test_harmless_quirks_change_nothing(zenodo, harvest, works, quirk):
    zenodo.quirks.add(quirk)
    counts = harvest("zenodo")
    assert (counts["seen"], counts["failed"], works()) == (N_RECORDS, 0, 20)


@pytest.mark.parametrize(
    ("quirk", "code"),
    [("token-loop", "unexpected_content"), ("entity-bomb", "unexpected_content"),
     ("down", "unavailable")],
)  # fmt: skip
def test_hostile_lists_end_with_a_name(zenodo, harvest, works, quirk, code):
    zenodo.quirks.add(quirk)
    counts = harvest("zenodo")
    assert (counts["status"], counts["error"]["code"], works()) == ("failed", code, 0)


def test_pages_with_status_403_fail_the_records_and_withdraw_nothing(zenodo, harvest, works, item):
    harvest("zenodo", ids=["10000"])
    zenodo.quirks.add("html-403")
    zenodo.edit("10000", title="Changed")
    harvest("zenodo", ids=["10000"])
    assert works() == 1
    assert item("zenodo", "10000").error["code"] == "refused"


def test_empty_set_is_no_failure(clean, zenodo, harvest):
    clean.config["DEMOS_PEER_ZENODO_SETS"] = ["user-nobody"]
    counts = harvest("zenodo")
    assert (counts["status"], counts["seen"]) == ("successful", 0)


@pytest.mark.parametrize("field", ["licence", "restricted"])
def test_what_may_not_be_copied_is_not_copied(zenodo, harvest, works, field):
    zenodo.edit("10000", **{field: None if field == "licence" else True})
    assert harvest("zenodo", ids=["10000"])["skipped"] == 1
    assert zenodo.count("/content") == 0


def test_same_likelihood_at_two_archives_is_one_model(zenodo, doubles, harvest, works):
    from demos_models.records.models import ModelSource

    # The same content, indented: other bytes, one model.
    data = models.as_json(models.workspace(1000), indent=2)
    other = hepdata.Record(1, 11, resources=[hepdata.Resource("w.json", data)])
    doubles("hepdata", hepdata.HEPDataDouble([other]))
    harvest("zenodo", ids=["10000"])
    harvest("hepdata", ids=["ins11"])
    assert (works(), ModelSource.query.count()) == (1, 2)


@pytest.mark.parametrize("fault", ["cut", "corrupt", "503"])
def test_fault_at_every_tenth_request_changes_nothing(clean, zenodo, harvest, works, fault):
    for number in range(60, N_RECORDS):
        del zenodo.records[str(10_000 + 2 * number)]
    with FaultProxy(zenodo, fault, every=10) as proxy:
        clean.config["DEMOS_PEER_ZENODO_URL"] = proxy.url
        counts = harvest("zenodo")
        assert proxy.broken >= 5
    assert (counts["registered"], counts["failed"], works()) == (12, 0, 12)


def test_any_archive_by_oai_pmh_is_described(clean, zenodo, harvest, works):
    clean.config["DEMOS_HARVEST_OAIPMH_SOURCES"] = {
        "rossendorf": {"url": f"{zenodo.url}/oai2d", "set": "user-likelihoods"}
    }
    counts = harvest("rossendorf")
    assert (counts["registered"], counts["failed"]) == (N_RECORDS, 0)
    assert works(host="rossendorf") == N_RECORDS
    assert harvest("rossendorf")["unchanged"] == N_RECORDS
