# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry in the words of schema.org and DataCite."""

import json

import pytest
from datacite import schema45
from demos_models.resources.serializers import (
    DataCiteJSONSerializer,
    DataCiteXMLSerializer,
    ModelJSONLDSerializer,
    datacite_json,
)
from lxml import etree

ID = "0b9ff2a5-6ff1-4fc3-9f34-6a8ccbd7c3d5"
KERNEL = {"d": "http://datacite.org/schema/kernel-4"}

ENTRY = {
    "id": ID,
    "demos_id": ID,
    "created": "2026-11-21T10:00:00+00:00",
    "updated": "2026-11-22T10:00:00+00:00",
    "kind": "histfactory",
    "format": "pyhf",
    "access": {"record": "public", "files": "public"},
    "version": {"number": 2, "count": 2},
    "metadata": {
        "demos_id": ID,
        "title": "Search for bottom squarks",
        "description": "A likelihood.",
        "creators": [
            {"name": "ATLAS Collaboration", "type": "organizational"},
            {"name": "Doe, Jane", "type": "personal", "orcid": "0000-0002-1825-0097"},
        ],
        "keywords": ["supersymmetry"],
        "licence": "cc0-1.0",
        "publication_date": "2019-12",
        "publication": {"doi": "10.1007/JHEP12(2019)060", "arxiv": "1908.03122"},
    },
    "structure": {"n_channels": 1, "measurements": [{"name": "m", "poi": "mu_SIG"}]},
    "sources": [
        {
            "host": "portal",
            "url": "https://portal.example/records/1",
            "sha256": "0" * 64,
            "size": 123,
        },
        {"host": "hepdata", "url": "https://doi.org/10.17182/hepdata.89408.v1/r2"},
    ],
    "links": {
        "self": f"https://portal.example/api/models/{ID}",
        "self_html": f"https://portal.example/models/{ID}",
        "file": f"https://portal.example/api/models/{ID}/file?format=source",
        "pyhf": f"https://portal.example/api/models/{ID}/file?format=pyhf",
    },
}

BARE = {
    "id": ID,
    "demos_id": ID,
    "created": "2026-11-21T10:00:00+00:00",
    "updated": "2026-11-22T10:00:00+00:00",
    "metadata": {"title": "T"},
}


def test_json_ld_says_what_a_catalogue_asks_for():
    document = json.loads(ModelJSONLDSerializer().serialize_object(ENTRY))
    assert document["@context"] == "https://schema.org/"
    assert document["@id"] == ENTRY["links"]["self_html"]
    assert document["license"] == "https://spdx.org/licenses/CC0-1.0"
    assert document["citation"] == [
        "https://doi.org/10.1007/JHEP12(2019)060",
        "https://arxiv.org/abs/1908.03122",
    ]
    assert document["creator"][1] == {
        "@type": "Person",
        "@id": "https://orcid.org/0000-0002-1825-0097",
        "name": "Doe, Jane",
    }
    assert document["variableMeasured"] == ["mu_SIG"]
    source, pyhf = document["distribution"]
    assert (source["sha256"], source["contentSize"]) == ("0" * 64, "123 B")
    assert pyhf["contentUrl"] == ENTRY["links"]["pyhf"]


def test_json_ld_names_no_downloads_where_files_may_not_be_read():
    entry = {k: v for k, v in ENTRY.items() if k != "structure"}
    assert "distribution" not in json.loads(ModelJSONLDSerializer().serialize_object(entry))


@pytest.mark.parametrize("entry", [ENTRY, BARE], ids=["complete", "bare"])
def test_datacite_json_is_valid(entry):
    document = json.loads(DataCiteJSONSerializer().serialize_object(entry))
    assert list(schema45.validator.iter_errors(document)) == []


def test_datacite_relates_paper_deposit_and_copies():
    related = {
        (r["relationType"], r["relatedIdentifier"])
        for r in datacite_json(ENTRY)["relatedIdentifiers"]
    }
    assert related == {
        ("IsSupplementTo", "10.1007/JHEP12(2019)060"),
        ("IsSupplementTo", "1908.03122"),
        ("IsPartOf", "https://portal.example/records/1"),
        ("IsIdenticalTo", "https://doi.org/10.17182/hepdata.89408.v1/r2"),
    }


@pytest.mark.parametrize("entry", [ENTRY, BARE], ids=["complete", "bare"])
def test_datacite_xml_names_the_entry(entry):
    root = etree.fromstring(DataCiteXMLSerializer().serialize_object(entry).encode())
    (identifier,) = root.findall("d:identifier", KERNEL)
    assert identifier.text in (f"https://portal.example/models/{ID}", f"urn:uuid:{ID}")
    assert root.findtext("d:titles/d:title", namespaces=KERNEL) == entry["metadata"]["title"]
    assert root.find("d:resourceType", KERNEL).get("resourceTypeGeneral") == "Model"


def test_characters_that_xml_cannot_write_are_left_out():
    entry = {**ENTRY, "metadata": {**ENTRY["metadata"], "title": "a\x00\x0b<b>\ud800&"}}
    root = etree.fromstring(DataCiteXMLSerializer().serialize_object(entry).encode())
    assert root.findtext("d:titles/d:title", namespaces=KERNEL) == "a<b>&"


def test_a_page_of_results_is_one_document():
    page = {"hits": {"hits": [ENTRY, BARE]}}
    assert len(json.loads(DataCiteJSONSerializer().serialize_object_list(page))) == 2
    assert len(json.loads(ModelJSONLDSerializer().serialize_object_list(page))) == 2
    root = etree.fromstring(DataCiteXMLSerializer().serialize_object_list(page).encode())
    assert len(root) == 2


def test_a_part_of_an_entry_stays_as_it_is():
    part = {"channels": []}
    assert json.loads(ModelJSONLDSerializer().serialize_object(part)) == part
