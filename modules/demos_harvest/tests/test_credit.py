# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Who is credited for a harvested model, and what an identifier of its record names."""

import pytest
from demos_harvest.peers.inveniordm import record_from_json


def answer(**metadata):
    """Give an InvenioRDM record with these metadata."""
    return {
        "id": "42",
        "updated": "2026-01-01T00:00:00+00:00",
        "parent": {"id": "41", "pids": {"doi": {"identifier": "10.5281/zenodo.41"}}},
        "versions": {"index": 1, "is_latest": True},
        "pids": {"doi": {"identifier": "10.5281/zenodo.42"}},
        "access": {"record": "public", "files": "public"},
        "files": {"enabled": True, "entries": {}},
        "metadata": {"title": "A likelihood", "creators": [], "publication_date": "2025-05-05",
                     **metadata},
    }  # fmt: skip


def related(relation, identifier, scheme):
    return {"identifier": identifier, "scheme": scheme, "relation_type": {"id": relation}}


@pytest.mark.parametrize(
    ("relation", "kept"),
    [("isidenticalto", True), ("requires", False), ("iscompiledby", False), ("references", False),
     ("issupplementto", False), ("isderivedfrom", False)],
)  # fmt: skip
def test_only_what_is_identical_is_another_place_of_the_model(relation, kept):
    record = record_from_json(
        answer(related_identifiers=[
            related(relation, "10.17182/hepdata.1.v1/r1", "doi"),
            related(relation, "https://github.com/scikit-hep/pyhf", "url"),
        ]),
        "zenodo",
        "https://zenodo.org",
    )  # fmt: skip
    references = set(record.metadata["external_references"])
    assert references == {"zenodo", *(("hepdata", "github") if kept else ())}


def test_people_identifiers_and_the_paper_are_taken_over():
    record = record_from_json(
        answer(
            creators=[
                {"person_or_org": {"type": "personal", "name": "Doe, Jane",
                                   "identifiers": [{"scheme": "orcid",
                                                    "identifier": "0000-0002-1825-0097"}]}},
                {"person_or_org": {"type": "organizational", "name": "ATLAS Collaboration"}},
            ],
            related_identifiers=[related("issupplementto", "10.1007/JHEP06(2023)191", "doi")],
        ),
        "zenodo",
        "https://zenodo.org",
    )  # fmt: skip
    metadata = record.metadata
    assert metadata["creators"] == [
        {"name": "Doe, Jane", "type": "personal", "orcid": "0000-0002-1825-0097"},
        {"name": "ATLAS Collaboration", "type": "organizational"},
    ]
    assert metadata["publication"] == {"doi": "10.1007/jhep06(2023)191"}
    assert metadata["publication_date"] == "2025-05-05"
    assert "10.5281/zenodo.42" in metadata["aliases"]


@pytest.mark.usefixtures("no_documents")
def test_everything_that_a_run_registered_is_found_at_once(doubles, harvest, client):
    from peers import models
    from peers.hepdata import HEPDataDouble, Record, Resource

    doubles("hepdata", HEPDataDouble([
        Record(n, 1000 + n, resources=[Resource("w.json", models.as_json(models.workspace(n)))])
        for n in range(1, 61)
    ]))  # fmt: skip
    assert harvest("hepdata")["registered"] == 60
    assert client.get("/models?host=hepdata&size=1").json["hits"]["total"] == 60
