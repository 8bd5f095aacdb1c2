# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Each export against its specification, and what none of them may lose."""

import json
from dataclasses import replace

import pytest
import yaml
from demos_fair import exports
from demos_fair.exports import (
    DoubledExportError,
    bibtex,
    cff,
    codemeta,
    croissant,
    csl,
    datacite_json,
    datacite_xml,
    json_ld,
    marcxml,
    ro_crate,
    table,
)
from demos_fair.resource import Agent, Term
from lxml import etree

KERNEL = {"d": "http://datacite.org/schema/kernel-4"}
MARC = {"m": "http://www.loc.gov/MARC21/slim"}


def parsed(export, text):
    kind = export.plain_type
    if kind.endswith("json"):
        return json.loads(text)
    if kind.endswith("xml"):
        return etree.fromstring(text.encode())
    if kind.endswith("yaml"):
        return list(yaml.safe_load_all(text))
    return [part for part in text.split("@") if part]


@pytest.mark.parametrize("name", sorted(table()))
def test_every_export_writes_the_least_and_the_most(name, bare, full):
    export = table()[name]
    for resource in (bare, full):
        assert len(parsed(export, export.write(resource))) > 0
    assert len(parsed(export, export.many([bare, full]))) == 2


@pytest.mark.parametrize("name", ["json-ld", "datacite-json", "datacite-xml"])
def test_nothing_that_was_said_is_lost(name, full):
    text = table()[name].write(full)
    for fact in (
        "0000-0002-1825-0097",
        "ror.org/02ex6cf31",
        "BNL",
        "Söhne",
        "Doe",
        "European Commission",
        "101000000",
        "2025-01-01/2025-06-01",
        "supersymmetry",
        "10.80443/abc-def",
        "10.1140/epjc/s10052-020-8050-3",
        "9783161484100",
    ):
        assert fact in text, fact


def test_two_exports_of_one_name_are_refused(monkeypatch):
    class Point:
        def load(self):
            return bibtex.EXPORT

    monkeypatch.setattr(exports, "entry_points", lambda group: [Point()])
    with pytest.raises(DoubledExportError, match="bibtex"):
        table.__wrapped__()


def test_a_funder_is_named_by_an_address_and_urls_stay_whole(full):
    document = json_ld.document(full)
    (grant,) = document["funding"]
    assert grant["funder"]["@id"] == "https://ror.org/00k4n6c32"
    assert document["distribution"][1]["contentUrl"].endswith("format=hs3&dialect=root")
    assert document["identifier"][0] == "https://doi.org/10.80443/abc-def"


def test_an_object_with_a_doi_is_named_by_it(full):
    document = json_ld.document(replace(full, doi="10.1/own", cite_doi=None))
    assert document["@id"] == "https://doi.org/10.1/own"
    assert json_ld.document(full)["@id"] == full.page


def test_datacite_xml_has_what_the_kernel_wants(full):
    root = datacite_xml.element(full)
    names = [etree.QName(one).localname for one in root]
    wanted = ["identifier", "creators", "titles", "publisher", "publicationYear", "resourceType"]
    assert names[:6] == wanted
    assert len(names) == len(set(names))
    assert root.findtext("d:publicationYear", namespaces=KERNEL) == "2026"
    affiliations = root.find("d:creators/d:creator", KERNEL).findall("d:affiliation", KERNEL)
    assert [a.text for a in affiliations] == ["BNL", "Institut <1> & Söhne"]
    contributor = root.find("d:contributors/d:contributor", KERNEL)
    assert contributor.get("contributorType") == "DataCurator"
    kinds = {d.get("dateType") for d in root.findall("d:dates/d:date", KERNEL)}
    assert {"Collected", "Issued", "Created", "Updated"} <= kinds


def test_datacite_without_creators_still_has_one(bare):
    unknown = {"name": "Unknown", "nameType": "Organizational"}
    assert datacite_json.document(bare)["creators"] == [unknown]


def test_bibtex_is_balanced_whatever_the_title(full):
    text = bibtex.entry(full)
    assert text.count("{") == text.count("}")
    assert r"100 \% <b>" in text
    many = bibtex.entry(replace(full, creators=(Agent("A", family="A"),) * 101))
    assert " and others}," in many


def test_csl_names_persons_and_keeps_organisations_whole(full):
    document = csl.document(full)
    assert document["author"][1] == {"literal": "ATLAS Collaboration"}
    assert document["issued"] == {"date-parts": [[2026, 11, 21]]}


def test_the_citation_file_names_no_contributor_as_an_author(full):
    document = cff.document(full)
    assert [a.get("family-names") for a in document["authors"]] == ["O'Brien-Ŝmith", None]
    assert document["license"] == "CC-BY-4.0"
    assert document["date-released"] == "2026-11-21"
    assert "doi" not in cff.document(replace(full, cite_doi="10.1/ä b"))
    twice = replace(full, subjects=(Term("a"), Term("a")))
    assert cff.document(twice)["keywords"] == ["a"]


def test_codemeta_is_of_version_three(full):
    document = codemeta.document(full)
    assert document["@context"] == "https://w3id.org/codemeta/3.0"
    assert [a["name"] for a in document["contributor"]] == ["Doe, Ada"]


def references(value):
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from references(one)


def test_a_crate_describes_what_it_refers_to(full):
    crate = ro_crate.document(full)
    graph = {one["@id"]: one for one in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.3"}
    root = graph["./"]
    assert root["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.6"}
    assert [part["@id"] for part in root["hasPart"]] == [one.url for one in full.files]
    named = {name for one in crate["@graph"] for name in references(list(one.values()))}
    assert {name for name in named - set(graph) if not name.startswith("http")} == set()
    actions = [one for one in graph.values() if one["@type"] == "CreateAction"]
    assert {one["name"] for one in actions} == {"Conversion to 1.hs3.json", "CLs"}
    assert all(graph[one["instrument"]["@id"]]["version"] for one in actions)


def test_croissant_has_checksums_and_leaves_out_what_has_none(full):
    document = croissant.document(full)
    assert [one["sha256"] for one in document["distribution"]] == ["a" * 64, "b" * 64]
    unknown = replace(full, files=(replace(full.files[0], sha256=None),))
    assert "distribution" not in croissant.document(unknown)


def test_marc_has_a_leader_of_24_characters_and_fields_of_three(full):
    root = marcxml.element(full)
    assert len(root.findtext("m:leader", namespaces=MARC)) == 24
    for field in root.findall("m:datafield", MARC):
        assert len(field.get("tag")) == 3
        assert len(field) > 0
