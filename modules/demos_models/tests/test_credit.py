# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Who is credited, what an identifier names, and who may change an entry."""

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from demos_fair.exports import bibtex, csl, datacite_json
from demos_models import api, maintenance, tasks
from demos_models.deposit.deposits import sources_of_deposit
from demos_models.proxies import current_models_service as models
from demos_models.records.api import Entry
from demos_models.registry.index import index_works
from demos_models.registry.merge import PRECEDENCE
from demos_models.schemas import metadata_schema
from demos_models.services import deposit_models
from demos_models.services.description import describe
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service as records
from invenio_records_resources.services.errors import PermissionDeniedError
from invenio_search import current_search_client
from invenio_search.utils import build_alias_name
from jsonschema import Draft7Validator

STRANGER = {
    "demos:experiment": "MINE",
    "demos:collaboration": ["Not theirs"],
    "demos:analysis": "FAKE-1",
    "demos:references": {"doi": "10.9999/hijack", "hepdata": "ins9999999"},
    "demos:container": {"image": "ghcr.io/example/evil:1.0"},
    "demos:results": [{"quantity": "cls_obs", "values": [0.5], "tolerance": 0.9}],
}


def model_of(identity, recid):
    return deposit_models.read(identity, recid)["hits"]["hits"][0]["model"]["id"]


def entry_of(identity, id_or_alias, **kwargs):
    return models.read(identity, id_or_alias, **kwargs).to_dict()


def found(identity, q):
    current_search_client.indices.refresh(index=build_alias_name(Entry.index._name))
    result = models.search(identity, {"q": q, "facets": {}}).to_dict()
    return [hit["id"] for hit in result["hits"]["hits"]]


def patchset_for(workspace_bytes):
    import pyhf

    digest = pyhf.utils.digest(json.loads(workspace_bytes))
    patch = [{"op": "replace", "path": "/channels/0/samples/0/data", "value": [1.0, 1.0]}]
    return json.dumps(
        {
            "metadata": {
                "name": "grid",
                "description": "a grid",
                "references": {"hepdata": "ins1234567"},
                "digests": {"sha256": digest},
                "labels": ["m"],
            },
            "patches": [{"metadata": {"name": "p1", "values": [1]}, "patch": patch}],
            "version": "1.0.0",
        }
    ).encode()


def harvested(content, doi, *, version="1", host="hepdata", record="ins1", key=None, **metadata):
    source = api.Source(
        host=host,
        key=key or f"{record}/{version}/m.json",
        url=f"https://example.org/{record}",
        record_id=record,
        filename="m.json",
        version=version,
        lineage=record,
    )
    given = {"title": "Harvested", "aliases": [doi, doi.split(".v")[0]], **metadata}
    return api.registry.register(system_identity, source, content, given).model_ids[0]


def test_a_strangers_copy_adds_a_source_and_nothing_else(deposits, owner, other, anyone, workspace):
    content = workspace()
    results = [{"quantity": "cls_obs", "values": [0.1], "tolerance": 0.5}]
    first = deposits.deposit(
        owner, {"m.json": content}, title="First", custom_fields={"demos:results": results}
    )
    model_id = model_of(anyone, first.id)
    before = entry_of(anyone, model_id)
    grid = patchset_for(content)
    copy = deposits.deposit(
        other, {"m.json": content, "grid.json": grid}, title="Better", custom_fields=STRANGER
    )
    after = entry_of(anyone, model_id)
    assert model_of(anyone, copy.id) == model_id
    assert {s["record"] for s in after["sources"]} == {first.id, copy.id}
    assert after["metadata"] == before["metadata"]
    assert after["version"] == before["version"]
    assert models.patches(anyone, model_id)["hits"]["total"] == 0
    assert models.checks(anyone, model_id)["closure"]["declared_by"]["source"] == (
        f"portal:{first.id}"
    )
    with pytest.raises(PIDDoesNotExistError):
        models.read(anyone, "10.9999/hijack")
    assert found(anyone, "doi:10.9999/hijack") == []


def test_the_doi_of_a_strangers_copy_is_not_the_entrys(deposits, owner, other, anyone, workspace):
    content = workspace()
    records_of = {}
    for name, who in (("10.9999/first", owner), ("10.9999/copy", other)):
        records_of[name] = deposits.deposit(who, {"m.json": content}).id
        (source,) = sources_of_deposit(records_of[name])
        source.data = {**source.data, "doi": name}
        db.session.commit()
    entry = entry_of(anyone, model_of(anyone, records_of["10.9999/first"]))
    assert {s["record"]: s.get("doi") for s in entry["sources"]} == {
        records_of["10.9999/first"]: "10.9999/first",
        records_of["10.9999/copy"]: None,
    }
    related = {r.identifier for r in describe(models.read(anyone, entry["id"]).to_dict()).related}
    assert "10.9999/first" in related and "10.9999/copy" not in related


def test_a_strangers_next_version_is_a_model_of_its_own(deposits, owner, other, anyone, workspace):
    content = workspace()
    model_id = model_of(anyone, deposits.deposit(owner, {"m.json": content}).id)
    copy = deposits.deposit(other, {"m.json": content})
    following = deposits.new_version(other, copy.id, {"m.json": workspace()})
    assert model_of(anyone, following.id) != model_id
    assert models.versions(anyone, model_id)["hits"]["total"] == 1
    assert models.content(anyone, model_id).read() == content


def test_the_owners_own_grid_and_next_version_are_the_entrys(deposits, owner, anyone, workspace):
    content = workspace()
    first = deposits.deposit(owner, {"m.json": content})
    deposits.deposit(owner, {"grid.json": patchset_for(content)}, kind="dataset")
    model_id = model_of(anyone, first.id)
    assert models.patches(anyone, model_id)["hits"]["total"] == 1
    following = deposits.new_version(owner, first.id, {"m.json": workspace()})
    assert model_of(anyone, following.id) == model_id
    assert models.versions(anyone, model_id)["hits"]["total"] == 2


def test_an_authoritative_host_goes_before_a_deposit_that_came_first(
    deposits, owner, anyone, workspace
):
    content, number = workspace(), uuid4().int % 10**7
    record = deposits.deposit(owner, {"m.json": content}, title="Mine")
    doi = f"10.17182/hepdata.{number}.v1"
    model_id = harvested(
        content,
        doi,
        record=f"ins{number}",
        collaborations=["ATLAS Collaboration"],
        publication_date="2019-05-01",
    )
    assert model_id == model_of(anyone, record.id)
    metadata = entry_of(anyone, model_id)["metadata"]
    assert metadata["title"] == "Harvested"
    assert metadata["citation"]["doi"] == doi
    assert metadata["citation"]["authors"] == ["ATLAS Collaboration"]
    assert metadata["citation"]["publisher"] == "HEPData"
    assert metadata["citation"]["year"] == "2019"
    reference = metadata["external_references"]["hepdata"]
    assert reference["record_id"] == f"ins{number}"


def test_a_doi_names_the_version_that_it_was_given_to(running_app, anyone, workspace):
    number = uuid4().int % 10**7
    contents = [workspace(), workspace()]
    dois = [f"10.17182/hepdata.{number}.v{n}" for n in (1, 2)]
    for n, (content, doi) in enumerate(zip(contents, dois, strict=True), start=1):
        model_id = harvested(content, doi, version=str(n), record=f"ins{number}")
    for doi, content in zip(dois, contents, strict=True):
        assert models.content(anyone, doi).read() == content
        assert models.content(anyone, doi.upper()).read() == content
    concept = f"10.17182/hepdata.{number}"
    assert models.content(anyone, concept).read() == contents[1]
    assert models.content(anyone, dois[0], version=2).read() == contents[1]
    older = models.read(anyone, dois[0]).to_dict()
    assert older["version"]["is_latest"] is False
    assert older["links"]["file"].endswith(f"/file?format=source&version={older['version']['id']}")
    assert older["links"]["run"].endswith(f"/run?version={older['version']['id']}")
    assert "version=" not in str(models.read(anyone, concept).to_dict()["links"])
    assert entry_of(anyone, dois[0])["metadata"]["citation"]["doi"] == dois[0]
    for name in (*dois, concept, f"https://doi.org/{dois[0]}", f"ins{number}", model_id.upper()):
        assert found(anyone, name) == [model_id], name
    with pytest.raises(PIDDoesNotExistError, match="version"):
        models.read(anyone, model_id, version="99")


def test_only_sameness_makes_an_external_reference(deposits, owner, anyone, workspace):
    def related(relation, identifier):
        return {
            "identifier": identifier,
            "scheme": "url" if identifier.startswith("http") else "doi",
            "relation_type": {"id": relation},
        }

    draft = deposits.draft(owner, {"m.json": workspace()})
    data = records.read_draft(owner, draft).data
    data["metadata"]["related_identifiers"] = [
        related("isidenticalto", "10.5281/zenodo.71"),
        related("isvariantformof", "10.17182/hepdata.72.v2/r3"),
        related("isvariantformof", "https://github.com/a/b/tree/0a1b2c3d"),
        related("isidenticalto", "10.5281/zenodo.74"),
        related("requires", "https://github.com/a/tool"),
        related("cites", "10.5281/zenodo.73"),
    ]
    records.update_draft(owner, draft, data)
    record = deposits.publish(owner, draft)
    entry = entry_of(anyone, model_of(anyone, record.id))
    assert entry["metadata"]["external_references"] == {
        "zenodo": {
            "record_id": "71",
            "doi": "10.5281/zenodo.71",
            "url": "https://zenodo.org/records/71",
        },
        "hepdata": {
            "record_id": "72",
            "doi": "10.17182/hepdata.72.v2/r3",
            "url": "https://doi.org/10.17182/hepdata.72.v2/r3",
        },
        "github": {
            "repo": "a/b",
            "commit": "0a1b2c3d",
            "url": "https://github.com/a/b/tree/0a1b2c3d",
        },
        "others": [
            {
                "host": "zenodo",
                "record_id": "74",
                "doi": "10.5281/zenodo.74",
                "url": "https://zenodo.org/records/74",
            }
        ],
    }


def test_hits_and_entries_follow_the_published_schema(deposits, owner, anyone, workspace):
    record = deposits.deposit(owner, {"m.json": workspace("schema_channel")})
    validator = Draft7Validator(metadata_schema())
    entry = entry_of(anyone, model_of(anyone, record.id))
    current_search_client.indices.refresh(index=build_alias_name(Entry.index._name))
    hits = models.search(anyone, {"q": "schema_channel", "facets": {}}).to_dict()["hits"]["hits"]
    assert len(hits) == 1
    for one in (entry, *hits):
        assert list(validator.iter_errors(one["metadata"])) == []


def test_people_survive_second_hand(deposits, owner, anyone, workspace):
    draft = deposits.draft(owner, {"m.json": workspace()}, title="100% of B_s & {1, 2}")
    data = records.read_draft(owner, draft).data
    person = {
        "type": "personal",
        "family_name": "Dvo\u0159\u00e1k",
        "given_name": "Alena",
        "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
    }
    data["metadata"]["creators"] = [
        {"person_or_org": person, "affiliations": [{"name": "CERN"}]},
        *data["metadata"]["creators"],
    ]
    records.update_draft(owner, draft, data)
    record = deposits.publish(owner, draft)
    entry = entry_of(anyone, model_of(anyone, record.id))
    resource = describe(entry)
    text = bibtex.entry(resource)
    assert "author = {Dvo\u0159\u00e1k, Alena and {ATLAS Collaboration}}" in text
    assert text.count("{") == text.count("}")
    assert csl.document(resource)["author"] == [
        {"family": "Dvo\u0159\u00e1k", "given": "Alena"},
        {"literal": "ATLAS Collaboration"},
    ]
    creator = datacite_json.document(resource)["creators"][0]
    assert creator["familyName"] == "Dvo\u0159\u00e1k"
    assert creator["affiliation"] == [{"name": "CERN"}]
    assert creator["nameIdentifiers"][0]["nameIdentifier"].endswith("/0000-0002-1825-0097")


def _erase(identity, recid, deposits):
    records.delete(system_identity, recid)


def _delete(identity, recid, deposits):
    records.delete_record(system_identity, recid, {"removal_reason": {"id": "spam"}})


def _restrict(identity, recid, deposits):
    draft = records.edit(identity, recid)
    data = {**draft.data, "access": {"record": "restricted", "files": "restricted"}}
    records.update_draft(identity, recid, data)
    deposits.publish(identity, recid)


def _restrict_behind_the_services(identity, recid, deposits):
    record = records.record_cls.pid.resolve(recid)
    record.access.protection.set("restricted", "restricted")
    record.commit()
    api_commit()


def api_commit():
    from invenio_db import db

    db.session.commit()
    tasks.reconcile()


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(_erase, id="erased by an administrator"),
        pytest.param(_delete, id="deleted"),
        pytest.param(_restrict, id="restricted"),
        pytest.param(_restrict_behind_the_services, id="restricted behind the services"),
    ],
)
def test_every_way_out_closes_the_entry(deposits, owner, anyone, workspace, leave):
    channel = f"out{uuid4().hex[:8]}"
    record = deposits.deposit(owner, {"m.json": workspace(channel)}, title=f"Out {channel}")
    model_id = model_of(anyone, record.id)
    before = set(maintenance.verify())
    leave(owner, record.id, deposits)
    for ask in (models.read, models.structure, models.content, models.checks):
        with pytest.raises((PermissionDeniedError, PIDDeletedError, PIDDoesNotExistError)):
            ask(anyone, model_id)
    index_works([model_id], refresh=True)
    assert found(anyone, channel) == []
    assert set(maintenance.verify()) <= before


def test_verify_tells_of_a_deposit_that_slipped_away(
    deposits, owner, anyone, workspace, monkeypatch
):
    record = deposits.deposit(owner, {"m.json": workspace()})
    (source,) = sources_of_deposit(record.id)
    source.access_record = "restricted"
    api_commit()
    assert any(source.key in d.subject for d in maintenance.verify())


def test_the_docs_show_the_precedence_that_the_code_has():
    text = (Path(__file__).parents[3] / "docs" / "registry.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (first|by key|united|references) \|$", text, re.MULTILINE)
    assert dict(rows) == PRECEDENCE
