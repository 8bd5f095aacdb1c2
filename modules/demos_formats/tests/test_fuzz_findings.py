# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What fuzzing found (`python tests/fuzz.py`), reduced."""

import json

import pytest
from demos_formats import RefusedError, analyse, convert_hs3_to_demos


def hs3(*distributions, **sections):
    return {
        "metadata": {"hs3_version": "0.2"},
        "distributions": list(distributions),
        "data": [
            {
                "name": "d",
                "type": "binned",
                "axes": [{"name": "x", "min": 0, "max": 1, "nbins": 1}],
                "contents": [3],
            }
        ],
        "likelihoods": [{"name": "l", "distributions": ["c"], "data": ["d"]}],
    } | sections


def channel(*modifiers):
    return {
        "name": "c",
        "type": "histfactory_dist",
        "axes": [{"name": "x", "min": 0, "max": 1, "nbins": 1}],
        "samples": [{"name": "s", "data": {"contents": [2]}, "modifiers": list(modifiers)}],
    }


@pytest.mark.parametrize("parts", [1.5, None, "x", {"a": 1}])
@pytest.mark.parametrize(
    ("type_", "key"), [("product_dist", "factors"), ("mixture_dist", "summands")]
)
def test_parts_that_are_no_list(type_, key, parts):
    document = hs3(channel(), {"name": "p", "type": type_, key: parts})
    assert analyse(json.dumps(document).encode()).format == "hs3"


def test_an_interpolation_that_nobody_else_knows():
    normsys = {
        "name": "n",
        "type": "normsys",
        "parameter": "n",
        "constraint": "Gauss",
        "data": {"hi": 1.1, "lo": 0.9},
        "interpolation": 77,
    }
    metadata = {"hs3_version": "0.2", "packages": [{"name": "ROOT", "version": "6.40"}]}
    document = hs3(channel(normsys), metadata=metadata)
    assert analyse(json.dumps(document).encode()).kind == "hs3"
    with pytest.raises(RefusedError, match=r"/modifiers/0/interpolation: normsys has no"):
        convert_hs3_to_demos(document)


BLOCKS = [
    {"parameters": [{"pyhf": ["a"], "index": 0, "hs3": "mu"}]},
    {"parameters": [1.5]},
    {"parameters": [{"pyhf": "mu", "index": 0}]},
    {"measurements": 3},
    {
        "measurements": [
            {"name": "m", "config": {"poi": "", "parameters": [{"name": "x", "inits": 1}]}}
        ]
    },
    {
        "measurements": [
            {"name": "m", "config": {"poi": "", "parameters": [{"name": "x", "auxdata": ["1"]}]}}
        ]
    },
    {"modifier_settings": {"normsys": 3}},
    {"synthetic_axes": [[]]},
    None,
    [],
]


@pytest.mark.parametrize("block", BLOCKS)
def test_what_a_document_remembers_has_the_form_of_the_schema(block):
    document = hs3(channel(), misc={"demos": block})
    found = analyse(json.dumps(document).encode())
    errors = [f for f in found.findings if f.severity == "error"]
    assert {f.code for f in errors} == {"schema_error"}
    assert all(f.pointer.startswith("/misc/demos") for f in errors)


def test_misc_is_an_object():
    found = analyse(json.dumps(hs3(channel(), misc=None)).encode())
    assert [(f.code, f.pointer) for f in found.findings] == [("schema_error", "/misc")]


@pytest.mark.parametrize("word", [[], {"a": 1}, 1.5, None])
def test_a_structured_interpolation_of_odd_words(word):
    normsys = {"name": "n", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}}
    normsys["interpolation"] = {"type": word, "in": word, "out": word}
    found = analyse(json.dumps(hs3(channel(normsys))).encode())
    assert found.kind == "hs3"
    assert [f.pointer.rpartition("/")[2] for f in found.findings] == ["interpolation"]


@pytest.mark.parametrize("odd", [{"a": 1}, [], True, None])
def test_constraints_of_odd_values(odd):
    constraint = {"name": "k", "type": "gaussian_dist", "x": "mu", "mean": odd, "sigma": 1}
    poisson = {"name": "p", "type": "poisson_dist", "x": 1, "mean": odd}
    normfactor = {"name": "mu", "type": "normfactor", "parameter": "mu"}
    document = hs3(channel(normfactor), constraint, poisson)
    document["likelihoods"][0]["aux_distributions"] = ["k", "p"]
    assert analyse(json.dumps(document).encode()).format == "hs3"


def test_text_of_another_encoding_is_named():
    text = json.dumps(hs3(channel()))
    for encoding in ("utf-16", "utf-32"):
        (found,) = analyse(text.encode(encoding)).findings
        assert "UTF-16" in found.message
