# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fits: never above pyhf's, and an honest status whatever the model is."""

import copy
import math

import numpy as np
import pyhf
import pytest
from demos_engine import Model, ModelError
from demos_engine.examples import two_bins
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .test_likelihood import reference
from .workspaces import workspaces

QUIET = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STATUSES = {"converged", "iteration_limit", "stalled", "rate_not_positive", "not_finite"}


@QUIET
@given(workspaces(), st.sampled_from([("code4", "code4p"), ("code1", "code0")]))
def test_the_minimum_is_never_above_pyhf_s(workspace, codes):
    model = Model.load(workspace, normsys=codes[0], histosys=codes[1])
    fit = model.fit()
    assert fit.converged
    assert fit.twice_nll == pytest.approx(-2 * model.logpdf(fit.parameters), rel=1e-8, abs=1e-7)
    pdf, data = reference(workspace, codes)
    try:
        _, theirs = pyhf.infer.mle.fit(data, pdf, return_fitted_val=True)
    except pyhf.exceptions.FailedMinimization:
        return
    if math.isfinite(theirs):
        assert fit.twice_nll <= theirs + 1e-6 * max(1.0, abs(theirs))


def alike_factors(seed):
    """Two free factors whose samples have the same shape, and thirty systematics on all of it."""
    rng = np.random.default_rng(seed)
    shape = rng.uniform(5.0, 20.0, 3)

    def modifiers(factor):
        """A free factor, and every systematic with an effect of its own on this sample."""
        effects = [
            {"hi": 1 + 0.1 * rng.uniform(), "lo": 1 - 0.1 * rng.uniform()} for _ in range(30)
        ]
        return [
            {"name": factor, "type": "normfactor", "data": None},
            *(
                {"name": f"systematic_{i}", "type": "normsys", "data": effect}
                for i, effect in enumerate(effects)
            ),
        ]

    small = 0.1 * shape * (1 + 0.001 * rng.uniform(size=3))
    yields = {"mu": rng.uniform(5.0, 20.0, 3), "large": shape, "small": small}
    counts = np.round(sum(yields.values()) * rng.uniform(0.8, 2.5, 3))
    samples = [
        {"name": name, "data": row.tolist(), "modifiers": modifiers(name)}
        for name, row in yields.items()
    ]
    settings = [
        {"name": "mu", "bounds": [[-10.0, 10.0]]},
        {"name": "large", "bounds": [[-10.0, 10.0]]},
        {"name": "small", "bounds": [[-5.0, 5.0]]},
    ]
    return {
        "channels": [{"name": "channel", "samples": samples}],
        "observations": [{"name": "channel", "data": counts.tolist()}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": settings}}],
        "version": "1.0.0",
    }


def test_factors_that_cannot_be_told_apart_do_not_hold_up_a_fit():
    steps = []
    for seed in range(20):
        model = Model.load(alike_factors(seed))
        for fixed in ({}, {"mu": 0.0}):
            fit = model.fit(fixed=fixed, restarts=0, uncertainties=False)
            assert fit.converged
            steps.append(fit.iterations)
    assert max(steps) <= 20


def test_uncertainties_are_the_inverse_hessian_and_intervals_the_profile():
    model = Model.load(two_bins()).with_data([80.0, 90.0, 100.0, 27.5625])
    fit = model.fit(intervals=["mu", "uncorr_bkguncrt[1]"])
    hessian = model.nll(fit.parameters)[2]
    assert fit.covariance == pytest.approx(np.linalg.inv(hessian), rel=1e-6)
    assert set(fit.intervals) == {"mu", "uncorr_bkguncrt[1]"}
    for name, interval in fit.intervals.items():
        assert interval.minus < 0 < interval.plus and interval.method == "profile"
        for shift in (interval.minus, interval.plus):
            held = model.fit(fixed={name: interval.value + shift}, uncertainties=False)
            assert held.twice_nll - fit.twice_nll == pytest.approx(1.0, abs=1e-5)


def test_a_one_sided_systematic_has_two_minima_and_both_are_told():
    document = two_bins()
    background = document["channels"][0]["samples"][1]
    background["modifiers"] = [
        {
            "name": "bent",
            "type": "histosys",
            "data": {"hi_data": [70.0, 85.0], "lo_data": [68.0, 83.0]},
        }
    ]
    document["observations"][0]["data"] = [71.0, 86.0]
    model = Model.load(document)
    fit = model.fit(fixed={"mu": 0.0})
    assert fit.converged and fit.second_minimum is not None
    assert fit.twice_nll < fit.second_minimum.twice_nll
    at = model.parameter_names.index("bent")
    assert fit.parameters[at] * fit.second_minimum.parameters[at] < 0
    # Both are stationary points of the likelihood.
    for point in (fit, fit.second_minimum):
        assert abs(model.nll(point.parameters)[1][at]) < 1e-3


def test_an_empty_bin_keeps_its_rate_positive():
    """pyhf's likelihood falls without bound where an empty bin's rate is negative."""
    document = two_bins()
    document["channels"][0]["samples"][1]["modifiers"] = []
    document["channels"][0]["samples"][1]["data"] = [3.0, 2.0]
    document["observations"][0]["data"] = [0.0, 0.0]
    document["measurements"][0]["config"]["parameters"] = [
        {"name": "mu", "inits": [1.0], "bounds": [[-10.0, 10.0]]}
    ]
    fit = Model.load(document).fit()
    assert fit.converged
    assert fit.parameters[0] == pytest.approx(-0.15, abs=1e-6)  # 3 + 20 mu = 0
    assert 0 <= fit.lowest_bin.rate < 1e-6


def test_a_parameter_on_which_nothing_depends_has_no_finite_uncertainty():
    document = two_bins()
    document["channels"][0]["samples"].append(
        {
            "name": "nothing",
            "data": [0.0, 0.0],
            "modifiers": [{"name": "dead", "type": "normfactor", "data": None}],
        }
    )
    model = Model.load(document)
    fit = model.fit()
    errors = dict(zip(fit.parameter_names, fit.uncertainties, strict=True))
    assert np.isinf(errors["dead"]) and np.isfinite(errors["mu"])
    assert np.isfinite(fit.correlation).all()
    (channel,) = model.expected("postfit").channels
    assert np.isfinite(channel.total_uncertainties).all()
    assert {i.name: i.up for i in model.impacts()}["dead"] == pytest.approx(0.0, abs=1e-9)


def test_two_parameters_that_cannot_be_told_apart_have_no_covariance():
    document = two_bins()
    twin = {"name": "twin", "type": "normfactor", "data": None}
    document["channels"][0]["samples"][0]["modifiers"].append(twin)
    fit = Model.load(document).fit()
    assert fit.converged and fit.covariance is None
    assert fit.twice_nll == pytest.approx(Model.load(two_bins()).fit().twice_nll, abs=1e-7)


def test_a_product_of_two_free_factors_is_fitted_at_its_reported_point():
    document = two_bins()
    document["channels"][0]["samples"] = [
        {
            "name": "s",
            "data": [5.0, 5.0],
            "modifiers": [
                {"name": name, "type": "normfactor", "data": None} for name in ("mu", "norm")
            ],
        }
    ]
    document["observations"][0]["data"] = [5.0, 4.0]
    model = Model.load(document)
    fit = model.fit()
    assert fit.converged
    assert fit.parameters.prod() == pytest.approx(0.9, rel=1e-5)
    assert fit.twice_nll == pytest.approx(-2 * model.logpdf(fit.parameters), abs=1e-9)


def test_the_slope_of_an_empty_bin_is_followed_between_degenerate_parameters():
    """Rates a + b with 10 events and a + 2b with none: b goes to its bound."""
    document = two_bins()
    document["channels"][0]["samples"] = [
        {
            "name": name,
            "data": data,
            "modifiers": [{"name": name, "type": "normfactor", "data": None}],
        }
        for name, data in (("mu", [10.0, 10.0]), ("b", [10.0, 20.0]))
    ]
    document["observations"][0]["data"] = [10.0, 0.0]
    fit = Model.load(document).fit()
    assert fit.converged
    # With b = 0 the sum of the rates is 20 mu for 10 events in all.
    assert fit.values == pytest.approx({"mu": 0.5, "b": 0.0}, abs=1e-6)


def test_a_bin_with_events_and_no_rate_is_a_status():
    document = two_bins()
    for sample in document["channels"][0]["samples"]:
        sample["data"][0] = 0.0
        sample["modifiers"] = [m for m in sample["modifiers"] if m["type"] == "normfactor"]
    fit = Model.load(document).fit()
    assert fit.status == "rate_not_positive"
    assert fit.to_dict()["twice_nll"] is None


NUMBERS = st.sampled_from([0.0, 1e-300, 1e-12, 1e-3, 1.0, 50.0, 1e6, 1e15, 1e150, 1e300])
SIGNED = st.one_of(NUMBERS, NUMBERS.map(lambda x: -x))


@st.composite
def degenerate(draw):
    """Anything that has the shape of a workspace."""
    size = draw(st.integers(1, 3))
    row = st.lists(SIGNED, min_size=size, max_size=size)
    counts = st.lists(NUMBERS, min_size=size, max_size=size)
    kinds = {
        "normfactor": st.none(),
        "shapefactor": st.none(),
        "normsys": st.fixed_dictionaries({"hi": SIGNED, "lo": SIGNED}),
        "histosys": st.fixed_dictionaries({"hi_data": row, "lo_data": row}),
        "shapesys": row,
        "staterror": row,
    }
    modifiers = [
        {"name": draw(st.sampled_from(["mu", "a", "b"])), "type": kind, "data": draw(kinds[kind])}
        for kind in draw(st.lists(st.sampled_from(list(kinds)), max_size=4))
    ]
    samples = [
        {"name": "s", "data": draw(row), "modifiers": modifiers},
        {"name": "b", "data": draw(row), "modifiers": []},
    ]
    bound = draw(st.lists(SIGNED, min_size=2, max_size=2).map(sorted))
    parameters = [{"name": "mu", "bounds": [bound], "inits": [draw(SIGNED)]}]
    return {
        "channels": [{"name": "c", "samples": samples}],
        "observations": [{"name": "c", "data": draw(counts)}],
        "measurements": [
            {
                "name": "m",
                "config": {"poi": "mu", "parameters": draw(st.sampled_from([[], parameters]))},
            }
        ],
        "version": "1.0.0",
    }


@settings(parent=QUIET, max_examples=300)
@given(degenerate())
def test_degenerate_models_give_a_status(workspace):
    try:
        model = Model.load(workspace)
    except ModelError as error:
        assert error.code and error.message
        return
    fit = model.fit(restarts=2)
    assert fit.status in STATUSES
    assert not np.isnan(fit.twice_nll)
    assert not np.isnan(fit.parameters).any()
    try:
        test = model.cls()
    except ValueError as error:
        assert str(error)
    else:
        assert all(0.0 <= x <= 1.0 + 1e-9 for x in (test.CLs_obs, *test.CLs_exp))


def test_equal_bounds_hold_a_parameter():
    document = two_bins()
    document["measurements"][0]["config"]["parameters"] = [
        {"name": "mu", "inits": [0.3], "bounds": [[0.3, 0.3]]}
    ]
    fit = Model.load(document).fit()
    assert fit.converged and fit.parameters[0] == 0.3


def test_a_model_without_nuisance_parameters():
    document = two_bins()
    document["channels"][0]["samples"][1]["modifiers"] = []
    fit = Model.load(document).fit()
    mu = fit.parameters[0]
    counts, signal, background = (
        np.array([55.0, 62.0]),
        np.array([20.0, 10.0]),
        np.array([50.0, 63.0]),
    )
    slope = np.sum(signal * (1 - counts / (background + mu * signal)))
    assert fit.converged and abs(slope) < 1e-6


def test_the_same_bits_every_time_and_with_any_number_of_threads():
    model = Model.load(two_bins())
    first = model.fit()
    assert np.array_equal(first.parameters, model.fit().parameters)
    assert model.cls().to_dict() == Model.load(two_bins()).cls().to_dict()
    runs = [model.toys(toys=64, seed=3, threads=n) for n in (1, 2, 3)]
    for run in runs[1:]:
        assert np.array_equal(run.q_signal, runs[0].q_signal)
        assert np.array_equal(run.q_background, runs[0].q_background)


@settings(parent=QUIET, max_examples=300)
@given(st.data())
def test_damaged_bytes_are_errors_only(data):
    import json

    raw = bytearray(json.dumps(two_bins()).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        what = data.draw(st.sampled_from(["set", "cut", "drop", "repeat"]))
        if what == "set":
            raw[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del raw[at:]
        elif what == "drop":
            del raw[at : at + data.draw(st.integers(1, 30))]
        else:
            raw[at:at] = raw[at : at + 40]
        if not raw:
            break
    try:
        model = Model.load(bytes(raw))
    except ModelError:
        return
    assert model.fit(restarts=0).status in STATUSES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "parse_error"),
        (b"[" * 100_000, "resource_limit"),
        (b'{"a": NaN}', "nonfinite_number"),
        (b'{"a": 1e999}', "nonfinite_number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "nonfinite_number"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": 01}', "parse_error"),
        (b'{"a": "\\ud800"}', "parse_error"),
        (b'{"a": 1,}', "parse_error"),
        (b"\xff\xfe", "parse_error"),
        (b'{"distributions": []}', "wrong_format"),
    ],
)
def test_hostile_text_is_refused_by_name(text, code):
    with pytest.raises(ModelError) as caught:
        Model.load(text)
    assert caught.value.code == code


def test_a_dictionary_may_not_be_deeper_than_text():
    nested = []
    for _ in range(200):
        nested = [nested]
    document = copy.deepcopy(two_bins())
    document["extra"] = nested
    with pytest.raises(ModelError, match="resource_limit"):
        Model.load(document)


def test_a_fit_says_why_it_is_at_a_minimum():
    model = Model.load(two_bins())
    fit = model.fit()
    proof = fit.certificate
    _, gradient, hessian = model.nll(fit.parameters)
    free = fit.uncertainties > 0
    assert proof.projected_gradient == pytest.approx(
        np.max(np.abs(gradient * fit.uncertainties)[free]), abs=1e-9
    )
    assert proof.projected_gradient < 1e-4
    block = hessian[np.ix_(free, free)]
    assert 0 < proof.curvature <= 1 and np.all(np.linalg.eigvalsh(block) > 0)
    assert (proof.restarts, proof.converged, proof.agreed) == (8, 8, 8)
    bounded = model.fit(bounds={"mu": (1.0, 10.0)})
    at = bounded.parameter_names.index("mu")
    slope = model.nll(bounded.parameters)[1][at]
    assert bounded.certificate.multipliers == {"mu": pytest.approx(slope, rel=1e-6)}
    assert slope > 0
    assert model.fit(uncertainties=False).certificate is None
