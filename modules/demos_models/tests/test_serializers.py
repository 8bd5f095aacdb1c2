# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry as what catalogues ask for, and what the exports make of it."""

from dataclasses import replace

import pytest
from datacite import schema45
from demos_fair.exports import datacite_json, datacite_xml, json_ld, ro_crate
from demos_models.services.description import describe
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


DOCUMENTS = {
    "hs3-root": {
        "size": 456,
        "sha256": "1" * 64,
        "converter": "demos-formats/1",
        "created": "2026-11-21T10:00:05+00:00",
    }
}


def test_json_ld_says_what_a_catalogue_asks_for():
    document = json_ld.document(describe(ENTRY))
    assert document["@id"] == ENTRY["links"]["self_html"]
    assert document["license"] == "https://spdx.org/licenses/CC0-1.0"
    assert [one["@id"] for one in document["citation"]] == [
        "https://doi.org/10.1007/JHEP12(2019)060",
        "https://arxiv.org/abs/1908.03122",
    ]
    jane = document["creator"][1]
    assert (jane["@type"], jane["name"]) == ("Person", "Doe, Jane")
    assert jane["@id"] == "https://orcid.org/0000-0002-1825-0097"
    (poi,) = document["variableMeasured"]
    assert poi["name"] == "mu_SIG"
    assert poi["propertyID"] == "https://demos-portal.org/terms/parameter_of_interest"
    (source,) = document["distribution"]
    assert (source["sha256"], source["contentSize"]) == ("0" * 64, "123")
    assert source["contentUrl"] == ENTRY["links"]["file"]
    assert document["conformsTo"] == ["https://scikit-hep.org/pyhf/schemas/1.0.0/workspace.json"]


def test_what_was_made_of_the_bytes_names_its_source_and_its_program():
    entry = {**ENTRY, "links": {**ENTRY["links"], "hs3": "https://portal.example/hs3"}}
    source, made = describe(entry, DOCUMENTS).files
    assert (made.url, made.size, made.made_from) == ("https://portal.example/hs3", 456, source.url)
    graph = {one["@id"]: one for one in ro_crate.document(describe(entry, DOCUMENTS))["@graph"]}
    (action,) = (one for one in graph.values() if one["@type"] == "CreateAction")
    assert action["object"] == {"@id": source.url}
    assert action["result"] == {"@id": made.url}
    assert graph[action["instrument"]["@id"]]["version"] == "1"


def test_no_downloads_are_named_where_files_may_not_be_read():
    entry = {k: v for k, v in ENTRY.items() if k != "structure"}
    assert describe(entry, DOCUMENTS).files == ()


@pytest.mark.parametrize("entry", [ENTRY, BARE], ids=["complete", "bare"])
def test_datacite_json_is_valid(entry):
    document = datacite_json.document(describe(entry))
    # Beyond the schema, as DataCite's own API answers it: a model has no DOI.
    (identifier,) = document.pop("identifiers")
    assert identifier["identifierType"] == "URL"
    assert list(schema45.validator.iter_errors(document)) == []


def test_datacite_relates_paper_deposit_and_copies():
    related = {
        (r["relationType"], r["relatedIdentifier"])
        for r in datacite_json.document(describe(ENTRY))["relatedIdentifiers"]
    }
    assert related == {
        ("IsSupplementTo", "10.1007/JHEP12(2019)060"),
        ("IsSupplementTo", "1908.03122"),
        ("IsPartOf", "https://portal.example/records/1"),
        ("IsIdenticalTo", "https://doi.org/10.17182/hepdata.89408.v1/r2"),
    }


@pytest.mark.parametrize("entry", [ENTRY, BARE], ids=["complete", "bare"])
def test_datacite_xml_names_the_entry(entry):
    root = datacite_xml.element(describe(entry))
    (identifier,) = root.findall("d:identifier", KERNEL)
    assert identifier.text in (f"https://portal.example/models/{ID}", f"urn:uuid:{ID}")
    assert root.findtext("d:titles/d:title", namespaces=KERNEL) == entry["metadata"]["title"]
    assert root.find("d:resourceType", KERNEL).get("resourceTypeGeneral") == "Model"


def test_characters_that_xml_cannot_write_are_left_out():
    resource = replace(describe(ENTRY), title="a\x00\x0b<b>\ud800&")
    root = etree.fromstring(datacite_xml.EXPORT.write(resource).encode())
    assert root.findtext("d:titles/d:title", namespaces=KERNEL) == "a<b>&"
