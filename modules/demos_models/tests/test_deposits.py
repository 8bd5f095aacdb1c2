# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A deposited model is understood, registered and served, through its whole life."""

import gzip
import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime, timedelta

import pytest
from demos_models.errors import AnalysisPendingError, ModelFilesInvalidError
from demos_models.proxies import current_models_service as models
from demos_models.records.models import ModelTombstone, ModelVersion, OutboxEntry
from demos_models.registry import outbox
from demos_models.services import deposit_models
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError
from invenio_rdm_records.proxies import current_rdm_records_service as records
from invenio_records_resources.services.errors import PermissionDeniedError


def model_ids(identity, recid):
    hits = deposit_models.read(identity, recid)["hits"]["hits"]
    return [h["model"]["id"] for h in hits if h["model"]]


def test_a_published_model_is_registered_and_read_by_anyone(deposits, owner, anyone, workspace):
    content = workspace(channel="signal_region")
    record = deposits.deposit(owner, {"model.json": content}, title="A search")
    (hit,) = deposit_models.read(anyone, record.id)["hits"]["hits"]
    assert (hit["key"], hit["format"], hit["valid"]) == ("model.json", "pyhf", True)
    entry = models.read(anyone, hit["model"]["id"]).to_dict()
    assert entry["metadata"]["title"] == "A search"
    assert entry["metadata"]["demos_id"] == entry["demos_id"] == entry["id"]
    assert entry["structure"]["channels"][0]["name"] == "signal_region"
    assert models.content(anyone, entry["id"]).read() == content


def test_documents_and_certificate_follow_the_publication(deposits, owner, anyone, workspace):
    record = deposits.deposit(owner, {"model.json": workspace()})
    (model_id,) = model_ids(anyone, record.id)
    demos = json.loads(models.content(anyone, model_id, format="demos").read())
    assert demos["misc"]["demos"]["source"]["format"] == "pyhf"
    for dialect in ("root", "pyhs3"):
        hs3 = json.loads(models.content(anyone, model_id, format="hs3", dialect=dialect).read())
        assert hs3["distributions"]
    assert models.checks(anyone, model_id)["certificate"]["verdict"] == "equivalent"
    assert models.read(anyone, model_id).to_dict()["metadata"]["checks"]["certificate"] == (
        "equivalent"
    )


def test_the_same_content_is_one_model_and_keeps_its_first_title(
    deposits, owner, other, anyone, workspace
):
    channel = "shared_channel"
    first = deposits.deposit(owner, {"a.json": workspace(channel)}, title="First")
    second = deposits.deposit(other, {"b.json": workspace(channel, indent=4)}, title="Second")
    assert model_ids(anyone, first.id) == model_ids(anyone, second.id)
    entry = models.read(anyone, model_ids(anyone, first.id)[0]).to_dict()
    assert entry["metadata"]["title"] == "First"
    assert entry["metadata"]["provenance"]["title"] == f"portal:{first.id}"
    assert [s["record"] for s in entry["sources"]] == [first.id, second.id]
    assert entry["version"]["count"] == 1


def test_a_restricted_first_source_shows_nowhere(deposits, owner, other, anyone, workspace):
    channel = "restricted_first"
    secret = deposits.deposit(
        owner, {"a.json": workspace(channel)}, title="Secret", access="restricted"
    )
    (model_id,) = model_ids(owner, secret.id)
    for identity in (anyone, other):
        for read in (models.read, models.structure, models.checks, models.content):
            with pytest.raises(PermissionDeniedError):
                read(identity, model_id)
    public = deposits.deposit(other, {"b.json": workspace(channel)}, title="Public")
    assert model_ids(anyone, public.id) == [model_id]
    seen = models.read(anyone, model_id).to_dict()
    assert "Secret" not in json.dumps(seen)
    assert secret.id not in json.dumps(seen)
    assert seen["metadata"]["title"] == "Public"
    assert seen["created"] > secret.data["created"]
    mine = models.read(owner, model_id).to_dict()
    assert {s["record"] for s in mine["sources"]} == {secret.id, public.id}


def test_public_metadata_with_restricted_files_hide_what_is_in_the_files(
    deposits, owner, anyone, workspace
):
    record = deposits.deposit(
        owner, {"hidden.json": workspace("hidden_channel")}, file_access="restricted"
    )
    with pytest.raises(PermissionDeniedError):
        deposit_models.read(anyone, record.id)
    (model_id,) = model_ids(owner, record.id)
    seen = models.read(anyone, model_id).to_dict()
    for secret in ("hidden_channel", "hidden.json", "n_bins", "digest", "sha256"):
        assert secret not in json.dumps(seen)
    with pytest.raises(PermissionDeniedError):
        models.structure(anyone, model_id)
    assert models.structure(owner, model_id)["channels"][0]["name"] == "hidden_channel"


def test_a_new_version_of_the_deposit_is_a_version_of_the_model(deposits, owner, anyone, workspace):
    first = deposits.deposit(owner, {"m.json": workspace("versioned", 55.0)})
    second = deposits.new_version(owner, first.id, {"m.json": workspace("versioned", 56.0)})
    assert model_ids(anyone, first.id) == model_ids(anyone, second.id)
    (model_id,) = model_ids(anyone, first.id)
    versions = models.versions(anyone, model_id)["hits"]["hits"]
    assert [v["version"]["number"] for v in versions] == [2, 1]
    newest = models.read(anyone, model_id).to_dict()
    assert newest["version"]["is_latest"]
    assert b"55.0" in models.content(anyone, model_id, version="1").read()
    assert b"56.0" in models.content(anyone, model_id).read()


def test_the_owner_alone_goes_back_to_an_earlier_content(deposits, owner, other, anyone, workspace):
    first = deposits.deposit(owner, {"m.json": workspace("back", 55.0)})
    deposits.new_version(owner, first.id, {"m.json": workspace("back", 56.0)})
    (model_id,) = model_ids(anyone, first.id)

    stranger = deposits.deposit(other, {"m.json": workspace("back", 55.0)})
    assert model_ids(anyone, stranger.id) == [model_id]
    entry = models.read(anyone, model_id).to_dict()
    assert entry["version"]["number"] == 2
    assert b"56.0" in models.content(anyone, model_id).read()

    again = deposits.deposit(owner, {"m.json": workspace("back", 55.0)})
    assert model_ids(anyone, again.id) == [model_id]
    entry = models.read(anyone, model_id).to_dict()
    assert (entry["version"]["number"], entry["version"]["is_latest"]) == (1, True)
    assert b"55.0" in models.content(anyone, model_id).read()


def test_a_deleted_deposit_leaves_and_comes_back(deposits, owner, anyone, workspace):
    record = deposits.deposit(owner, {"m.json": workspace()})
    (model_id,) = model_ids(anyone, record.id)
    records.delete_record(system_identity, record.id, {"removal_reason": {"id": "spam"}})
    with pytest.raises(PIDDeletedError):
        models.read(anyone, model_id)
    stones = db.session.query(ModelTombstone).filter_by(subject=model_id).all()
    assert [(s.reason, s.lifted_at) for s in stones] == [("deleted", None)]
    records.restore_record(system_identity, record.id)
    assert models.read(anyone, model_id).id == model_id
    db.session.refresh(stones[0])
    assert stones[0].lifted_at is not None


def test_restricting_a_deposit_restricts_the_model(deposits, owner, anyone, workspace, metadata):
    record = deposits.deposit(owner, {"m.json": workspace()})
    (model_id,) = model_ids(anyone, record.id)
    records.edit(owner, record.id)
    records.update_draft(owner, record.id, metadata(access="restricted"))
    records.publish(owner, record.id)
    with pytest.raises(PermissionDeniedError):
        models.read(anyone, model_id)
    assert models.read(owner, model_id).id == model_id
    stone = db.session.query(ModelTombstone).filter_by(subject=record.id).one()
    assert stone.reason == "restricted"


def test_an_embargo_hides_the_content_until_it_ends(
    deposits, owner, anyone, workspace, metadata, monkeypatch
):
    until = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    data = metadata(file_access="restricted")
    data["access"]["embargo"] = {"active": True, "until": until, "reason": "paper"}
    draft = records.create(owner, data)
    deposits.upload(owner, draft.id, {"m.json": workspace("embargoed")})
    record = deposits.publish(owner, draft.id)
    (model_id,) = model_ids(owner, record.id)
    with pytest.raises(PermissionDeniedError):
        models.structure(anyone, model_id)
    # No DOIs are registered here.
    monkeypatch.setattr(type(records.pids), "register_or_update", lambda *args, **kwargs: None)
    stored = records.record_cls.pid.resolve(record.id)
    stored["access"]["embargo"]["until"] = "2020-01-01"
    stored.commit()
    db.session.commit()
    records.lift_embargo(system_identity, record.id)
    assert models.structure(anyone, model_id)["channels"][0]["name"] == "embargoed"


def test_a_secret_link_opens_the_model(deposits, owner, anyone, workspace):
    record = deposits.deposit(owner, {"m.json": workspace("linked")}, access="restricted")
    (model_id,) = model_ids(owner, record.id)
    link = records.access.create_secret_link(owner, record.id, {"permission": "view"})
    from invenio_rdm_records.secret_links import LinkNeed

    anyone.provides.add(LinkNeed(link.id))
    assert models.structure(anyone, model_id)["channels"][0]["name"] == "linked"
    records.access.delete_secret_link(owner, record.id, link.id)
    with pytest.raises(PermissionDeniedError):
        models.structure(anyone, model_id)


def test_a_broken_model_shows_its_findings_and_cannot_be_published(deposits, owner):
    recid = deposits.draft(owner, {"m.json": b'{"channels": [], "observations": []}'})
    draft = records.read_draft(owner, recid).to_dict()
    fields = [e["field"] for e in draft["errors"]]
    assert "files.entries.m.json" in fields
    with pytest.raises(ModelFilesInvalidError) as caught:
        deposits.publish(owner, recid)
    (error,) = caught.value.errors
    assert error["field"] == "files.entries.m.json"
    assert any("schema_error" in message for message in error["messages"])
    assert records.read_draft(owner, recid).id == recid


def test_a_declared_model_needs_a_model_file(deposits, owner):
    recid = deposits.draft(owner, {"notes.txt": b"nothing here"})
    with pytest.raises(ModelFilesInvalidError):
        deposits.publish(owner, recid)


def test_an_ordinary_deposit_may_hold_anything(deposits, owner, anyone, workspace):
    files = {"notes.txt": b"text", "broken.json": b'{"channels": ['}
    record = deposits.deposit(owner, files, kind="dataset")
    assert model_ids(anyone, record.id) == []
    record = deposits.deposit(owner, {**files, "m.json": workspace()}, kind="dataset")
    assert len(model_ids(anyone, record.id)) == 1


def test_a_model_without_a_model_file_is_described(deposits, owner, anyone):
    record = deposits.deposit(
        owner,
        {"card.txt": b"imax 1"},
        kind="model-container",
        custom_fields={
            "demos:framework": "Combine",
            "demos:container": {"image": "ghcr.io/example/higgs:1.0"},
        },
    )
    (source,) = (
        db.session.query(ModelVersion)
        .join(ModelVersion.sources)
        .filter_by(record_id=record.id)
        .all()
    )
    entry = models.read(anyone, source.work_id).to_dict()
    assert entry["kind"] == "combine"
    assert entry["metadata"]["container"]["image"] == "ghcr.io/example/higgs:1.0"


def test_every_workspace_of_a_pallet_is_an_entry(deposits, owner, anyone, workspace):
    archive = io.BytesIO()
    contents = [workspace(f"region_{i}") for i in range(3)]
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for i, content in enumerate(contents):
            info = tarfile.TarInfo(f"likelihoods/region_{i}.json")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    record = deposits.deposit(owner, {"likelihoods.tar.gz": archive.getvalue()})
    ids = model_ids(anyone, record.id)
    assert len(set(ids)) == 3
    assert {models.content(anyone, i).read() for i in ids} == set(contents)


@pytest.mark.parametrize("key", ["shape.json.gz", "shape.json"])
def test_a_compressed_model_is_given_out_as_the_document_that_it_is(
    deposits, owner, anyone, workspace, key
):
    content = workspace("compressed")
    record = deposits.deposit(owner, {key: gzip.compress(content)})
    (model_id,) = model_ids(anyone, record.id)
    document = models.content(anyone, model_id, "pyhf")
    assert (document.read(), document.filename) == (content, "shape.json")
    assert document.digest == hashlib.sha256(content).hexdigest()


def test_large_files_wait_for_a_worker_and_nothing_is_lost(
    deposits, owner, anyone, workspace, app, monkeypatch
):
    from demos_models import tasks

    monkeypatch.setitem(app.config, "DEMOS_MODELS_ANALYSE_INLINE_MAX_BYTES", 10)
    monkeypatch.setattr(outbox, "send", lambda kind, key: None)  # the worker is stopped
    recid = deposits.draft(owner, {"m.json": workspace("patient")})
    assert deposit_models.read(owner, recid, draft=True) == {
        "hits": {"total": 0, "hits": []},
        "pending": ["m.json"],
    }
    with pytest.raises(AnalysisPendingError):
        deposits.publish(owner, recid)
    tasks.reconcile()
    record = deposits.publish(owner, recid)
    (model_id,) = model_ids(anyone, record.id)
    assert models.checks(anyone, model_id)["certificate"]["state"] == "pending"
    tasks.reconcile()
    assert models.checks(anyone, model_id)["certificate"]["state"] == "ready"
    assert db.session.query(OutboxEntry).count() == 0


def test_an_undeclared_model_is_joined_when_its_analysis_is_there(
    deposits, owner, anyone, workspace, app, monkeypatch
):
    from demos_models import tasks

    monkeypatch.setitem(app.config, "DEMOS_MODELS_ANALYSE_INLINE_MAX_BYTES", 10)
    monkeypatch.setattr(outbox, "send", lambda kind, key: None)
    record = deposits.deposit(owner, {"m.json": workspace()}, kind="dataset")
    assert model_ids(anyone, record.id) == []
    tasks.reconcile()
    assert len(model_ids(anyone, record.id)) == 1


def test_a_file_that_is_replaced_after_its_analysis_counts_as_it_is_now(
    deposits, owner, anyone, workspace
):
    recid = deposits.draft(owner, {"m.json": workspace("before")})
    records.draft_files.delete_file(owner, recid, "m.json")
    deposits.upload(owner, recid, {"m.json": workspace("after")})
    deposits.publish(owner, recid)
    (model_id,) = model_ids(anyone, recid)
    assert models.structure(anyone, model_id)["channels"][0]["name"] == "after"


def test_a_patch_set_that_comes_before_its_model_is_found_by_it(deposits, owner, anyone, workspace):
    from demos_formats import analyse

    content = workspace()
    patchset = {
        "metadata": {
            "name": "grid",
            "description": "signals",
            "digests": {"sha256": analyse(content).digest},
            "labels": ["mass"],
            "references": {"hepdata": "ins1234567"},
        },
        "patches": [
            {
                "metadata": {"name": "signal_100", "values": [100]},
                "patch": [
                    {"op": "replace", "path": "/channels/0/samples/0/data", "value": [6.0, 11.0]}
                ],
            }
        ],
        "version": "1.0.0",
    }
    files = {"patchset.json": json.dumps(patchset).encode()}
    deposits.deposit(owner, files, kind="dataset")
    record = deposits.deposit(owner, {"m.json": content})
    (model_id,) = model_ids(anyone, record.id)
    patches = models.patches(anyone, model_id)["hits"]["hits"]
    assert [p["name"] for p in patches] == ["signal_100"]
