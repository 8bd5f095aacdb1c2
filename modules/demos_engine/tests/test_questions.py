# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Significance, goodness of fit, contours, intervals, bounds and places of failures."""

import copy
import math

import numpy as np
import pyhf
import pytest
from demos_engine import InferenceError, Model
from demos_engine.examples import two_bins

from .test_likelihood import reference

ASKED_FOR = {
    "channels": [
        {
            "name": "SRm",
            "samples": [
                {
                    "name": "sig",
                    "data": [11.0, 8.0, 4.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {
                    "name": "bkg",
                    "data": [52.0, 33.0, 14.0],
                    "modifiers": [
                        {"name": "jes", "type": "normsys", "data": {"hi": 1.07, "lo": 0.92}},
                        {
                            "name": "shape",
                            "type": "histosys",
                            "data": {"hi_data": [56.0, 34.0, 12.5], "lo_data": [49.0, 32.0, 15.0]},
                        },
                    ],
                },
            ],
        },
        {
            "name": "CRm",
            "samples": [
                {
                    "name": "bkg",
                    "data": [180.0],
                    "modifiers": [
                        {"name": "jes", "type": "normsys", "data": {"hi": 1.03, "lo": 0.96}}
                    ],
                }
            ],
        },
    ],
    "observations": [{"name": "SRm", "data": [61, 45, 20]}, {"name": "CRm", "data": [183]}],
    "measurements": [{"name": "main", "config": {"poi": "mu", "parameters": []}}],
    "version": "1.0.0",
}


def changed(bounds=None, counts=None):
    document = copy.deepcopy(ASKED_FOR)
    if bounds is not None:
        config = document["measurements"][0]["config"]
        config["parameters"] = [{"name": "mu", "bounds": [bounds]}]
    if counts is not None:
        document["observations"][0]["data"] = counts
    return document


@pytest.fixture(scope="module")
def model():
    return Model.load(ASKED_FOR)


def test_significance_is_pyhf_s(model):
    pdf, data = reference(ASKED_FOR)
    p0, band = pyhf.infer.hypotest(0.0, data, pdf, test_stat="q0", return_expected_set=True)
    found = model.significance()
    assert found.p0 == pytest.approx(float(p0), rel=1e-4)
    assert found.p0_exp == pytest.approx(float(band[2]), rel=1e-4)
    assert found.p0 == pytest.approx(0.5 * math.erfc(found.Z / math.sqrt(2)), rel=1e-9)
    assert found.p0_exp == pytest.approx(0.5 * math.erfc(found.Z_exp / math.sqrt(2)), rel=1e-9)
    assert found.to_dict().keys() >= {"p0", "Z", "p0_exp", "Z_exp", "at_bounds", "notes"}


def test_significance_by_toys_has_an_error_that_covers_the_asymptotic_value(model):
    found = model.significance(calculator="toys", toys=2000, seed=3)
    assert abs(found.p0 - model.significance().p0) < 5 * found.error + 0.003
    assert found.n_toys == 2000 and found.seed == 3
    assert found.error == pytest.approx(math.sqrt(found.p0 * (1 - found.p0) / 2000))


def test_goodness_of_fit_compares_with_the_saturated_model(model):
    _, data = reference(ASKED_FOR)
    best = model.fit()
    # The saturated model by hand: every count and every auxiliary measurement is met.
    n = np.array(data[:4])
    poisson = 2 * sum(n * np.log(n) - n - np.array([math.lgamma(x + 1) for x in n]))
    constraints = -2 * math.log(2 * math.pi) * 0.5 * 2
    found = model.gof()
    assert found.statistic == pytest.approx(best.twice_nll + poisson + constraints, abs=1e-8)
    assert found.statistic == pytest.approx(0.4856366, rel=1e-6)
    assert found.p_value == pytest.approx(0.9220355, rel=1e-5)
    assert found.dof == 3
    toys = model.gof(calculator="toys", toys=2000, seed=1)
    assert abs(toys.p_value - found.p_value) < 5 * toys.error + 0.01
    assert len(toys.statistics) == 2000 - toys.failed


def test_without_degrees_of_freedom_there_is_no_p_value():
    document = two_bins()
    document["channels"][0]["samples"][1]["modifiers"] = [
        {"name": "free", "type": "shapefactor", "data": None}
    ]
    found = Model.load(document).gof()
    assert (found.dof, found.p_value) == (-1, None)
    assert found.statistic == pytest.approx(0.0, abs=1e-6)


def test_toys_tell_their_monte_carlo_error(model):
    runs = [model.toys(1.0, toys=400, seed=seed) for seed in range(20)]
    spread = np.std([run.CLs_obs for run in runs], ddof=1)
    assert spread == pytest.approx(np.mean([run.error for run in runs]), rel=0.6)
    # The statistic of the data is 0 here: toys agree with the asymptotic formula even so.
    assert runs[0].q == 0.0 and any("0" in note for note in runs[0].notes)
    assert abs(np.mean([run.CLs_obs for run in runs]) - model.cls().CLs_obs) < 0.05


def test_a_contour_is_where_the_profile_has_risen_by_the_quantile(model):
    contour = model.contour(("mu", "jes"), (0.68, 0.95), points=12)
    best = model.fit()
    for level, line in contour.points.items():
        rise = -2 * math.log(1 - level)
        for mu, jes in line:
            held = model.fit(fixed={"mu": mu, "jes": jes}, uncertainties=False)
            on_bound = mu == 0.0
            risen = held.twice_nll - best.twice_nll
            assert risen == pytest.approx(rise, abs=1e-4) or (on_bound and risen < rise)
    assert contour.best_fit == pytest.approx((best.values["mu"], best.values["jes"]))
    assert any("bound" in note for note in contour.notes)


def test_fixed_parameters_and_bounds_go_everywhere(model):
    held = copy.deepcopy(ASKED_FOR)
    held["measurements"][0]["config"]["parameters"] = [
        {"name": "shape", "inits": [0.5], "fixed": True}
    ]
    twin = Model.load(held)
    fixed = {"shape": 0.5}
    assert model.cls(fixed=fixed).CLs_obs == twin.cls().CLs_obs
    assert model.upper_limit(fixed=fixed).observed == twin.upper_limit().observed
    assert model.significance(fixed=fixed).p0 == twin.significance().p0
    assert model.gof(fixed=fixed).statistic == twin.gof().statistic
    assert [p.pull for p in model.pulls(fixed=fixed)] == [p.pull for p in twin.pulls()]
    assert [i.up for i in model.impacts(fixed=fixed)] == [i.up for i in twin.impacts()]
    one, other = model.scan(fixed=fixed), twin.scan()
    assert np.array_equal(one.delta_twice_nll, other.delta_twice_nll)
    narrow = model.fit(bounds={"mu": (0.0, 0.5)})
    assert narrow.at_bounds == ("mu",) and narrow.values["mu"] == 0.5


def test_expected_results_do_not_look_at_the_data(model):
    other = Model.load(changed(counts=[900, 0, 3]))
    assert model.cls(expected=True).CLs_exp == other.cls(expected=True).CLs_exp
    assert model.fit(expected=1.0).values["mu"] == pytest.approx(1.0, abs=1e-6)
    found = model.significance(expected=1.0)
    assert math.isclose(found.Z, found.Z_exp, rel_tol=1e-6)
    assert any("expected" in note for note in model.cls(expected=True).notes)


def test_qtilde_takes_a_negative_best_strength_at_zero():
    """arXiv:1007.1727 Eq. 16: the answer is that of the bounds from 0."""
    counts = [35, 24, 9]
    wide, usual = (Model.load(changed(b, counts)) for b in ([-8.0, 10.0], [0.0, 10.0]))
    assert wide.fit().values["mu"] < 0
    found = wide.cls(1.0)
    assert found.CLs_obs == pytest.approx(usual.cls(1.0).CLs_obs, rel=1e-7)
    assert any("Eq. 16" in note and "-8" in note for note in found.notes)
    assert wide.upper_limit().observed == pytest.approx(usual.upper_limit().observed, rel=1e-4)
    assert wide.cls(1.0, test_stat="q").CLs_obs != pytest.approx(found.CLs_obs, rel=1e-2)
    sets = wide.sample(wide.fit(fixed={"mu": 0.0}).parameters, 20, seed=2)
    assert wide.statistics(sets) == pytest.approx(usual.statistics(sets), abs=1e-7)


def test_a_best_strength_beyond_the_upper_bound_is_used_where_it_is():
    counts = [400, 260, 110]
    narrow, wide = (Model.load(changed(b, counts)) for b in ([0.0, 10.0], [0.0, 1000.0]))
    assert "mu" in narrow.fit().at_bounds
    found, wanted = narrow.upper_limit(), wide.upper_limit()
    assert found.observed == pytest.approx(wanted.observed, rel=1e-4)
    assert any("beyond its bound 10" in note for note in found.notes)
    assert math.isclose(narrow.significance().Z, wide.significance().Z, rel_tol=1e-6)


def test_a_failing_fit_names_its_place():
    document = changed(counts=[61, 45, 20])
    for sample in document["channels"][0]["samples"]:
        sample["data"][2] = 0.0
        for modifier in sample["modifiers"]:
            if modifier["type"] == "histosys":
                modifier["data"]["hi_data"][2] = modifier["data"]["lo_data"][2] = 0.0
    model = Model.load(document)
    fit = model.fit()
    assert fit.status == "rate_not_positive"
    assert (fit.lowest_bin.channel, fit.lowest_bin.bin) == ("SRm", 2)
    for ask in (model.cls, model.upper_limit, model.significance, model.gof, model.impacts):
        with pytest.raises(InferenceError, match=r'"SRm", bin 2 .* has 20'):
            ask()


def test_requests_and_answers_are_plain(model):
    answer = model.call("cls", {"mu": 1.0})
    assert answer["CLs_obs"] == model.cls(1.0).CLs_obs and isinstance(answer["CLs_exp"], list)
    described = model.call("model")
    assert [p["name"] for p in described["parameters"]] == list(model.parameter_names)
    with pytest.raises(InferenceError, match="confidence_level"):
        model.call("upper_limit", {"level": 0.9})
    with pytest.raises(InferenceError) as caught:
        model.call("cls", {"nu": 1.0})
    assert (caught.value.code, caught.value.pointer) == ("invalid_value", "/nu")
    with pytest.raises(InferenceError, match="unknown_operation"):
        model.call("everything")


@pytest.mark.parametrize(
    ("operation", "request_", "pointer"),
    [
        ("cls", {"mu": "one"}, "/mu"),
        ("cls", {"test_stat": "t"}, "/test_stat"),
        ("cls", {"calculator": "toys", "toys": 0}, "/toys"),
        ("cls", {"calculator": "toys", "toys": 2.5}, "/toys"),
        ("cls", {"calculator": "toys", "seed": -1}, "/seed"),
        ("upper_limit", {"confidence_level": 95}, "/confidence_level"),
        ("scan", {"parameters": ["mu", "jes", "shape"]}, "/parameters"),
        ("contour", {"parameters": ["mu"]}, "/parameters"),
        ("contour", {"parameters": ["mu", "jes"], "levels": [1.0]}, "/levels"),
        ("fit", {"bounds": {"mu": [2, 1]}}, "/bounds"),
        ("fit", {"fixed": {"mu": [1, 2]}}, "/fixed"),
        ("expected", {"parameters": [1.0]}, "/parameters"),
    ],
)
def test_a_wrong_option_is_refused_by_name(model, operation, request_, pointer):
    with pytest.raises(InferenceError) as caught:
        model.call(operation, request_)
    assert caught.value.pointer == pointer
