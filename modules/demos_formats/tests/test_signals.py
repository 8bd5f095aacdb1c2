# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import copy
import json

import pytest
from demos_formats import FormatError, RefusedError, analyse, apply_patch, signal_patch
from demos_formats.pyhf import structure
from demos_formats.signals import read_signal, signal_template, write_template
from hypothesis import given
from hypothesis import strategies as st


def sample(name, data, *modifiers):
    return {"name": name, "data": data, "modifiers": list(modifiers)}


STAT = {"name": "stat_CR", "type": "staterror", "data": [1.0]}
BASE = {
    "channels": [
        {"name": "CR", "samples": [sample("bkg", [9.0], STAT)]},
        {"name": "SR", "samples": [sample("old", [1.0, 1.0]), sample("bkg", [4.0, 5.0])]},
    ],
    "observations": [{"name": "SR", "data": [4, 5]}, {"name": "CR", "data": [9]}],
    "measurements": [{"name": "m", "config": {"poi": "mu_SIG", "parameters": []}}],
    "version": "1.0.0",
}
MU = {"name": "mu_SIG", "type": "normfactor", "data": None}


def problems(*args, **kw):
    with pytest.raises(FormatError) as caught:
        signal_patch(*args, **kw)
    return [(f.code, f.pointer) for f in caught.value.findings]


def test_yields_become_a_patch_with_the_right_indices():
    before = copy.deepcopy(BASE)
    patch = signal_patch(BASE, "signal", {"SR": [0.5, 0.1], "CR": [0.0]})
    assert patch == [
        {"op": "add", "path": "/channels/0/samples/1", "value": sample("signal", [0.0], MU)},
        {"op": "add", "path": "/channels/1/samples/2", "value": sample("signal", [0.5, 0.1], MU)},
    ]
    assert before == BASE
    assert structure(apply_patch(BASE, patch))["measurements"][0]["poi_defined"]


def test_a_sample_of_the_same_name_is_replaced():
    [operation] = signal_patch(BASE, "old", {"SR": [2.0, 3.0]})
    assert (operation["op"], operation["path"]) == ("replace", "/channels/1/samples/0")


def test_uncertainties_become_modifiers_of_the_channels_they_name():
    systematics = [
        {"type": "normsys", "name": "xsec", "hi": 1.1, "lo": 0.9},
        {"type": "normsys", "name": "eff", "hi": 1.2, "lo": 0.8, "channels": ["SR"]},
        {"type": "histosys", "name": "jes", "hi": {"SR": [1, 2]}, "lo": {"SR": [0.5, 1]}},
        {"type": "staterror", "values": {"SR": [0.1, 0.2], "CR": [0.3]}},
        {"type": "shapesys", "name": "mc", "values": {"CR": [0.3]}},
    ]
    patch = signal_patch(BASE, "s", {"SR": [1, 1], "CR": [1]}, systematics)
    names = [[(m["type"], m["name"]) for m in o["value"]["modifiers"][1:]] for o in patch]
    assert names == [
        [("normsys", "xsec"), ("staterror", "stat_CR"), ("shapesys", "mc")],
        [
            ("normsys", "xsec"),
            ("normsys", "eff"),
            ("histosys", "jes"),
            ("staterror", "staterror_SR"),
        ],
    ]
    assert patch[1]["value"]["modifiers"][3]["data"] == {"hi_data": [1, 2], "lo_data": [0.5, 1]}
    counts = structure(apply_patch(BASE, patch))["modifiers"]
    assert counts == {"histosys": 1, "normfactor": 2, "normsys": 3, "shapesys": 1, "staterror": 3}


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (("s", {"XR": [1]}), ("unresolved_reference", "/yields/XR")),
        (("s", {"SR": [1]}), ("length_mismatch", "/yields/SR")),
        (("s", {"SR": ["1", 2]}), ("schema_error", "/yields/SR/0")),
        (("s", {}), ("schema_error", "/yields")),
        (("", {"CR": [1]}), ("schema_error", "/sample")),
        (
            (
                "s",
                {"CR": [1]},
                [{"type": "histosys", "name": "j", "hi": {"CR": [1, 2]}, "lo": {"CR": [1]}}],
            ),
            ("length_mismatch", "/systematics/0/hi/CR"),
        ),
        (
            ("s", {"CR": [1]}, [{"type": "normsys", "name": "n", "hi": 1, "lo": 0}]),
            ("schema_error", "/systematics/0/lo"),
        ),
        (
            (
                "s",
                {"CR": [1]},
                [{"type": "normsys", "name": "n", "hi": 1, "lo": 1, "channels": ["SR"]}],
            ),
            ("unresolved_reference", "/systematics/0/channels"),
        ),
        (("s", {"CR": [1]}, [{"type": "magic"}]), ("unsupported_type", "/systematics/0/type")),
        (("s", {"CR": [1]}, [{"type": "lumi"}]), None),
    ],
)
def test_each_problem_has_its_code_and_place(args, wanted):
    if wanted is None:  # a luminosity uncertainty that the measurement does not configure
        assert problems(BASE, *args)[0][0] == "missing_parameter_config"
    else:
        assert problems(BASE, *args) == [wanted]


def test_a_parameter_of_interest_is_needed():
    base = copy.deepcopy(BASE)
    base["measurements"][0]["config"]["poi"] = ""
    assert problems(base, "s", {"CR": [1]}) == [("poi_undefined", "/poi")]
    [operation] = signal_patch(base, "s", {"CR": [1]}, poi="mu")
    assert operation["value"]["modifiers"][0]["name"] == "mu"


@pytest.mark.parametrize("syntax", ["csv", "json", "yaml"])
def test_templates_are_read_back(syntax):
    template = signal_template(analyse(json.dumps(BASE).encode()).structure)
    assert template == {
        "sample": "signal",
        "poi": "mu_SIG",
        "yields": {"CR": [0.0], "SR": [0.0, 0.0]},
    }
    read = read_signal(write_template(template, syntax).encode())
    if syntax == "csv":
        del template["poi"]
    assert read == template


def test_models_without_bins_have_no_template():
    with pytest.raises(RefusedError):
        signal_template({"distributions": {}})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sample: s\nyields: {SR: [1e-3, 2.5e2, .5, -1]}", None),
        ("{'sample': 's', 'yields': {'SR': [1]}}", "parse_error"),
        ("sample: s\nyields: {SR: [.inf]}", "nonfinite_number"),
        ("sample: s\nsample: t\nyields: {SR: [1]}", "duplicate_key"),
        ("a: &x [1]\nb: *x", "parse_error"),
        ("sample: !!python/object:os.system x", "parse_error"),
        ("sample: 2024-01-01\nyields: {SR: [1]}", "schema_error"),
        ("1: 2", "schema_error"),
        ("[" * 2000, "resource_limit"),
        ("- " * 2000 + "1", "parse_error"),
        ("? [1]\n: 2", "parse_error"),
        ("\x00", "parse_error"),
        ("", "schema_error"),
        ("channel,bin,yield\nSR,0,1\nSR,0,2", "duplicate_key"),
        ("channel,bin,yield\nSR,0,1\nSR,2,2", "length_mismatch"),
        ("channel,bin,yield\nSR,0,x", "parse_error"),
        ("channel,bin,yield\nSR,0", "parse_error"),
        ("channel,bin,yield\nSR,0,1e999", "nonfinite_number"),
        ("channel,bin,yield", "schema_error"),
        ("sample,channel,bin,yield\na,SR,0,1\nb,SR,1,1", "duplicate_name"),
        ("Channel, Bin, Yield\nSR,1,2\nSR,0,1\n", None),
        ('{"sample": "s", "yields": {"SR": [NaN]}}', "nonfinite_number"),
        ("\ufeffchannel,bin,yield\nSR,0,1", None),
    ],
)
def test_signal_files_are_read_or_explained(text, code):
    if code is None:
        assert read_signal(text.encode())["yields"]["SR"]
    else:
        with pytest.raises(FormatError) as caught:
            read_signal(text.encode())
        assert {f.code for f in caught.value.findings} == {code}


@given(st.text(max_size=60) | st.text("sampleyid:[]{},-&*!?1 .e\n\"'", max_size=60))
def test_any_text_is_a_signal_or_a_finding(text):
    try:
        read_signal(text.encode("utf-8", "replace"))
    except FormatError as e:
        assert e.findings
