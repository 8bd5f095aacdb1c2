# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Payloads of the OAI-PMH format ``demos`` against its published schema."""

from importlib.resources import files

import pytest
from demos_models.config import DEMOS_MODELS_OAI_FORMATS
from demos_models.oai.xml import NAMESPACE, SCHEMA_FILE, deposit_etree
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from test_serializers import BARE, ENTRY

NS = {"d": NAMESPACE}


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.fromstring((files("demos_models.oai") / SCHEMA_FILE).read_bytes()))


FULL = {
    **ENTRY,
    "dialect": "pyhf-1.0.0",
    "version": {"number": 2, "count": 3, "digest": "a" * 64},
    "metadata": {
        **ENTRY["metadata"],
        "collaborations": ["ATLAS Collaboration"],
        "experiment": "ATLAS",
        "energies": [{"value": 13, "unit": "TeV"}],
        "luminosity": {"value": 139.0, "unit": "fb-1"},
        "analysis_id": "ATLAS-SUSY-2018-31",
        "external_references": {
            "hepdata": {"record_id": "ins1748602", "doi": None, "url": "https://hepdata/1"},
            "github": {"repo": "a/b", "commit": None, "url": "https://a"},
            "others": [{"host": "github", "repo": "c/d", "commit": None, "url": "https://b"}],
        },
        "container": {"image": "ghcr.io/a/b:1", "registry": "ghcr.io", "uuid": None},
    },
    "structure": {
        "n_channels": 1,
        "n_bins": 2,
        "n_samples": 2,
        "n_parameters": 0,
        "measurements": [{"name": "m", "poi": "mu"}, {"name": "n", "poi": "mu"}],
    },
}
DESCRIBED = {**BARE, "kind": "container"}


def payload(entries):
    """Give the payload as it goes over the wire."""
    root = deposit_etree("abcde-12345", "https://portal.example/records/abcde-12345", entries)
    return etree.fromstring(etree.tostring(root, encoding="utf-8"))


@pytest.mark.parametrize(
    "entries",
    [[], [FULL], [{**BARE, "kind": "other"}], [FULL, DESCRIBED]],
    ids=["no model", "complete", "bare", "several"],
)
def test_the_payload_is_valid(schema, entries):
    root = payload(entries)
    schema.assertValid(root)
    assert len(root.findall("d:model", NS)) == len(entries)


def test_the_declared_namespace_is_that_of_the_payload():
    assert DEMOS_MODELS_OAI_FORMATS["demos"]["namespace"] == etree.QName(payload([])).namespace


def test_the_payload_tells_what_the_entry_tells():
    (model,) = payload([FULL]).findall("d:model", NS)
    assert model.findtext("d:demosId", namespaces=NS) == ENTRY["demos_id"]
    assert model.findtext("d:analysis", namespaces=NS) == "ATLAS-SUSY-2018-31"
    luminosity = model.find("d:luminosity", NS)
    assert (luminosity.text, luminosity.get("unit")) == ("139.0", "fb-1")
    assert model.find("d:structure", NS).attrib == {
        "channels": "1",
        "bins": "2",
        "samples": "2",
        "parameters": "0",
    }
    assert [e.text for e in model.findall("d:structure/d:poi", NS)] == ["mu"]
    assert {e.text for e in model.findall("d:reference", NS)} == {
        "https://hepdata/1",
        "https://a",
        "https://b",
    }


def test_without_the_right_to_read_files_there_is_no_structure_and_no_download():
    entry = {k: v for k, v in FULL.items() if k != "structure"}
    (model,) = payload([entry]).findall("d:model", NS)
    assert model.find("d:structure", NS) is None
    assert model.find("d:document", NS) is None


@settings(max_examples=50, deadline=None)
@given(title=st.text(min_size=1), keywords=st.lists(st.text(max_size=20), max_size=3))
def test_any_text_gives_a_valid_payload(title, keywords):
    schema = etree.XMLSchema(
        etree.fromstring((files("demos_models.oai") / SCHEMA_FILE).read_bytes())
    )
    entry = {**FULL, "metadata": {**FULL["metadata"], "title": title, "keywords": keywords}}
    schema.assertValid(payload([entry]))
