# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the custom fields of a deposit accept, and what they refuse."""

import marshmallow as ma
import pytest
from demos_models.config import (
    DEMOS_MODELS_CUSTOM_FIELDS,
    DEMOS_MODELS_CUSTOM_FIELDS_UI,
    DEMOS_MODELS_NAMESPACES,
)
from invenio_rdm_records.proxies import current_rdm_records_service as records

FIELDS = {field.name: field for field in DEMOS_MODELS_CUSTOM_FIELDS}
SCHEMA = ma.Schema.from_dict({name: field.field for name, field in FIELDS.items()})

COMPLETE = {
    "demos:experiment": "ATLAS",
    "demos:collaboration": ["ATLAS Collaboration", "CMS Collaboration"],
    "demos:analysis": "ATLAS-SUSY-2018-31",
    "demos:energy": [{"value": 8.0, "unit": "TeV"}, {"value": 13.0, "unit": "TeV"}],
    "demos:luminosity": {"value": 139.0, "unit": "fb-1"},
    "demos:references": {
        "hepdata": "ins1748602",
        "inspire": "1748602",
        "arxiv": "1908.03122",
        "doi": "10.1007/JHEP12(2019)060",
        "zenodo": "10.5281/zenodo.1234567",
        "github": "https://github.com/scikit-hep/pyhf",
    },
    "demos:framework": "Combine",
    "demos:container": {
        "image": "ghcr.io/owner/name:1.0@sha256:" + "0" * 64,
        "registry": "ghcr.io",
    },
    "demos:results": [
        {"quantity": "cls_obs", "values": [0.24], "tolerance": 0.01, "mu": 1.0, "patch": "p"}
    ],
}


def test_no_field_is_required():
    assert SCHEMA().load({}) == {}


def test_a_complete_description_is_kept_as_it_is():
    assert SCHEMA().load(COMPLETE) == COMPLETE


def test_what_a_form_sends_as_text_becomes_numbers():
    loaded = SCHEMA().load(
        {"demos:results": [{"quantity": "cls_exp", "values": ["0.1", "0.2", "0.3", "0.4", "0.5"]}]}
    )
    (result,) = loaded["demos:results"]
    assert result["values"] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert (result["mu"], result["tolerance"]) == (1.0, 0.05)


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("demos:experiment", "", ()),
        ("demos:experiment", "x" * 1001, ()),
        ("demos:energy", [{"value": 13}], (0, "unit")),
        ("demos:energy", [{"value": 13, "unit": "eV"}], (0, "unit")),
        ("demos:energy", [{"value": 0, "unit": "TeV"}], (0, "value")),
        ("demos:energy", [{"value": "nan", "unit": "TeV"}], (0, "value")),
        ("demos:energy", [{"value": 13, "unit": "TeV"}] * 101, ()),
        ("demos:luminosity", {"value": -1, "unit": "fb-1"}, ("value",)),
        ("demos:luminosity", {"value": 9.3e18, "unit": "ub-1"}, ("value",)),
        ("demos:references", {"arxiv": "not-an-id"}, ("arxiv",)),
        ("demos:references", {"doi": "https://example.org"}, ("doi",)),
        ("demos:references", {"inspire": "ins1"}, ("inspire",)),
        ("demos:references", {"github": "javascript:alert(1)"}, ("github",)),
        ("demos:references", {"unheard-of": "x"}, ("unheard-of",)),
        ("demos:container", {"registry": "ghcr.io"}, ("image",)),
        ("demos:container", {"image": "not an image"}, ("image",)),
        ("demos:container", {"image": "name@sha256:123"}, ("image",)),
        ("demos:container", {"image": "name", "uuid": "1"}, ("uuid",)),
        ("demos:results", [{"quantity": "p0", "values": [1]}], (0, "quantity")),
        ("demos:results", [{"quantity": "cls_obs", "values": []}], (0, "values")),
        ("demos:results", [{"quantity": "cls_obs", "values": ["inf"]}], (0, "values", 0)),
        (
            "demos:results",
            [{"quantity": "cls_obs", "values": [1], "tolerance": 2}],
            (0, "tolerance"),
        ),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(field, value, place):
    with pytest.raises(ma.ValidationError) as caught:
        SCHEMA().load({field: value})
    messages = caught.value.messages[field]
    for step in place:
        messages = messages[step]
    assert isinstance(messages, list)
    assert messages


def test_numbers_are_searched_as_numbers():
    energy = FIELDS["demos:energy"].mapping["properties"]
    assert energy["value"]["type"] == "double"
    assert energy["unit"]["type"] == "keyword"
    assert FIELDS["demos:results"].mapping["properties"]["values"]["type"] == "double"


def test_every_field_and_every_part_is_in_the_form():
    shown = {f["field"]: f for section in DEMOS_MODELS_CUSTOM_FIELDS_UI for f in section["fields"]}
    assert set(shown) == set(FIELDS)
    for name, field in FIELDS.items():
        properties = field.mapping.get("properties")
        if properties:
            parts = {part["name"] for part in shown[name]["props"]["subfields"]}
            assert parts == set(properties), name


def test_every_field_has_the_namespace_of_the_portal():
    assert {name.split(":")[0] for name in FIELDS} == set(DEMOS_MODELS_NAMESPACES)


@pytest.mark.parametrize("declared", [{}, {"values": "x"}, {"values": None}])
def test_a_draft_with_half_a_result_is_shown_with_its_error(running_app, owner, metadata, declared):
    data = metadata(custom_fields={"demos:results": [{"quantity": "cls_obs", **declared}]})
    draft = records.create(owner, data)
    assert any("demos:results" in error["field"] for error in draft.to_dict()["errors"])
    assert records.read_draft(owner, draft.id).to_dict()["id"] == draft.id
