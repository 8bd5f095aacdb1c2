# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Conversions of pyhf workspaces, there and back."""

import copy
import json
import subprocess
import sys

import numpy as np
import pyhf
import pytest
from demos_formats import demos, hs3
from demos_formats.certificate import certify
from demos_formats.convert import (
    convert_demos_to_hs3,
    convert_demos_to_pyhf,
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
    convert_pyhf_to_hs3,
)
from demos_formats.errors import FormatError, RefusedError
from models import every_modifier, sample, two_staterrors, workspace

DIALECTS = ("root", "pyhs3", "spec")


def through_json(document):
    return json.loads(json.dumps(document))


def logpdf(ws, settings, points):
    model = pyhf.Workspace(ws).model(modifier_settings=settings, poi_name=None)
    data = pyhf.Workspace(ws).data(model)
    return np.array([model.logpdf(p, data)[0] for p in points])


@pytest.mark.parametrize("ws", [every_modifier(), two_staterrors(False), two_staterrors(True)])
def test_demos_document_keeps_the_pyhf_digest(ws):
    document = through_json(convert_pyhf_to_demos(ws))
    assert [f for f in demos.validate(document) if f.severity == "error"] == []
    back, settings = convert_demos_to_pyhf(document)
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)
    assert settings == {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("ws", [every_modifier(), two_staterrors(False), two_staterrors(True)])
def test_hs3_without_misc_keeps_the_likelihood(ws, dialect):
    written = through_json(convert_pyhf_to_hs3(ws, dialect=dialect))
    names = {(p["pyhf"], p["index"]) for p in written["misc"]["demos"]["parameters"]}
    model = pyhf.Workspace(ws).model()
    listed = {
        (n, i)
        for n in model.config.par_order
        for i in range(model.config.param_set(n).n_parameters)
    }
    assert names == listed
    del written["misc"]
    assert hs3.recognise(written) == dialect
    assert [f for f in hs3.validate(written) if f.severity == "error"] == []
    back, settings = convert_hs3_to_pyhf(written)
    assert certify(ws, back, settings=settings).equivalent
    ours = pyhf.Workspace(ws)
    assert pyhf.Workspace(back).model(poi_name=None).config.npars == model.config.npars
    assert np.isclose(
        logpdf(ws, settings, [model.config.suggested_init()])[0],
        logpdf(back, settings, [pyhf.Workspace(back).model().config.suggested_init()])[0],
        rtol=1e-12,
    )
    assert ours.get_measurement()["config"]["poi"] == back["measurements"][0]["config"]["poi"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_come_back_with_misc(dialect):
    ws = every_modifier()
    back, _ = convert_hs3_to_pyhf(through_json(convert_pyhf_to_hs3(ws, dialect=dialect)))
    before, after = (pyhf.Workspace(w).model().config for w in (ws, back))
    assert before.par_names == after.par_names
    assert before.suggested_bounds() == after.suggested_bounds()
    assert before.suggested_fixed() == after.suggested_fixed()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("codes", [("code1", "code0"), ("code1", "code2"), ("code4", "code0")])
def test_interpolation_is_kept_without_misc(dialect, codes):
    settings = {"normsys": {"interpcode": codes[0]}, "histosys": {"interpcode": codes[1]}}
    written = through_json(
        convert_pyhf_to_hs3(every_modifier(), dialect=dialect, settings=settings)
    )
    del written["misc"]
    assert convert_hs3_to_pyhf(written)[1] == settings


def test_partial_settings_mean_what_they_mean_to_pyhf():
    document = convert_pyhf_to_demos(
        every_modifier(), settings={"normsys": {"interpcode": "code4"}}
    )
    _, settings = convert_demos_to_pyhf(document)
    assert settings["histosys"] == {"interpcode": "code0"}


def test_several_measurements_keep_their_configurations():
    ws = every_modifier()
    other = copy.deepcopy(ws["measurements"][0])
    other["name"] = "fixed"
    other["config"]["parameters"][1] |= {"fixed": True, "bounds": [[-1, 1]]}
    ws["measurements"].append(other)
    document = convert_pyhf_to_demos(ws)
    del document["misc"]["demos"]["measurements"]
    back, _ = convert_demos_to_pyhf(through_json(document))
    for name in ("meas", "fixed"):
        before, after = (pyhf.Workspace(w).model(measurement_name=name).config for w in (ws, back))
        assert before.suggested_bounds() == after.suggested_bounds()
        assert before.suggested_fixed() == after.suggested_fixed()


def test_measurements_with_different_constraints():
    ws = every_modifier()
    other = copy.deepcopy(ws["measurements"][0])
    other["name"] = "wide"
    other["config"]["parameters"][0] |= {"sigmas": [0.2]}
    ws["measurements"].append(other)
    document = through_json(convert_pyhf_to_demos(ws))
    back, _ = convert_demos_to_pyhf(document)
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)
    with pytest.raises(RefusedError, match="constrain 'Lumi' differently"):
        convert_demos_to_hs3(document, dialect="root")


def test_what_a_document_says_counts_not_what_it_remembers():
    document = through_json(convert_pyhf_to_demos(every_modifier()))
    point = document["parameter_points"][0]["parameters"]
    next(p for p in point if p["name"] == "alpha_pdf")["value"] = 0.25
    back, _ = convert_demos_to_pyhf(document)
    config = pyhf.Workspace(back).model().config
    assert config.suggested_init()[config.par_map["pdf"]["slice"]] == [0.25]


def test_background_only_workspace():
    ws = workspace(
        [{"name": "SR", "samples": [sample("bkg", [5.0, 6.0], ("s", "shapesys", [1.0, 2.0]))]}]
    )
    for dialect in DIALECTS:
        written = convert_pyhf_to_hs3(ws, dialect=dialect)
        assert "parameters_of_interest" not in written["analyses"][0]
    back, _ = convert_demos_to_pyhf(convert_pyhf_to_demos(ws))
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)


def test_observations_of_channels_that_were_pruned():
    ws = every_modifier()
    ws["observations"].insert(1, {"name": "VR", "data": [7]})
    back, _ = convert_demos_to_pyhf(through_json(convert_pyhf_to_demos(ws)))
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)


def test_names_that_collide_in_one_namespace():
    ws = workspace(
        [
            {
                "name": "a",
                "samples": [
                    sample(
                        "s",
                        [5.0, 6.0],
                        ("x", "normsys", {"hi": 1.1, "lo": 0.9}),
                        ("alpha_x", "normfactor", None),
                        ("model_a", "normfactor", None),
                        ("default_domain", "normfactor", None),
                    )
                ],
            }
        ],
        poi="alpha_x",
    )
    document = through_json(convert_pyhf_to_demos(ws))
    assert [f for f in demos.validate(document) if f.severity == "error"] == []
    back, _ = convert_demos_to_pyhf(document)
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)
    for dialect in DIALECTS:
        assert certify(ws, convert_pyhf_to_hs3(ws, dialect=dialect)).equivalent


def test_the_source_is_not_changed():
    ws = every_modifier()
    before = copy.deepcopy(ws)
    document = convert_pyhf_to_demos(ws)
    kept = copy.deepcopy(document)
    for dialect in DIALECTS:
        convert_demos_to_hs3(document, dialect=dialect)
    convert_demos_to_pyhf(document)
    assert ws == before
    assert document == kept


def test_a_broken_workspace_is_refused_with_its_findings():
    ws = every_modifier()
    ws["channels"][0]["samples"][0]["data"] = [1.0]
    with pytest.raises(FormatError) as e:
        convert_pyhf_to_demos(ws)
    assert {"length_mismatch"} <= {f.code for f in e.value.findings}
    assert "/channels/0/samples/0" in e.value.findings[0].pointer


def test_auxiliary_data_away_from_nominal():
    ws = every_modifier()
    ws["measurements"][0]["config"]["parameters"] += [
        {"name": "jes", "auxdata": [0.4]},
        {"name": "stat_CR", "auxdata": [1.1], "sigmas": [0.3]},
    ]
    document = convert_pyhf_to_demos(ws)
    back, _ = convert_demos_to_pyhf(through_json(document))
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)
    with pytest.raises(RefusedError, match="away from"):
        convert_demos_to_hs3(document, dialect="root")
    with pytest.raises(RefusedError, match="alpha_jes"):
        convert_demos_to_hs3(document, dialect="pyhs3")


def test_works_without_pyhf():
    program = """
import sys, json
sys.modules["pyhf"] = None
sys.modules["scipy"] = None
from demos_formats.certificate import certify
from demos_formats.convert import *
ws = json.load(sys.stdin)
document = convert_pyhf_to_demos(ws)
assert convert_demos_to_pyhf(document)[0]["channels"] == ws["channels"]
sure = certify(ws, convert_demos_to_hs3(document))
assert sure.equivalent and sure.points >= 3, sure
print(sure.notes)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(every_modifier()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pyhf is not installed" in done.stdout


def test_conversion_starts_without_numpy():
    """Which takes longer to import than most documents to convert."""
    code = "import sys, demos_formats.convert; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
