# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tests, limits, scans and pseudo-experiments against pyhf and against each other."""

import json

import numpy as np
import pyhf
import pytest
from demos_engine import InferenceError, Model, ModelError, PatchSet
from demos_engine.examples import two_bins

from .test_likelihood import reference


@pytest.fixture(scope="module")
def model():
    return Model.load(two_bins())


def with_systematics():
    """A model with all kinds of parameters, and its pyhf twin."""
    document = two_bins()
    signal, background = document["channels"][0]["samples"]
    signal["modifiers"].append(
        {"name": "scale", "type": "normsys", "data": {"hi": 1.1, "lo": 0.92}}
    )
    background["modifiers"] = [
        {
            "name": "scale",
            "type": "histosys",
            "data": {"hi_data": [54.0, 66.0], "lo_data": [47.0, 60.0]},
        },
        {"name": "stat", "type": "staterror", "data": [3.0, 4.0]},
    ]
    return document


@pytest.mark.parametrize("statistic", ["qtilde", "q", "q0"])
@pytest.mark.parametrize("build", [two_bins, with_systematics])
def test_asymptotic_tests_are_pyhf_s(statistic, build):
    document = build()
    pdf, data = reference(document)
    mu = 0.0 if statistic == "q0" else 1.0
    observed, expected = pyhf.infer.hypotest(
        mu, data, pdf, test_stat=statistic, return_expected_set=True
    )
    found = Model.load(document).cls(mu, test_stat=statistic)
    assert found.CLs_obs == pytest.approx(float(observed), rel=1e-4, abs=1e-6)
    assert found.CLs_exp == pytest.approx([float(x) for x in expected], rel=2e-4, abs=1e-6)


def test_limits_solve_their_equation(model):
    limit = model.upper_limit(0.9)
    for index, value in enumerate(limit.expected):
        assert model.cls(value).CLs_exp[index] == pytest.approx(0.1, rel=1e-3)
    assert model.cls(limit.observed).CLs_obs == pytest.approx(0.1, rel=1e-3)


def test_a_limit_far_beyond_the_bounds_is_found(model):
    tiny = model.with_signal({"singlechannel": [0.02, 0.01]})
    limit = tiny.upper_limit()
    assert limit.observed > 10 * tiny.bounds[0][1]
    assert tiny.cls(limit.observed).CLs_obs == pytest.approx(0.05, rel=1e-3)


def test_limits_scale_with_the_signal_where_the_bounds_allow(model):
    document = two_bins()
    document["channels"][0]["samples"][0]["data"] = [0.02, 0.01]
    config = document["measurements"][0]["config"]
    config["parameters"] = [{"name": "mu", "bounds": [[0.0, 1e4]]}]
    limit, wanted = Model.load(document).upper_limit(), model.upper_limit()
    assert limit.observed == pytest.approx(1000 * wanted.observed, rel=1e-4)
    assert limit.expected == pytest.approx([1000 * x for x in wanted.expected], rel=1e-4)


def test_a_bare_level_is_refused_since_tools_disagree_about_it(model):
    with pytest.raises(TypeError, match="confidence_level"):
        model.upper_limit(level=0.9)
    assert model.upper_limit(confidence_level=0.9).to_dict()["confidence_level"] == 0.9


def test_limits_of_a_signal_without_events_are_infinite(model):
    limit = model.upper_limit(signal={"singlechannel": [0.0, 0.0]})
    assert np.isinf(limit.observed) and limit.to_dict()["observed"] is None


def test_a_signal_as_yields_equals_the_patched_workspace(model):
    patch = [{"op": "replace", "path": "/channels/0/samples/0/data", "value": [10.0, 6.0]}]
    patched = Model.load(two_bins(), patch=patch).cls()
    assert model.cls(signal={"singlechannel": [10.0, 6.0]}).CLs_obs == patched.CLs_obs
    assert patched.CLs_obs == pytest.approx(0.353690714144, rel=1e-9)


def test_scan_touches_zero_at_the_best_value_and_does_not_depend_on_threads(model):
    best = model.fit()
    values = [0.0, best.values["mu"], 1.0]
    one = model.scan({"mu": values}, threads=1)
    assert one.delta_twice_nll[1] == pytest.approx(0.0, abs=1e-7)
    held = model.fit(fixed={"mu": 1.0})
    assert one.delta_twice_nll[2] == pytest.approx(held.twice_nll - best.twice_nll, abs=1e-7)
    two = {"mu": values, "uncorr_bkguncrt[0]": [0.9, 1.0, 1.1]}
    plane = model.scan(two, threads=1)
    assert plane.delta_twice_nll.shape == (3, 3)
    assert np.array_equal(plane.delta_twice_nll, model.scan(two, threads=2).delta_twice_nll)
    assert (plane.delta_twice_nll.min(axis=1) >= one.delta_twice_nll - 1e-7).all()


def test_pulls_and_impacts_are_those_of_explicit_fits():
    model = Model.load(with_systematics())
    best = model.fit()
    pulls = {pull.name: pull for pull in model.pulls()}
    assert set(pulls) == {"scale", "stat[0]", "stat[1]"}
    assert pulls["scale"].pull == pytest.approx(best.values["scale"])
    assert pulls["stat[0]"].pull == pytest.approx((best.values["stat[0]"] - 1) / (3 / 50))
    found = {impact.name: impact for impact in model.impacts(threads=1)}
    error = dict(zip(best.parameter_names, best.uncertainties, strict=True))["scale"]
    held = model.fit(fixed={"scale": best.values["scale"] + error})
    assert found["scale"].up == pytest.approx(held.values["mu"] - best.values["mu"], abs=1e-5)
    assert list(found) == [i.name for i in model.impacts(threads=2)]


def test_yields_and_their_uncertainties():
    model = Model.load(with_systematics())
    best = model.fit()
    (channel,) = model.expected("postfit").channels
    assert channel.total == pytest.approx(model.expected_data(best.parameters)[:2])
    step = 1e-6
    for bin_ in range(2):
        slope = [
            (model.expected_data(best.parameters + row)[bin_] - channel.total[bin_]) / step
            for row in step * np.eye(len(best.parameters))
        ]
        wanted = np.sqrt(np.array(slope) @ best.covariance @ np.array(slope))
        assert channel.total_uncertainties[bin_] == pytest.approx(wanted, rel=1e-4)
    parts = sum(sample.yields for sample in channel.samples.values())
    assert channel.total == pytest.approx(parts)


def test_pseudo_experiments_are_fitted_as_pyhf_fits_them():
    """The same pseudo-data in both: the same test statistics."""
    document = with_systematics()
    pdf, _ = reference(document)
    model = Model.load(document)
    for mu in (0.0, 1.0):
        truth = model.fit(fixed={"mu": mu}).parameters
        sets = model.sample(truth, 12, seed=5)
        ours = model.statistics(sets, 1.0)
        bounds, fixed = pdf.config.suggested_bounds(), pdf.config.suggested_fixed()
        theirs = [
            float(
                pyhf.infer.test_statistics.qmu_tilde(1.0, data, pdf, truth.tolist(), bounds, fixed)
            )
            for data in sets
        ]
        assert ours == pytest.approx(theirs, abs=2e-4)


def test_cls_by_pseudo_experiments_agrees_with_the_asymptotic_formula(model):
    toys = model.toys(toys=3000, seed=1)
    assert toys.failed == 0
    error = np.sqrt(toys.CLsb_obs * (1 - toys.CLsb_obs) / 3000) / toys.CLb_obs
    assert abs(toys.CLs_obs - model.cls().CLs_obs) < 5 * error + 0.01
    assert toys.q == pytest.approx(model.cls().q, abs=1e-6)
    assert sorted(toys.CLs_exp) == list(toys.CLs_exp)


def test_progress_is_told(model):
    seen = []
    model.toys(toys=50, progress=lambda done, size: seen.append((done, size)))
    assert seen[-1] == (100, 100) and seen == sorted(seen)


def test_an_exception_in_the_callback_ends_the_work(model):
    def stop(done, size):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.toys(toys=10_000, progress=stop)


def patchset(document):
    import hashlib

    text = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    patches = [
        {
            "metadata": {"name": f"s{n}", "values": [n]},
            "patch": [
                {"op": "replace", "path": "/channels/0/samples/0/data", "value": [5.0 * n, 3.0 * n]}
            ],
        }
        for n in range(1, 5)
    ]
    patches.append(
        {"metadata": {"name": "bad", "values": [9]}, "patch": [{"op": "remove", "path": "/x"}]}
    )
    return {
        "version": "1.0.0",
        "metadata": {
            "labels": ["n"],
            "description": "",
            "references": {"hepdata": "ins1234567"},
            "digests": {"sha256": hashlib.sha256(text).hexdigest()},
        },
        "patches": patches,
    }


def test_a_grid_equals_its_signals_one_by_one(model):
    document = patchset(two_bins())
    grid = model.grid(document, threads=2)
    assert [point.name for point in grid.points] == ["s1", "s2", "s3", "s4", "bad"]
    for point, patch in zip(grid.points[:4], document["patches"], strict=False):
        alone = Model.load(two_bins(), patch=patch["patch"]).cls()
        assert point.result.CLs_obs == pytest.approx(alone.CLs_obs, rel=1e-6)
    assert grid.failed == 1 and grid.points[4].code == "patch_conflict"
    assert grid.to_dict() == model.grid(document, threads=1).to_dict()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_grid_refuses_patches_that_are_not_json(model, threads):
    document = patchset(two_bins())
    document["patches"][2]["patch"][0]["value"] = [float("nan"), 1.0]
    with pytest.raises(ModelError) as refused:
        model.grid(document, threads=threads)
    assert refused.value.code == "nonfinite_number"
    assert refused.value.pointer == "/0/value/0"


def test_a_patch_by_name_needs_the_right_workspace():
    document = patchset(two_bins())
    assert Model.load(two_bins(), patch="s2", patchset=document).cls().CLs_obs == pytest.approx(
        0.353690714144, rel=0.2
    )
    other = two_bins()
    other["observations"][0]["data"] = [50.0, 60.0]
    with pytest.raises(ModelError) as caught:
        Model.load(other, patch="s2", patchset=document)
    assert caught.value.code == "digest_mismatch"
    assert PatchSet.load(document)["s2"].values == (2,)


def test_simplified_likelihood_is_near_the_full_one():
    document = with_systematics()
    document["channels"][0]["samples"] = document["channels"][0]["samples"][1:]
    model = Model.load(document)
    simple = model.simplify({"singlechannel": [20.0, 10.0]})
    assert abs(simple.deviation) == pytest.approx(abs(simple.CLs_full - simple.CLs_simplified))
    assert abs(simple.deviation) < 0.05
    total = model.expected("postfit").channels[0].total
    assert simple.workspace["channels"][0]["samples"][0]["data"] == pytest.approx(total.tolist())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"poi": "nothing"}, "poi_undefined"),
        ({"parameters": [{"name": "mu", "fixed": True}]}, "poi_fixed"),
        ({"parameters": [{"name": "mu", "bounds": [[0.5, 2.0]]}]}, "invalid_bounds"),
    ],
)
def test_a_test_without_an_answer_says_why(change, code):
    document = two_bins()
    document["measurements"][0]["config"].update(change)
    with pytest.raises(InferenceError) as caught:
        Model.load(document).cls()
    assert caught.value.code == code


def test_no_sensitivity_gives_one(model):
    found = model.cls(signal={"singlechannel": [0.0, 0.0]})
    assert (found.CLs_obs, found.CLs_exp) == (1.0, (1.0,) * 5)


def test_asimov_needs_a_background():
    """Without signal a bin with events has no rate: pyhf raises, and so does the engine."""
    document = two_bins()
    document["channels"][0]["samples"] = document["channels"][0]["samples"][:1]
    with pytest.raises(InferenceError) as caught:
        Model.load(document).cls()
    assert caught.value.code == "fit_failed"


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda m: m.toys(toys=10**12), "invalid_value"),
        (lambda m: m.toys(toys=0), "invalid_value"),
        (lambda m: m.toys(seed=-1), "invalid_value"),
        (lambda m: m.toys(float("nan")), "invalid_value"),
        (lambda m: m.toys(threads=10**6), "invalid_value"),
        (lambda m: m.sample([float("nan"), 1, 1], 1, 0), "invalid_value"),
        (lambda m: m.fit(start=[np.inf, 1, 1]), "invalid_value"),
        (lambda m: m.fit(restarts=-1), "invalid_value"),
        (lambda m: m.fit(fixed={"nothing": 1.0}), "unknown_parameter"),
        (lambda m: m.scan({"mu": [np.nan]}), "invalid_value"),
        (lambda m: m.scan(points=0), "invalid_value"),
        (lambda m: m.cls(np.inf), "invalid_value"),
        (lambda m: m.cls(1.0, test_stat="q0"), "invalid_value"),
        (lambda m: m.cls(-1e5), "fit_failed"),
        (lambda m: m.upper_limit(1.0), "invalid_value"),
        (lambda m: m.upper_limit(rtol=0.0), "invalid_value"),
        (lambda m: m.expected("later"), "invalid_value"),
    ],
)
def test_questions_without_an_answer_are_refused_by_name(model, ask, code):
    with pytest.raises(InferenceError) as caught:
        ask(model)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "ask",
    [
        lambda m: m.cls(),
        lambda m: m.upper_limit(),
        lambda m: m.toys(toys=1),
        lambda m: m.impacts(),
        lambda m: m.scan(),
    ],
)
def test_a_fixed_parameter_of_interest_cannot_be_tested(ask):
    document = two_bins()
    parameters = [{"name": "mu", "inits": [1.0], "fixed": True}]
    document["measurements"][0]["config"]["parameters"] = parameters
    with pytest.raises(InferenceError, match="poi_fixed"):
        ask(Model.load(document))


def test_a_signal_of_strength_zero_yields_nothing(model):
    (channel,) = model.expected(parameters=[0.0, 1.0, 1.0]).channels
    assert channel.samples["signal"].yields.tolist() == [0.0, 0.0]


def test_a_huge_signal_strength_is_excluded(model):
    assert model.cls(1e6).CLs_obs == 0.0


@pytest.mark.parametrize(
    "yields",
    [{"nowhere": [1.0, 1.0]}, {"singlechannel": [1.0]}, {"singlechannel": ["a", 1.0]}, [1.0, 1.0]],
)
def test_malformed_signals_are_refused_with_their_place(model, yields):
    with pytest.raises(ModelError) as caught:
        model.cls(signal=yields)
    assert caught.value.pointer.startswith("/yields")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "replace", "path": "/channels/7/samples", "value": 1}, "patch_conflict"),
        ({"op": "remove", "path": "/channels/-"}, "patch_conflict"),
        ({"op": "remove", "path": "/channels/00"}, "patch_conflict"),
        ({"op": "remove", "path": "/channels/" + "9" * 40}, "patch_conflict"),
        ({"op": "move", "from": "/channels", "path": "/channels/0"}, "patch_conflict"),
        ({"op": "copy", "from": "/nothing", "path": "/x"}, "patch_conflict"),
        ({"op": "test", "path": "/version", "value": "2"}, "patch_conflict"),
        ({"op": "add", "path": "channels", "value": 1}, "invalid_patch"),
        ({"op": "zap", "path": "/channels"}, "invalid_patch"),
        ({"op": "add", "path": "/x"}, "invalid_patch"),
        ({"path": "/channels"}, "invalid_patch"),
    ],
)
def test_bad_patches_are_refused_by_operation(operation, code):
    with pytest.raises(ModelError) as caught:
        Model.load(two_bins(), patch=[operation])
    assert caught.value.code == code and caught.value.pointer == "/0"


def test_copies_of_copies_do_not_exhaust_the_stack():
    patch = [
        {"op": "copy", "from": "/channels", "path": f"/channels/0/x{i}"} for i in range(30_000)
    ]
    with pytest.raises(ModelError, match="resource_limit"):
        Model.load(two_bins(), patch=patch)


@pytest.mark.parametrize("test_stat", ["qtilde", "q", "q0"])
def test_fits_of_toys_are_those_of_any_data(model, test_stat):
    """Fits that share the information at their origin end where fits on their own end."""
    tested = 0.0 if test_stat == "q0" else 1.0
    other = 1.0 - tested
    found = model.toys(tested, toys=60, seed=5, test_stat=test_stat)
    for mu, stream, values in ((tested, 10, found.q_signal), (other, 11, found.q_background)):
        truth = model.fit(fixed={"mu": mu}, restarts=0).parameters
        sets = model.sample(truth, 60, seed=stream)
        alone = model.statistics(sets, tested, test_stat=test_stat)
        assert np.asarray(values) == pytest.approx(alone, abs=1e-7)
