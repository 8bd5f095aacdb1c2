# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Twelve real records of HEPData, packed as HEPData's uploaders pack them."""

import gzip
import json

import pytest
from peers import corpus
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble

pytestmark = pytest.mark.skipif(
    not corpus.DATA.is_dir(), reason="needs the development corpus (DEMOS_SHARED_DATA)"
)


@pytest.fixture(scope="module")
def hepdata():
    with HEPDataDouble(corpus.records()) as double:
        yield double


@pytest.fixture
def registered(clean, no_documents, hepdata, harvest):
    from invenio_search import current_search_client

    with DataCiteDouble(hepdata) as datacite:
        clean.config["DEMOS_PEER_HEPDATA_URL"] = hepdata.url
        clean.config["DEMOS_PEER_DATACITE_URL"] = datacite.url
        counts = harvest("hepdata")
    current_search_client.indices.refresh(index="*")
    return counts


def found(client, **query):
    answer = client.get("/models", query_string={"size": 100, **query})
    assert answer.status_code == 200
    return answer.json["hits"]["hits"]


def versions_of(model_id):
    from demos_models.records.models import EntryMetadata, ModelVersion

    return ModelVersion.query.join(EntryMetadata).filter(EntryMetadata.pid == model_id).all()


def digests_of(model_id):
    return [version.digest for version in versions_of(model_id)]


def make_documents(model_id):
    from demos_models.tasks import follow_up

    for version in versions_of(model_id):
        follow_up("derive", str(version.id))


def test_one_run_registers_all_and_they_are_found_and_convert(registered, client, works):
    pyhf = pytest.importorskip("pyhf")
    entries = corpus.manifest()
    workspaces = {name: [e for e in es if "pyhf_digest" in e] for name, es in entries.items()}
    number = sum(map(len, workspaces.values()))
    assert (registered["seen"], registered["registered"], registered["failed"]) == (12, 12, 0)
    assert registered["status"] == "successful"

    for name, expected in workspaces.items():
        record = client.get(f"/hepdata/{name}").json
        assert record["metadata"]["publication"]["inspire_id"] == name.removeprefix("ins")
        doi = corpus.doi_of(entries[name])
        doi = doi if "/r" in doi else f"{doi}.v1/r1"
        assert doi in {file.get("doi") for file in record["files"]}
        models = [m for file in record["files"] for m in file["models"]]
        digests = {digest for model in models for digest in digests_of(model["id"])}
        assert digests == {e["pyhf_digest"] for e in expected}, name
        file = next(f for f in record["files"] if f["models"])
        model = file["models"][0]
        structure = client.get(f"/models/{model['id']}").json["structure"]
        assert (structure["n_channels"], structure["n_bins"]) in {
            (e["structure"]["channels"], e["structure"]["bins"]) for e in expected
        }
        chosen = {"resource": file["resource"], "member": model["id"], "format": "pyhf"}
        if model["member"]:
            # A member is taken out of its archive in the background.
            assert client.get(f"/hepdata/{name}/convert", query_string=chosen).status_code == 202
            make_documents(model["id"])
        answer = client.get(f"/hepdata/{name}/convert", query_string=chosen)
        assert answer.status_code == 200, answer.data
        data = answer.data
        if answer.content_encoding == "gzip":
            data = gzip.decompress(data)
        assert [pyhf.utils.digest(json.loads(data))] == digests_of(model["id"])

    # One search over what they hold, say and where they are.
    sbottom = corpus.read(next(e for e in entries["ins1748602"] if "RegionA" in e["file"]))
    channel = json.loads(sbottom)["channels"][0]
    mine = found(client, channel=channel["name"], sample=channel["samples"][0]["name"])
    assert "1748602" in {h["metadata"]["publication"]["inspire_id"] for h in mine}
    assert all(channel["name"] in h["structure"]["channels"] for h in mine) or mine
    assert works() == number
    energy = found(client, energy="13 TeV", host="hepdata")
    assert len(energy) == number
    assert found(client, energy="8 TeV") == []
    hosts = client.get("/models").json["aggregations"]["host"]["buckets"]
    assert [(b["key"], b["doc_count"]) for b in hosts] == [("hepdata", number)]

    # The patch set that lies apart belongs to the workspace it changes.
    files = client.get("/hepdata/ins1755298").json["files"]
    background = next(f for f in files if f["filename"] == "onelbb_BkgOnly.json")
    answer = client.get(f"/models/{background['models'][0]['id']}/patches")
    assert len(answer.json["hits"]["hits"]) == 10
