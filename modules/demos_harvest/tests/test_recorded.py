# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Answers that peers really gave, translated."""

import base64
import json
import re

import pytest
from demos_harvest.http import errors
from demos_harvest.peers import datacite, hepdata, inspire, inveniordm
from demos_harvest.peers.inveniordm.mapper import file_entries
from demos_harvest.peers.oaipmh.mapper import record_from_xml
from demos_harvest.peers.oaipmh.parser import OAIError, page_of
from peers import corpus

PEERS = corpus.DATA / "peers"

pytestmark = pytest.mark.skipif(
    not PEERS.is_dir(), reason="needs recorded answers (DEMOS_SHARED_DATA)"
)


def load(*parts):
    return json.loads(PEERS.joinpath(*parts).read_text())


@pytest.mark.parametrize(
    "name", ["record_ins1906174_v3.json", "record_ins1906174_v3.light.derived.json"]
)
def test_hepdata_record_with_a_likelihood(name):
    answer = load("hepdata", "live-recorded", name)
    record = hepdata.record_from_json(answer, None, "https://www.hepdata.net")
    assert (record.record_id, record.lineage, record.version) == ("ins1906174", "104458", "3")
    (file,) = record.files
    assert (file.filename, file.kind) == ("FullLikelihood_forHEPData.tar", "histfactory")
    assert file.doi == "10.17182/hepdata.104458.v3/r9"
    assert file.download_url == "https://www.hepdata.net/record/resource/3458718?view=true"
    assert record.metadata["publication"]["arxiv"] == "2108.07586"
    assert record.metadata["experiment"] == "ATLAS"
    assert "<" not in record.metadata["title"]


def test_hepdata_record_without_one():
    answer = load("hepdata", "live-recorded", "record_ins2851948.json")
    assert hepdata.record_from_json(answer, None, "https://www.hepdata.net").files == ()


def test_zenodo_record():
    answer = load("zenodo", "rest", "record_4924875_vnd.inveniordm.json")
    record = inveniordm.record_from_json(answer, "zenodo", "https://zenodo.org")
    assert record.record_id == "4924875"
    assert "10.5281/zenodo.4924875" in record.metadata["aliases"]
    assert record.metadata["title"]
    assert record.metadata["creators"]
    files = load("zenodo", "rest", "record_4924875_files.json")
    assert {e["key"] for e in file_entries(files)} == {
        e["key"] for e in file_entries(answer["files"])
    }


@pytest.mark.parametrize(
    "path", sorted((PEERS / "zenodo" / "oai2d").glob("*.xml")), ids=lambda path: path.name
)
def test_zenodo_by_oai_pmh(path):
    if path.name.startswith(("identify", "list_sets", "list_metadata")):
        assert path.name.endswith("422.xml") or page_of(path.read_bytes()).headers == ()
    elif path.name.endswith("422.xml"):
        with pytest.raises(OAIError, match=r"noRecords|badArgument|idDoesNot|badResumption"):
            page_of(path.read_bytes())
    else:
        page = page_of(path.read_bytes())
        assert page.headers
        for header in page.headers:
            assert header.identifier.startswith("oai:zenodo.org:")
            if header.metadata is not None:
                assert record_from_xml(header, "zenodo").metadata["title"]


def test_datacite_dois():
    text = (PEERS / "datacite" / "rdatacite" / "dc_dois.yml").read_text()
    bodies = re.findall(r"^ +string: (ey[\w+/=]+)$", text, re.MULTILINE)
    items = [i for body in bodies for i in json.loads(base64.b64decode(body)).get("data") or []]
    assert items
    for item in items:
        record = datacite.record_from_json(item)
        assert record.record_id == item["id"].lower()
        assert record.metadata["title"]


def test_inspire_literature():
    hits = load("inspire", "cds-rdm", "inspire_response_15_records_page_1.json")["hits"]["hits"]
    for hit in hits:
        found = inspire.enrichment(hit)
        assert found["publication"]["inspire_id"] == str(hit["metadata"]["control_number"])
        assert found["title"]


def test_an_older_format_of_zenodo_is_told_apart():
    hit = load("zenodo", "legacy", "search_hit_2019_from_CAP.json")
    with pytest.raises((ValueError, errors.PeerError)):
        inveniordm.record_from_json(hit, "zenodo", "https://zenodo.org")
