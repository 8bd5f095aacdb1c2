# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Models are found by what is inside them, by those who may."""

import json

import pytest
from demos_models import tasks
from demos_models.proxies import current_models_service as models
from demos_models.proxies import current_registry as registry
from demos_models.records.api import Entry
from demos_models.registry import outbox
from demos_models.registry.types import Source
from demos_models.services import deposit_models
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_rdm_records.proxies import current_rdm_records_service as records
from invenio_records_resources.services.errors import QuerystringValidationError
from invenio_search import current_search_client
from invenio_search.utils import build_alias_name
from marshmallow import ValidationError


def found(identity, **arguments):
    current_search_client.indices.refresh(index=build_alias_name(Entry.index._name))
    q = arguments.pop("q", None)
    params = {"facets": {k: [v] for k, v in arguments.items()}, **({"q": q} if q else {})}
    result = models.search(identity, params).to_dict()
    return [hit["id"] for hit in result["hits"]["hits"]], result


def model_of(identity, recid):
    return deposit_models.read(identity, recid)["hits"]["hits"][0]["model"]["id"]


@pytest.mark.parametrize(
    "query",
    [
        {"channel": "searchable_region"},
        {"sample": "ttbar_searchable"},
        {"q": "searchable_region"},
        {"q": "ttbar searchable"},
        {"q": "channel:searchable_region"},
        {"q": '"Squarks and searchable gluinos"'},
        {"parameter": "uncertainty", "sample": "ttbar_searchable"},
        {"modifier": "shapesys", "sample": "ttbar_searchable", "n_bins": "1-2"},
    ],
)
def test_a_model_is_found_by_its_contents(deposits, owner, anyone, workspace, query):
    content = workspace("searchable_region", sample="ttbar_searchable")
    record = deposits.deposit(owner, {"m.json": content}, title="Squarks and searchable gluinos")
    ids, _ = found(anyone, **query)
    assert ids == [model_of(anyone, record.id)]
    assert found(anyone, record=record.id)[0] == ids


@pytest.mark.parametrize(
    "q",
    [
        "10.17182/hepdata.4711.v1/r3",
        '"10.17182/hepdata.4711.v1/r3"',
        "https://doi.org/10.17182/hepdata.4711.v1/r3",
        "doi:10.17182/hepdata.4711.v1/r3",
    ],
)
def test_a_model_is_found_by_the_doi_of_what_it_belongs_to(deposits, owner, anyone, workspace, q):
    doi = {"demos:references": {"doi": "10.17182/hepdata.4711.v1/r3"}}
    record = deposits.deposit(owner, {"m.json": workspace("by_doi")}, custom_fields=doi)
    assert model_of(anyone, record.id) in found(anyone, q=q)[0]


@pytest.mark.parametrize("q", ["/", "a/b", "/.*/", "a//b", "\\/", "\\"])
def test_a_slash_in_a_query_is_no_error(running_app, anyone, q):
    found(anyone, q=q)


def test_sizes_outside_the_range_do_not_match(deposits, owner, anyone, workspace):
    record = deposits.deposit(owner, {"m.json": workspace()})
    assert found(anyone, record=record.id, n_bins="3-")[0] == []
    assert found(anyone, record=record.id, n_bins="-2")[0] != []


@pytest.mark.parametrize("bad", ["z", "10-x", "-", "1-2-3"])
def test_a_bad_range_is_an_error(running_app, anyone, bad):
    with pytest.raises(ValidationError):
        found(anyone, n_bins=bad)


@pytest.mark.parametrize(
    "q",
    [
        "(((",
        "view.tokens:any",
        "_exists_:view.preferred",
        "a:b:c",
        "x AND nosuchfield:x",
        "x AND n_bins:[a TO 10]",
        "x AND created:[yesterday TO *]",
        '"open',
        "[1 TO",
        "x AND OR NOT",
    ],
)
def test_a_mistake_in_a_query_is_named(running_app, anyone, q):
    with pytest.raises(QuerystringValidationError) as caught:
        found(anyone, q=q)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("q", ["SUSY: two leptons", "t\\bar{t}?", "signal + background", "5 % C++"])
def test_free_text_with_punctuation_stays_free_text(running_app, anyone, q):
    found(anyone, q=q)


def test_an_unknown_parameter_is_named(running_app, anyone):
    with pytest.raises(ValidationError) as caught:
        found(anyone, chanel="SR")
    assert "chanel" in caught.value.messages
    assert "channel" in str(caught.value.messages)


def test_dates_narrow_a_search(deposits, owner, anyone, workspace):
    record = deposits.deposit(owner, {"m.json": workspace("dated")})
    mine = model_of(anyone, record.id)
    assert found(anyone, q="dated AND created:[2020-01-01 TO 2021-01-01]")[0] == []
    assert found(anyone, q="dated AND created:[2026-01-01 TO *]")[0] == [mine]
    assert found(anyone, q="dated AND updated:>2026-01-01")[0] == [mine]


def test_pages_behind_the_last_result_name_the_way_on(running_app, anyone):
    with pytest.raises(QuerystringValidationError, match="OAI-PMH"):
        models.search(anyone, {"page": 101, "size": 100})


@pytest.mark.parametrize("q", ["*"])
def test_no_query_reaches_what_is_not_for_searching(deposits, owner, anyone, workspace, q):
    secret = deposits.deposit(
        owner, {"m.json": workspace("twice")}, title="Hidden", access="restricted"
    )
    deposits.deposit(owner, {"m.json": workspace("twice")}, title="Shown")
    _, result = found(anyone, q=q)
    text = json.dumps([result["hits"], result["aggregations"]], default=str)
    assert "Hidden" not in text
    assert secret.id not in text
    assert "preferred" not in text
    if "view" in q:
        assert result["hits"]["total"] == 0


def test_each_reader_finds_one_view_of_a_model(deposits, owner, other, anyone, workspace):
    channel = "seen_by_many"
    secret = deposits.deposit(
        owner, {"m.json": workspace(channel)}, title="Mine", access="restricted"
    )
    assert found(anyone, channel=channel)[0] == []
    assert found(other, channel=channel)[0] == []
    model_id = model_of(owner, secret.id)
    assert found(owner, channel=channel)[0] == [model_id]
    public = deposits.deposit(other, {"m.json": workspace(channel)}, title="Theirs")
    for identity in (anyone, other, owner, system_identity):
        ids, result = found(identity, channel=channel)
        assert ids == [model_id]
        (bucket,) = [
            b
            for b in result["aggregations"]["experiment"]["buckets"]
            if b["key"] == "ATLAS" and result["hits"]["total"] == 1
        ] or [None]
        assert bucket is not None
    (hit,) = found(owner, channel=channel)[1]["hits"]["hits"]
    assert set(hit["records"]) == {secret.id, public.id}
    (hit,) = found(anyone, channel=channel)[1]["hits"]["hits"]
    assert hit["records"] == [public.id]


def test_names_in_restricted_files_are_not_searchable(deposits, owner, anyone, workspace):
    deposits.deposit(owner, {"m.json": workspace("in_closed_files")}, file_access="restricted")
    for query in ({"channel": "in_closed_files"}, {"q": "in_closed_files"}):
        ids, result = found(anyone, **query)
        assert ids == []
        assert "in_closed_files" not in json.dumps(
            [result["hits"], result["aggregations"]], default=str
        )
        assert len(found(owner, **query)[0]) == 1


def test_a_grant_is_found_by_its_subject_after_the_follow_up(
    deposits, owner, other, workspace, users, monkeypatch
):
    record = deposits.deposit(owner, {"m.json": workspace("granted")}, access="restricted")
    assert found(other, channel="granted")[0] == []
    monkeypatch.setattr(outbox, "send", lambda kind, key: None)  # the worker is stopped
    parent = records.record_cls.pid.resolve(record.id).parent
    parent.access.grants.create(
        subject_type="user", subject_id=str(users[1]), permission="view", origin="test"
    )
    parent.commit()
    db.session.commit()
    tasks.reconcile()
    assert found(other, channel="granted")[0] == [model_of(owner, record.id)]


def test_search_shows_the_newest_version_only(deposits, owner, anyone, workspace):
    first = deposits.deposit(owner, {"m.json": workspace("old_name")})
    deposits.new_version(owner, first.id, {"m.json": workspace("new_name")})
    assert found(anyone, channel="old_name")[0] == []
    assert found(anyone, channel="new_name")[0] == [model_of(anyone, first.id)]


def test_registered_models_of_other_hosts(running_app, anyone, workspace):
    source = Source(
        host="hepdata",
        key="ins1/likelihood.json",
        url="https://www.hepdata.net/record/resource/1",
        record_id="ins1",
        filename="likelihood.json",
        version="1",
    )
    metadata = {
        "title": "From elsewhere",
        "publication": {"arxiv": "2101.00001"},
        "aliases": ["10.17182/hepdata.1.v1/r1"],
    }
    content = workspace("from_elsewhere")
    first = registry.register(system_identity, source, content, metadata)
    again = registry.register(system_identity, source, content, metadata)
    assert (first.status, again.status) == ("created", "unchanged")
    assert first.model_ids == again.model_ids
    assert found(anyone, host="hepdata", channel="from_elsewhere")[0] == first.model_ids
    alias = models.read(anyone, "https://doi.org/10.17182/HEPDATA.1.v1/r1")
    assert alias.id == first.model_ids[0]
    assert models.content(anyone, alias.id).read() == content
    assert registry.withdraw(system_identity, "hepdata", source.key, "retracted") == 1
    assert found(anyone, channel="from_elsewhere")[0] == []
