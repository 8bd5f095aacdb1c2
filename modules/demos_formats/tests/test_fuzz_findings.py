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
