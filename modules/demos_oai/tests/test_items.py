# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Items follow their source: what harvesters see, and when its datestamp moves."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from conftest import codes, heads, state
from demos_oai import items
from demos_oai.records.models import OAIItem, OAIStale
from demos_oai.repository import SQLRepository
from invenio_db import db
from invenio_oaiserver.models import OAISet


def age():
    """Make everything a day old, so that what moves can be told from what stays."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    db.session.execute(sa.update(OAIItem).values(datestamp=moment))
    db.session.commit()


def moved():
    """Return the keys of the items that changed since."""
    recent = datetime.now(UTC) - timedelta(hours=1)
    found = db.session.scalars(sa.select(OAIItem.key).where(OAIItem.datestamp > recent))
    return sorted(found)


def test_an_item_is_served_over_get_and_post(put, ask):
    put("a", state("a"))
    for method in ("GET", "POST"):
        answer = ask(method, verb="ListRecords", metadataPrefix="oai_dc")
        assert heads(answer) == [("oai:toys:a", None)]
        got = ask(method, verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:toys:a")
        assert "A title" in "".join(got.itertext())


def test_a_datestamp_moves_with_what_is_seen_and_with_nothing_else(put):
    put("a", state("a"))
    age()
    assert put("a", state("a")) == 0
    assert moved() == []
    for changed in (
        state("a", title="Another"),
        state("a", "oai_dc", "demos", title="Another"),
        state("a", "oai_dc", "demos", title="Another", sets=("models", "models:cms")),
        state("a", "oai_dc", "demos", title="Another", sets=("models",)),
        None,
        state("a"),
    ):
        age()
        assert put("a", changed) == 1
        assert moved() == ["a"]


def test_what_was_never_visible_is_unknown(put, ask):
    put("a", None)
    answer = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:toys:a")
    assert codes(answer) == ["idDoesNotExist"]
    assert codes(ask(verb="ListIdentifiers", metadataPrefix="oai_dc")) == ["noRecordsMatch"]


def test_a_deletion_is_announced_with_its_sets_and_undone(put, ask):
    put("a", state("a"))
    put("a", None)
    got = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:toys:a")
    assert heads(got) == [("oai:toys:a", "deleted")]
    assert "A title" not in "".join(got.itertext())
    assert "models" in "".join(got.itertext())
    for asked in ({}, {"set": "models"}):
        listed = ask(verb="ListRecords", metadataPrefix="oai_dc", **asked)
        assert heads(listed) == [("oai:toys:a", "deleted")]
    formats = ask(verb="ListMetadataFormats", identifier="oai:toys:a")
    assert codes(formats) == ["noMetadataFormats"]
    put("a", state("a"))
    assert heads(ask(verb="ListRecords", metadataPrefix="oai_dc")) == [("oai:toys:a", None)]


def test_deletions_outlive_a_rebuild(put, toys, ask):
    put("a", state("a"))
    put("b", state("b"))
    del toys["a"]
    assert items.mark_outdated() == 1
    items.refresh_stale()
    age()
    items.mark_outdated(everything=True)
    items.refresh_stale()
    assert moved() == []
    listed = heads(ask(verb="ListIdentifiers", metadataPrefix="oai_dc"))
    assert listed == [("oai:toys:a", "deleted"), ("oai:toys:b", None)]


def test_leaving_a_set_is_announced_in_the_set(put, ask):
    put("a", state("a", sets=("models", "models:cms")))
    put("a", state("a"))
    left = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set="models:cms")
    assert heads(left) == [("oai:toys:a", "deleted")]
    assert heads(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set="models")) == [
        ("oai:toys:a", None)
    ]


def test_a_format_that_an_item_has_not_is_not_disseminated(put, ask):
    put("a", state("a"))
    put("b", state("b", "oai_dc", "marcxml"))
    listed = ask(verb="ListIdentifiers", metadataPrefix="marcxml")
    assert heads(listed) == [("oai:toys:b", None)]
    got = ask(verb="GetRecord", metadataPrefix="marcxml", identifier="oai:toys:a")
    assert codes(got) == ["cannotDisseminateFormat"]


def test_a_format_that_fails_keeps_what_it_had_and_is_told(put, ask):
    put("a", state("a", "oai_dc", "marcxml"))
    put("a", state("a", title="New", problems={"marcxml": "ValueError: odd"}))
    item = db.session.scalars(sa.select(OAIItem)).one()
    assert item.problem == "marcxml: ValueError: odd"
    got = ask(verb="GetRecord", metadataPrefix="marcxml", identifier="oai:toys:a")
    assert "A title" in "".join(got.itertext())


def test_what_fails_stops_nobody_else_and_is_left_in_the_end(put, toys, ask):
    toys["bad"], toys["good"] = RuntimeError("broken"), state("good")
    items.mark_stale("toys", "bad", "good")
    db.session.commit()
    for _ in range(items.ATTEMPTS + 2):
        db.session.execute(sa.update(OAIStale).values(due=datetime.now(UTC)))
        db.session.commit()
        items.refresh_stale()
    row = db.session.scalars(sa.select(OAIStale)).one()
    assert (row.key, row.attempts) == ("bad", items.ATTEMPTS)
    assert row.error == "RuntimeError: broken"
    listed = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert heads(listed) == [("oai:toys:good", None)]


def test_a_change_while_an_item_is_looked_at_is_not_lost(put, toys, monkeypatch):
    def meanwhile(self, key):
        monkeypatch.undo()
        items.mark_stale("toys", "a")
        return state("a", title="Old")

    toys["a"] = state("a", title="New")
    monkeypatch.setattr("conftest.Toys.state", meanwhile)
    items.mark_stale("toys", "a")
    db.session.commit()
    items.refresh_stale()
    assert not db.session.scalars(sa.select(OAIStale)).all()
    assert b"New" in SQLRepository().get("oai:toys:a", "oai_dc").metadata


@pytest.mark.parametrize("count", [1, 3, 4, 7])
def test_lists_have_pages(put, ask, count):
    for number in range(count):
        put(f"k{number}", state(f"k{number}"))
    seen, asked = [], {"metadataPrefix": "oai_dc"}
    for _ in range(count):
        page = ask(verb="ListRecords", **asked)
        seen += [identifier for identifier, _ in heads(page)]
        token = page.findtext(".//{*}resumptionToken")
        if not token:
            break
        asked = {"resumptionToken": token}
    assert seen == [f"oai:toys:k{number}" for number in range(count)]


def test_ranges_are_inclusive_at_the_second(put, ask):
    put("a", state("a"))
    moment = db.session.scalar(sa.select(OAIItem.datestamp))
    second = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    assert heads(ask(**asked, from_=second, until=second)) == [("oai:toys:a", None)]
    later = (moment + timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert codes(ask(**asked, from_=later)) == ["noRecordsMatch"]


def test_sets_of_the_administration_and_of_items_are_listed(put, ask):
    db.session.add(OAISet(spec="curated", name="<Curated> & kept", search_pattern="*:*"))
    put("a", state("a", sets=("models", "models:cms")))
    specs = [one.text for one in ask(verb="ListSets").iter("{*}setSpec")]
    assert specs == ["curated", "models", "models:cms"]


def test_a_new_set_has_all_items_looked_at(put):
    put("a", state("a"))
    db.session.add(OAISet(spec="curated", name="Curated", search_pattern="*:*"))
    db.session.commit()
    assert db.session.scalars(sa.select(OAIStale.key)).all() == ["a"]


def test_answers_are_packed_on_request_and_bounded(app, put):
    put("a", state("a"))
    client, where = app.test_client(), {"base_url": "https://127.0.0.1:5000"}
    packed = client.get("/oai2d?verb=Identify", headers={"Accept-Encoding": "gzip"}, **where)
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = client.get("/oai2d?verb=Identify", headers={"Accept-Encoding": "identity"}, **where)
    assert "Content-Encoding" not in plain.headers
    multipart = client.post(
        "/oai2d", data={"verb": "Identify"}, content_type="multipart/form-data", **where
    )
    assert multipart.status_code == 415
    assert client.post("/oai2d", data={"verb": "x" * 70000}, **where).status_code == 413
    many = client.get("/oai2d?" + "&".join(f"a{n}=1" for n in range(99)), **where)
    assert b"badVerb" in many.data
