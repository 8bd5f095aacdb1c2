# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The likelihood is pyhf's: parameters, values, expected data, derivatives, refusals."""

import copy
from decimal import Decimal, localcontext

import numpy as np
import pyhf
import pytest
from demos_engine import Model, ModelError, from_pyhf
from demos_engine.examples import two_bins
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from .workspaces import workspaces

CODES = [("code4", "code4p"), ("code1", "code0"), ("code4", "code2")]
QUIET = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def reference(workspace, codes=CODES[0]):
    """pyhf's model and data."""
    settings = {"normsys": {"interpcode": codes[0]}, "histosys": {"interpcode": codes[1]}}
    made = pyhf.Workspace(workspace, validate=False)
    pdf = made.model(validate=False, modifier_settings=settings)
    return pdf, made.data(pdf)


def points(pdf, seed, size, codes=CODES[0]):
    """Random points within the bounds, about 1.5 sigma wide.

    Those of ``code2`` stay within one sigma, where pyhf has a step.
    """
    rng = np.random.default_rng(seed)
    start = np.array(pdf.config.suggested_init(), float)
    low, high = np.array(pdf.config.suggested_bounds(), float).T
    width = np.where(start == 0, 1.5, 0.2)
    for _ in range(size):
        step = width * rng.normal(size=len(start))
        yield np.clip(start + (np.clip(step, -1, 1) if "code2" in codes else step), low, high)


def same(found, wanted):
    return (np.isnan(found) and np.isnan(wanted)) or found == pytest.approx(
        wanted, rel=1e-9, abs=1e-9
    )


@QUIET
@given(workspaces(), st.sampled_from(CODES), st.integers(0, 1000))
def test_everything_pyhf_says_of_a_random_workspace(workspace, codes, seed):
    pdf, data = reference(workspace, codes)
    model = Model.load(workspace, normsys=codes[0], histosys=codes[1])
    assert list(model.parameter_names) == pdf.config.par_names
    assert model.init.tolist() == pdf.config.suggested_init()
    assert model.bounds == [tuple(b) for b in pdf.config.suggested_bounds()]
    assert model.fixed == pdf.config.suggested_fixed()
    assert model.data.tolist() == pytest.approx(data, rel=1e-12)
    for x in points(pdf, seed, 3, codes):
        assert same(model.logpdf(x), float(pdf.logpdf(x, data)[0]))
        wanted = pdf.expected_data(x)
        assert model.expected_data(x) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@QUIET
@given(workspaces(), st.integers(0, 1000))
def test_derivatives_are_those_of_the_value(workspace, seed):
    pdf, _ = reference(workspace)
    model = Model.load(workspace)
    step = 1e-5
    for x in points(pdf, seed, 2):
        if not np.isfinite(model.logpdf(x)):
            continue
        value, gradient, hessian = model.nll(x)
        assert value == pytest.approx(-model.logpdf(x), rel=1e-12)
        assert np.array_equal(hessian, hessian.T)
        scale = max(1.0, np.abs(gradient).max(), np.abs(hessian).max())
        for i in range(len(x)):
            # The third derivative jumps where interpolation ends.
            if abs(abs(x[i]) - 1.0) < 1e-3:
                continue
            up, down = x.copy(), x.copy()
            up[i] += step
            down[i] -= step
            (f_up, g_up, _), (f_down, g_down, _) = model.nll(up), model.nll(down)
            assert (f_up - f_down) / (2 * step) == pytest.approx(gradient[i], abs=1e-6 * scale)
            assert (g_up - g_down) / (2 * step) == pytest.approx(hessian[i], abs=1e-5 * scale)


def test_a_pyhf_user_changes_one_line():
    settings = {"normsys": {"interpcode": "code1"}}
    spec = {k: v for k, v in two_bins().items() if k == "channels"}
    pdf = pyhf.Model(spec, modifier_settings=settings, poi_name="mu")
    data = [50.0, 60.0, *pdf.config.auxdata]
    model = from_pyhf(pdf, data)
    x = [0.7, 1.1, 0.9]
    assert model.logpdf(x) == pytest.approx(float(pdf.logpdf(x, data)[0]), rel=1e-12)


def broken(change):
    document = copy.deepcopy(two_bins())
    change(document)
    return document


def modifier(document, sample=1, **values):
    document["channels"][0]["samples"][sample]["modifiers"].append(values)


def config(document, **values):
    document["measurements"][0]["config"]["parameters"].append(values)


REFUSED = {
    "sample of another length": (
        lambda d: d["channels"][0]["samples"][0]["data"].append(1.0),
        "length_mismatch",
        "background",
    ),
    "modifier of another length": (
        lambda d: modifier(d, name="e", type="staterror", data=[1.0]),
        "length_mismatch",
        "'e'",
    ),
    "normfactor and normsys of one name": (
        lambda d: modifier(d, name="mu", type="normsys", data={"hi": 1.1, "lo": 0.9}),
        "incompatible_parameter_reuse",
        "mu",
    ),
    "shapesys on two samples": (
        lambda d: modifier(d, 0, name="uncorr_bkguncrt", type="shapesys", data=[1.0, 1.0]),
        "incompatible_parameter_reuse",
        "uncorr_bkguncrt",
    ),
    "lumi without configuration": (
        lambda d: modifier(d, name="lumi", type="lumi", data=None),
        "missing_parameter_config",
        "lumi",
    ),
    "unknown modifier type": (
        lambda d: modifier(d, name="x", type="overallsys", data=None),
        "schema_error",
        "overallsys",
    ),
    "wrong number of start values": (
        lambda d: config(d, name="mu", inits=[1.0, 2.0]),
        "length_mismatch",
        "mu",
    ),
    "auxiliary data of a free parameter": (
        lambda d: config(d, name="mu", auxdata=[1.0]),
        "schema_error",
        "mu",
    ),
    "two configurations of one parameter": (
        lambda d: [config(d, name="mu", inits=[x]) for x in (0.5, 0.7)],
        "duplicate_name",
        "mu",
    ),
    "no observation": (
        lambda d: d["observations"][0].update(name="other"),
        "missing_observation",
        "singlechannel",
    ),
    "parameter of interest with components": (
        lambda d: d["measurements"][0]["config"].update(poi="uncorr_bkguncrt"),
        "poi_undefined",
        "uncorr_bkguncrt",
    ),
    "text for a number": (
        lambda d: d["channels"][0]["samples"][0].update(data=["20", 1.0]),
        "schema_error",
        "string",
    ),
    "another version": (
        lambda d: d.update(version="2.0.0"),
        "unsupported_version",
        "2.0.0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_pyhf_refuses_is_refused_with_the_name_of_the_object(case):
    change, code, name = REFUSED[case]
    document = broken(change)
    with pytest.raises(Exception):  # noqa: B017 - of many classes
        made = pyhf.Workspace(document)
        made.data(made.model())
    with pytest.raises(ModelError) as caught:
        Model.load(document)
    assert caught.value.code == code
    assert name.strip("'") in caught.value.message or name in caught.value.pointer
    assert caught.value.pointer.startswith("/")


def test_a_repeated_modifier_is_refused():
    """pyhf drops one of them without a word, ROOT multiplies them."""
    document = two_bins()
    for high in (1.5, 1.1):
        modifier(document, name="k", type="normsys", data={"hi": high, "lo": 0.9})
    with pytest.raises(ModelError) as caught:
        Model.load(document)
    assert caught.value.code == "duplicate_name"
    assert caught.value.pointer.startswith("/channels/0/samples/")


def test_two_measurements_of_one_name_are_refused():
    document = two_bins()
    document["measurements"].append(document["measurements"][0])
    with pytest.raises(ModelError) as caught:
        Model.load(document)
    assert (caught.value.code, caught.value.pointer) == ("duplicate_name", "/measurements/1/name")


REUSE = "incompatible_parameter_reuse"
FORM = {
    "format": "demos-histfactory/1",
    "channels": [
        {
            "name": "c",
            "samples": [
                {
                    "name": "b",
                    "data": [50.0, 60.0],
                    "modifiers": [
                        {
                            "name": "k",
                            "type": "normsys",
                            "parameters": ["alpha_k"],
                            "interpolation": "code1",
                            "data": {"hi": 1.3, "lo": 0.8},
                        },
                        {"name": "g", "type": "shapesys", "parameters": ["g0", "g1"]},
                    ],
                },
                {
                    "name": "s",
                    "data": [5.0, 9.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "parameters": ["mu"]}],
                },
            ],
        }
    ],
    "observations": [{"name": "c", "data": [52, 71]}],
    "measurements": [
        {
            "name": "m",
            "config": {
                "poi": "mu",
                "parameters": [
                    {"name": "mu", "init": 1.0, "bounds": [0, 10]},
                    {
                        "name": "alpha_k",
                        "init": 0.0,
                        "bounds": [-5, 5],
                        "constraint": {"type": "gauss", "centre": 0.2, "width": 1.5},
                    },
                    {
                        "name": "g0",
                        "init": 1.0,
                        "bounds": [0, 10],
                        "constraint": {"type": "poisson", "centre": 90, "width": 100},
                    },
                    {"name": "g1", "init": 1.0, "bounds": [0, 10], "fixed": True},
                ],
            },
        }
    ],
}


def test_a_document_that_declares_everything_is_read_as_it_says():
    model = Model.load(FORM)
    assert model.parameter_names == ("mu", "alpha_k", "g0", "g1")
    assert model.fixed == [False, False, False, True]
    mu, alpha, gamma = 1.4, -0.6, 0.95
    factor = 0.8 ** (-alpha)
    rates = [50 * factor * gamma + 5 * mu, 60 * factor + 9 * mu]
    want = poisson.logpmf(52, rates[0]) + poisson.logpmf(71, rates[1])
    want += norm.logpdf(0.2, alpha, 1.5) + poisson.logpmf(90, 100 * gamma)
    assert model.logpdf([mu, alpha, gamma, 1.0]) == pytest.approx(want, rel=1e-12)
    added = model.with_signal({"c": [1.0, 2.0]}, "new")
    assert added.parameter_names == model.parameter_names
    assert added.logpdf([0.0, alpha, gamma, 1.0]) < added.logpdf([mu, alpha, gamma, 1.0])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: parameters(d).pop(1), "unknown_parameter"),
        (lambda d: parameters(d).append(parameters(d)[0]), "duplicate_name"),
        (lambda d: parameters(d)[0].update(init=11), "invalid_bounds"),
        (lambda d: parameters(d)[1]["constraint"].update(width=0), "negative_uncertainty"),
        (lambda d: parameters(d)[1]["constraint"].update(type="beta"), "unsupported_type"),
        (lambda d: modifiers_of(d)[0].update(interpolation="code4p"), "unsupported_type"),
        (lambda d: modifiers_of(d)[0].pop("interpolation"), "schema_error"),
        (lambda d: modifiers_of(d)[1].update(parameters=["g0"]), "length_mismatch"),
        (
            lambda d: modifiers_of(d)[1].update(parameters=["g0", "g0"]),
            "incompatible_parameter_reuse",
        ),
        (
            lambda d: modifiers_of(d)[1].update(parameters=["g0", "mu"]),
            "incompatible_parameter_reuse",
        ),
        (lambda d: d.update(format="demos-histfactory/9"), "unsupported_version"),
    ],
)
def test_what_a_declaring_document_gets_wrong_is_named(change, code):
    document = copy.deepcopy(FORM)
    change(document)
    with pytest.raises(ModelError) as caught:
        Model.load(document)
    assert caught.value.code == code


def parameters(document):
    return document["measurements"][0]["config"]["parameters"]


def modifiers_of(document):
    return document["channels"][0]["samples"][0]["modifiers"]


def test_staterror_of_one_name_in_two_channels_appends_bins():
    document = two_bins()
    other = copy.deepcopy(document["channels"][0])
    other["name"] = "another"
    other["samples"] = other["samples"][1:]
    other["samples"][0]["modifiers"] = []
    document["channels"].append(other)
    document["observations"].append({"name": "another", "data": [50.0, 60.0]})
    for channel in document["channels"]:
        entry = {"name": "stat", "type": "staterror", "data": [3.0, 0.0]}
        channel["samples"][-1]["modifiers"].append(entry)
    pdf, data = reference(document)
    model = Model.load(document)
    assert list(model.parameter_names) == pdf.config.par_names
    for x in points(pdf, 3, 3):
        assert model.logpdf(x) == pytest.approx(float(pdf.logpdf(x, data)[0]), rel=1e-12)


def test_a_shapefactor_is_shared_between_channels_bin_by_bin():
    document = two_bins()
    other = copy.deepcopy(document["channels"][0])
    other["name"] = "zz"
    other["samples"][1]["modifiers"] = []
    document["channels"].append(other)
    document["observations"].append({"name": "zz", "data": [50.0, 60.0]})
    for channel in document["channels"]:
        entry = {"name": "free", "type": "shapefactor", "data": None}
        channel["samples"][1]["modifiers"].append(entry)
    pdf, data = reference(document)
    model = Model.load(document)
    for x in points(pdf, 4, 3):
        assert model.logpdf(x) == pytest.approx(float(pdf.logpdf(x, data)[0]), rel=1e-12)
    # The factor couples four bins: the Hessian says so.
    at = model.parameter_names.index("free[0]")
    other = model.parameter_names.index("uncorr_bkguncrt[0]")
    assert model.nll(model.init)[2][at, other] != 0.0


def test_measurement_is_chosen_by_name():
    document = two_bins()
    second = copy.deepcopy(document["measurements"][0])
    second["name"] = "second"
    second["config"]["parameters"] = [{"name": "mu", "fixed": True, "inits": [0.5]}]
    document["measurements"].append(second)
    model = Model.load(document, measurement="second")
    assert model.fixed[0] and model.init[0] == 0.5
    assert model.measurements == ["Measurement", "second"]
    with pytest.raises(ModelError, match="third"):
        Model.load(document, measurement="third")


def exact_poisson(count, rate):
    """ln Poisson(count | rate) to 50 digits, for a large count."""
    with localcontext() as context:
        context.prec = 60
        n, rate = Decimal(count), Decimal(rate)
        pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
        series = 1 / (12 * n) - 1 / (360 * n**3) + 1 / (1260 * n**5)
        gamma = n * n.ln() - n + (2 * pi * n).ln() / 2 + series
        return n * rate.ln() - rate - gamma


def test_a_tiny_uncertainty_costs_no_precision():
    """A shapesys of 2e-6 relative uncertainty measures 2e11 auxiliary events."""
    document = two_bins()
    background = document["channels"][0]["samples"][1]
    background["modifiers"][0]["data"] = [50.0 * 2.3e-6, 63.0 * 2.3e-6]
    model, pdf = Model.load(document), pyhf.Workspace(document).model()
    tau = model.data[2:].tolist()
    for shift in (0.0, 1e-6, -3e-6):
        x = [1.0, 1.0 + shift, 1.0 - shift]
        rates = [20.0 + 50.0 * x[1], 10.0 + 63.0 * x[2]]
        main = float(pyhf.tensorlib.poisson_logpdf(np.array([55.0, 62.0]), np.array(rates)).sum())
        aux = sum(
            exact_poisson(n, Decimal(n) * Decimal(g)) for n, g in zip(tau, x[1:], strict=True)
        )
        wanted = main + float(aux)
        assert model.logpdf(x) == pytest.approx(wanted, abs=1e-8)
        # The plain formula cancels 1e12 down to 10.
        assert abs(float(pdf.logpdf(x, model.data)[0]) - wanted) > 1e-5


def test_a_count_below_the_precision_of_its_rate_adds_the_rate():
    workspace = two_bins()
    workspace["observations"][0]["data"][0] = 5e-324
    found = Model.load(workspace)
    model, data = reference(workspace)
    expected = float(model.logpdf(model.config.suggested_init(), data)[0])
    assert float(np.ravel(found.logpdf(found.init))[0]) == pytest.approx(expected, abs=1e-9)


def test_a_parabola_goes_on_along_its_tangents():
    """HistFactory's formula by hand; pyhf 0.7.6 has a step at one standard deviation."""
    shape = {"hi_data": [14.0], "lo_data": [9.0]}
    modifiers = [{"name": "tilt", "type": "histosys", "data": shape}]
    document = {
        "channels": [
            {"name": "SR", "samples": [{"name": "b", "data": [10.0], "modifiers": modifiers}]}
        ],
        "observations": [{"name": "SR", "data": [12.0]}],
        "measurements": [{"name": "m", "config": {"poi": "", "parameters": []}}],
        "version": "1.0.0",
    }
    model = Model.load(document, histosys="code2")
    s, a = 0.5 * (14.0 - 9.0), 0.5 * (14.0 + 9.0) - 10.0
    for alpha in (-2.5, -1.0, -0.5, 0.5, 1.0, 2.5):
        inside = abs(alpha) <= 1
        wanted = 10.0 + s * alpha + a * (alpha**2 if inside else 2 * abs(alpha) - 1)
        assert model.expected_data([alpha])[0] == pytest.approx(wanted, rel=1e-12)
    fit = model.fit()
    assert fit.converged and any("code2" in note for note in fit.notes)
