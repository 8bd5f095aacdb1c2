# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Both engines answer the same questions in the same shape."""

import subprocess
import sys

import pytest
from demos_engine import InferenceError, ModelError
from demos_engine.engines import NAMES, Setup, engine
from demos_engine.examples import two_bins
from demos_engine.operations import Question, canonical, operations

SIGNAL = [{"op": "replace", "path": "/channels/0/samples/0/data", "value": [10.0, 6.0]}]


def ask(name, operation, setup=None, **parameters):
    pytest.importorskip("pyhf")
    one = operations()[operation]
    model = engine(name).load(two_bins(), setup or Setup())
    return one.compute(model, Question(canonical(one, {**parameters, "engine": name})))


SHARED = [name for name, one in operations().items() if "pyhf" in one.engines]


@pytest.mark.parametrize("operation", [name for name in SHARED if name != "grid"])
def test_the_engines_agree_and_answer_in_one_shape(operation):
    ours, theirs = (ask(name, operation, **AXES.get(operation, {})) for name in NAMES)
    assert set(theirs) <= set(ours)
    assert ours["status"] == theirs["status"] == "converged"
    for key in VALUES[operation]:
        assert ours[key] == pytest.approx(
            theirs[key], rel=TOLERANCE.get(operation, 1e-4), abs=1e-6
        ), key
    table = operations()[operation].table
    assert len(table(ours).rows) == len(table(theirs).rows)


AXES = {
    "scan": {"axes": [{"parameter": "mu", "values": [0.5, 1.0, 2.0]}]},
    "toys": {"toys": 100, "seed": 3},
}
VALUES = {
    "cls": ["CLs_obs", "CLs_exp", "CLsb_obs", "CLb_obs"],
    "upper_limit": ["observed", "expected"],
    "fit": ["twice_nll"],
    "scan": ["delta_twice_nll", "best"],
    "significance": ["p0", "Z", "p0_exp", "Z_exp"],
    "toys": ["n_toys", "seed"],
    "yields": [],
}
TOLERANCE = {"fit": 1e-6, "scan": 1e-3}


def test_toys_of_pyhf_run_with_this_numpy():
    found = ask("pyhf", "cls", toys=50, seed=1)
    assert len(found["CLs_exp"]) == 5
    assert found["error"] > 0
    assert ask("pyhf", "cls", toys=50, seed=1) == found


@pytest.mark.parametrize("name", NAMES)
def test_held_bounded_and_expected(name):
    held = ask(name, "fit", Setup(fixed={"uncorr_bkguncrt": [1.1, 0.9]}))
    assert held["values"]["uncorr_bkguncrt[0]"] == 1.1
    bounded = ask(name, "fit", Setup(bounds={"mu": (0.5, 3.0)}))
    assert bounded["values"]["mu"] == pytest.approx(0.5, abs=1e-6)
    assert bounded["at_bounds"] == ["mu"]
    asimov = ask(name, "fit", Setup(asimov=0.7))
    assert asimov["values"]["mu"] == pytest.approx(0.7, abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_blinded_data_are_replaced(name):
    pytest.importorskip("pyhf")
    blind = {**two_bins(), "observations": []}
    seen = engine(name).load(two_bins(), Setup(asimov=0.0)).cls(1.0, "qtilde")
    found = engine(name).load(blind, Setup(asimov=0.0)).cls(1.0, "qtilde")
    assert found["CLs_exp"] == pytest.approx(seen["CLs_exp"], rel=1e-9)
    with pytest.raises(ModelError):
        engine(name).load(blind, Setup())


@pytest.mark.parametrize("name", NAMES)
def test_signals_by_patch_and_by_yields_are_the_same(name):
    pytest.importorskip("pyhf")
    model = engine(name).load(two_bins(), Setup())
    by_patch = model.with_patch(SIGNAL).cls(1.0, "qtilde")["CLs_obs"]
    by_yields = model.with_signal({"singlechannel": [10.0, 6.0]}, "signal").cls(1.0, "qtilde")
    assert by_patch == pytest.approx(by_yields["CLs_obs"], rel=1e-6)
    assert by_patch == pytest.approx(0.3536907, rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("setup", "code"),
    [
        (Setup(fixed={"nothing": 1.0}), "unknown_parameter"),
        (Setup(bounds={"nothing": (0.0, 1.0)}), "unknown_parameter"),
        (Setup(fixed={"uncorr_bkguncrt[0]": 1.0}), "invalid_value"),
        (Setup(fixed={"uncorr_bkguncrt": [1.0]}), "invalid_value"),
        (Setup(bounds={"mu": (2.0, 1.0)}), "invalid_bounds"),
    ],
)
def test_a_setup_that_does_not_fit_is_refused(name, setup, code):
    pytest.importorskip("pyhf")
    with pytest.raises(InferenceError) as refused:
        engine(name).load(two_bins(), setup)
    assert refused.value.code == code


@pytest.mark.parametrize("name", NAMES)
def test_a_patch_cannot_free_what_is_held(name):
    pytest.importorskip("pyhf")
    frees = [
        {"op": "add", "path": "/measurements/0/config/parameters", "value": []},
    ]
    setup = Setup(fixed={"uncorr_bkguncrt": 1.0}, patch=frees)
    try:
        found = engine(name).load(two_bins(), setup).fit((), False, lambda fraction: None)
    except InferenceError as refused:
        assert "uncorr_bkguncrt" in refused.message
    else:
        assert found["values"]["uncorr_bkguncrt[0]"] == 1.0


@pytest.mark.parametrize("tilt", [-2.0, -1.0, 0.3, 1.0, 2.0])
def test_a_parabola_means_the_same_to_both_engines(tilt):
    """HistFactory's code 2 by hand: pyhf's own has a step at one standard deviation."""
    pytest.importorskip("pyhf")
    document = two_bins()
    shape = {"hi_data": [58.0, 66.0], "lo_data": [47.0, 55.0]}
    modifier = {"name": "tilt", "type": "histosys", "data": shape}
    document["channels"][0]["samples"][1]["modifiers"].append(modifier)
    setup = Setup(interpolation={"histosys": "code2"})
    inside = abs(tilt) <= 1
    points = []
    for name in NAMES:
        model = engine(name).load(document, setup)
        by_name = {"mu": 0.0, "tilt": tilt}
        points.append(model.logpdf([by_name.get(n, 1.0) for n in model.parameter_names]))
    assert points[0] == pytest.approx(points[1], rel=1e-9)
    slope, bend = [5.5, 5.5], [2.5, -2.5]
    rates = [
        rate + s * tilt + a * (tilt**2 if inside else 2 * abs(tilt) - 1)
        for rate, s, a in zip([50.0, 63.0], slope, bend, strict=True)
    ]
    native = engine("demos").load(document, setup).model
    point = [{"mu": 0.0, "tilt": tilt}.get(n, 1.0) for n in native.parameter_names]
    assert native.expected_data(point)[:2] == pytest.approx(rates, rel=1e-12)


def test_pyhf_is_imported_when_it_is_asked_for():
    code = (
        "import sys, demos_engine.engines as e, demos_engine.operations as o; o.operations(); "
        "print([m for m in ('numpy', 'pyhf', 'demos_engine._engine') if m in sys.modules]); "
        "e.engine('demos'); print('pyhf' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]
