# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The gate between documents and inference, and the form in which the engine reads them."""

import copy
import importlib.util
import json

import numpy as np
import pytest
from demos_formats import (
    FormatError,
    RefusedError,
    certify,
    convert_hs3_to_demos,
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
    convert_pyhf_to_hs3,
    prepare,
    validate,
)
from demos_formats.demos.read import read_document
from demos_formats.evaluate import Likelihood
from demos_formats.inference import interpolation
from models import every_modifier, sample, workspace

needs_engine = pytest.mark.skipif(
    importlib.util.find_spec("demos_engine") is None, reason="the engine is not installed"
)
AXES = [{"name": "obs_x_SR", "min": 0.0, "max": 2.0, "nbins": 2}]
FREE = {"name": "mu", "type": "normfactor", "parameter": "mu"}


def root(samples, distributions=(), functions=(), values=(), **channel):
    """Make a document as ROOT writes them."""
    made = {
        "metadata": {"hs3_version": "0.2", "packages": [{"name": "ROOT", "version": "6.40.04"}]},
        "distributions": [
            {
                "name": "model_SR",
                "type": "histfactory_dist",
                "axes": AXES,
                "samples": copy.deepcopy(samples),
                **channel,
            },
            *distributions,
        ],
        "data": [{"name": "obsData_SR", "type": "binned", "axes": AXES, "contents": [62.0, 35.0]}],
        "likelihoods": [{"name": "L", "distributions": ["model_SR"], "data": ["obsData_SR"]}],
        "parameter_points": [
            {
                "name": "default_values",
                "parameters": [{"name": n, "value": v, "const": True} for n, v in values],
            }
        ],
        "analyses": [
            {"name": "A", "likelihood": "L", "domains": [], "parameters_of_interest": ["mu"]}
        ],
        "misc": {"ROOT_internal": {}},
    }
    return made | ({"functions": list(functions)} if functions else {})


def background(*modifiers, errors=None):
    data = {"contents": [50.0, 25.0]} | ({"errors": errors} if errors else {})
    return [
        {"name": "b", "data": data, "modifiers": list(modifiers)},
        {"name": "s", "data": {"contents": [6.0, 8.0]}, "modifiers": [FREE]},
    ]


GAMMAS = ["g_bin_0", "g_bin_1"]
BY_BIN = {"name": "u", "type": "shapesys", "parameters": GAMMAS}


def gauss(parameter, sigma):
    name = f"{parameter}Constraint"
    return {
        "name": name,
        "type": "gaussian_dist",
        "mean": parameter,
        "sigma": sigma,
        "x": f"nom_{parameter}",
    }


def poisson(parameter):
    return {
        "name": f"{parameter}Constraint",
        "type": "poisson_dist",
        "mean": f"{parameter}_poisMean",
        "x": f"nom_{parameter}",
    }


NAMED = [("nom_g_bin_0", 1.0), ("nom_g_bin_1", 1.0)]
CONSTRAINTS = [f"{g}Constraint" for g in GAMMAS]
PRODUCT = {"name": "g_bin_1_poisMean", "type": "product", "factors": ["g_bin_1", "g_bin_1_tau"]}
NEWER_FORMS = {
    "gauss": (
        BY_BIN | {"constraints": CONSTRAINTS, "data": {"vals": [0.1, 0.2]}},
        [gauss("g_bin_0", 0.1), gauss("g_bin_1", 0.2)],
        [],
        NAMED,
        {"g_bin_0": ("gauss", 1.0, 0.1), "g_bin_1": ("gauss", 1.0, 0.2)},
    ),
    "gauss without vals": (
        BY_BIN | {"constraints": CONSTRAINTS},
        [gauss("g_bin_0", 0.1), gauss("g_bin_1", 0.2)],
        [],
        NAMED,
        {"g_bin_0": ("gauss", 1.0, 0.1), "g_bin_1": ("gauss", 1.0, 0.2)},
    ),
    "one bin free": (
        BY_BIN | {"constraints": [CONSTRAINTS[0], None], "data": {"vals": [0.1, 0.2]}},
        [gauss("g_bin_0", 0.1)],
        [],
        NAMED,
        {"g_bin_0": ("gauss", 1.0, 0.1), "g_bin_1": None},
    ),
    "gauss and poisson": (
        BY_BIN | {"constraints": CONSTRAINTS},
        [gauss("g_bin_0", 0.1), poisson("g_bin_1")],
        [PRODUCT],
        [("nom_g_bin_0", 1.0), ("nom_g_bin_1", 30.0), ("g_bin_1_tau", 25.0)],
        {"g_bin_0": ("gauss", 1.0, 0.1), "g_bin_1": ("poisson", 30.0, 25.0)},
    ),
    "staterror": (
        BY_BIN | {"type": "staterror", "constraints": CONSTRAINTS},
        [gauss("g_bin_0", 0.1), gauss("g_bin_1", 0.2)],
        [],
        NAMED,
        {"g_bin_0": ("gauss", 1.0, 0.1), "g_bin_1": ("gauss", 1.0, 0.2)},
    ),
}


@pytest.mark.parametrize("form", NEWER_FORMS)
def test_constraints_that_root_names_bin_by_bin(form):
    modifier, distributions, functions, values, expected = NEWER_FORMS[form]
    document = root(background(modifier), distributions, functions, values)
    assert validate(document).valid
    model = read_document(convert_hs3_to_demos(document))
    found = {n: p.constraint for n, p in model.parameters.items() if n.startswith("g_")}
    shown = {n: c and (c.kind, c.centre, c.width) for n, c in found.items()}
    assert shown == expected
    assert not any(model.parameters[n].fixed for n in expected)
    assert certify(document, convert_hs3_to_demos(document)).equivalent


def test_the_certificate_sees_the_width_of_a_named_constraint():
    modifier, distributions, functions, values, _ = NEWER_FORMS["gauss"]
    document = root(background(modifier), distributions, functions, values)
    other = copy.deepcopy(document)
    other["distributions"][2]["sigma"] = 0.25
    assert not certify(document, other).equivalent


def test_the_certificate_reads_constraints_twice(monkeypatch):
    modifier, distributions, functions, values, _ = NEWER_FORMS["gauss"]
    document = root(background(modifier), distributions, functions, values)
    plain = root(background(BY_BIN | {"data": {"vals": [0.1, 0.2]}}), (), (), values)

    def careless(given, **options):
        return convert_hs3_to_demos(plain, **options)

    monkeypatch.setattr("demos_formats.certificate.convert_hs3_to_demos", careless)
    found = certify(document, document)
    assert not found.equivalent
    assert any("two readings of the constraint of 'g_bin_0'" in n for n in found.notes)


def test_a_free_bin_among_gaussian_ones_is_no_pyhf():
    modifier, distributions, functions, values, _ = NEWER_FORMS["one bin free"]
    with pytest.raises(RefusedError):
        convert_hs3_to_pyhf(root(background(modifier), distributions, functions, values))


def test_a_constraint_that_is_not_there_is_named():
    modifier = BY_BIN | {"constraints": ["none", None]}
    (found,) = validate(root(background(modifier))).findings
    assert (found.code, found.pointer) == (
        "unresolved_reference",
        "/distributions/0/samples/0/modifiers/0/constraints/0",
    )


NORM = {"name": "n", "type": "normsys", "parameter": "alpha_n", "data": {"hi": 1.3, "lo": 0.6}}
SHAPE = {
    "name": "h",
    "type": "histosys",
    "parameter": "alpha_h",
    "data": {"hi": {"contents": [60.0, 24.0]}, "lo": {"contents": [47.0, 29.0]}},
}
EXP = {"type": "mult", "in": "exp", "out": None}
LIN = {"type": "add", "in": "poly1", "out": None}


def codes(document):
    model = read_document(convert_hs3_to_demos(document))
    return {m.name: m.code for _, _, m in model.modifiers() if m.code}


def test_the_interpolation_of_a_channel_holds_where_a_modifier_says_nothing():
    document = root(background(NORM, SHAPE), default_interpolation=EXP)
    assert codes(document) == {"n": "code1", "h": "code4p"}
    said = SHAPE | {"interpolation": LIN}
    assert codes(root(background(NORM, said))) == {"n": "code4", "h": "code0"}


@needs_engine
@pytest.mark.parametrize("norm", ["code1", "code4"])
@pytest.mark.parametrize("shape", ["code0", "code2", "code4p"])
def test_inference_interpolates_as_the_document_says(norm, shape):
    from demos_engine import Model

    settings = {"normsys": {"interpcode": norm}, "histosys": {"interpcode": shape}}
    histosys = {"hi_data": [60.0, 24.0], "lo_data": [47.0, 29.0]}
    ws = workspace(
        [
            {
                "name": "SR",
                "samples": [
                    sample("s", [6.0, 8.0], ("mu", "normfactor", None)),
                    sample(
                        "b",
                        [50.0, 25.0],
                        ("n", "normsys", {"hi": 1.3, "lo": 0.6}),
                        ("h", "histosys", histosys),
                        ("st", "staterror", [2.0, 1.5]),
                    ),
                ],
            }
        ]
    )
    plain = Model.load(ws, normsys=norm, histosys=shape)
    by_name = {"mu": 1.2, "n": 1.3, "h": -0.4, "st[0]": 1.05, "st[1]": 0.97}
    want = plain.logpdf([by_name[n] for n in plain.parameter_names])
    documents = [
        convert_pyhf_to_demos(ws, settings=settings),
        *(convert_pyhf_to_hs3(ws, dialect=d, settings=settings) for d in ("root", "pyhs3", "spec")),
    ]
    for document in documents:
        prepared = prepare(json.dumps(document))
        model = Model.load(prepared.document)
        assert list(model.parameter_names) == list(plain.parameter_names)
        assert model.logpdf([by_name[n] for n in model.parameter_names]) == pytest.approx(
            want, abs=1e-9
        )
        assert prepared.settings is None


@needs_engine
def test_one_poisson_gamma_for_several_samples_runs():
    from demos_engine import Model

    stat = {"name": "staterror", "type": "staterror", "parameters": GAMMAS}
    samples = background(stat, errors=[3.0, 2.0])
    samples[1]["data"]["errors"] = [0.5, 0.6]
    samples[1]["modifiers"].append(stat)
    document = root(samples)
    with pytest.raises(RefusedError):
        convert_hs3_to_pyhf(document)
    prepared = prepare(document)
    with pytest.raises(RefusedError):
        prepared.pyhf()
    model = Model.load(prepared.document)
    assert sorted(model.parameter_names) == ["g_bin_0", "g_bin_1", "mu"]
    ours = Likelihood(read_document(convert_hs3_to_demos(document)))
    point = {"g_bin_0": 1.02, "g_bin_1": 0.93, "mu": 0.7}
    found = model.logpdf([point[n] for n in model.parameter_names])
    assert found == pytest.approx(float(ours.logpdf(ours.point(point))[0]), abs=1e-10)
    # tau = (sum of events)^2 / (sum of squared errors)
    tau = 56.0**2 / (3.0**2 + 0.5**2)
    terms = prepared.document["measurements"][0]["config"]["parameters"]
    constraint = next(p["constraint"] for p in terms if p["name"] == "g_bin_0")
    assert constraint["type"] == "poisson"
    assert constraint["width"] == pytest.approx(tau)
    assert model.fit().converged


@needs_engine
def test_several_factors_of_one_parameter_have_right_derivatives():
    from demos_engine import Model

    twice = [
        NORM,
        NORM | {"name": "m", "data": {"hi": 0.9, "lo": 1.2}, "interpolation": EXP},
        SHAPE | {"parameter": "alpha_n"},
        SHAPE | {"name": "h2", "parameter": "alpha_n", "interpolation": LIN},
        FREE,
        FREE | {"name": "mu2"},
    ]
    model = Model.load(prepare(root(background(*twice))).document)
    names = list(model.parameter_names)
    point = np.array([{"mu": 1.1, "alpha_n": 0.35}[n] for n in names])
    value, gradient, hessian = model.nll(point)
    assert value == pytest.approx(-model.logpdf(point))
    for i in range(len(names)):
        step = np.zeros(len(names))
        step[i] = 1e-5
        up, down = model.nll(point + step), model.nll(point - step)
        assert gradient[i] == pytest.approx((up[0] - down[0]) / 2e-5, rel=1e-6)
        assert hessian[i] == pytest.approx((up[1] - down[1]) / 2e-5, rel=1e-5)


BAD = {
    "duplicate_name": lambda d: d["measurements"].append(d["measurements"][0]),
    "negative_uncertainty": lambda d: d["channels"][0]["samples"][1]["modifiers"].append(
        {"name": "x", "type": "staterror", "data": [-1.0, 1.0]}
    ),
    "invalid_bounds": lambda d: d["measurements"][0]["config"]["parameters"].append(
        {"name": "mu", "inits": [14.0], "bounds": [[0, 10]]}
    ),
}


@pytest.mark.parametrize("code", BAD)
def test_what_validate_refuses_is_not_computed(code):
    document = every_modifier()
    BAD[code](document)
    refused = {f.code for f in validate(document).findings if f.severity == "error"}
    with pytest.raises(FormatError) as raised:
        prepare(document)
    assert code in refused == {f.code for f in raised.value.findings}


@needs_engine
@pytest.mark.parametrize("code", BAD)
def test_the_engine_refuses_it_by_the_same_name(code):
    from demos_engine import Model, ModelError

    document = every_modifier()
    BAD[code](document)
    with pytest.raises(ModelError) as raised:
        Model.load(document)
    assert raised.value.code == code


def test_warnings_travel():
    document = every_modifier()
    document["measurements"][0]["config"]["parameters"].append({"name": "nothing"})
    assert [f.code for f in prepare(document).findings] == ["unknown_parameter"]


def test_a_patch_by_name_or_point():
    from demos_formats.pyhf import digest

    document = every_modifier()
    patch = {
        "metadata": {"name": "one", "values": [900, 300]},
        "patch": [{"op": "replace", "path": "/channels/0/samples/0/data", "value": [1, 2]}],
    }
    other = copy.deepcopy(patch)
    other["metadata"] = {"name": "two", "values": [900, 400]}
    patches = {
        "metadata": {
            "references": {"hepdata": "ins1234567"},
            "description": "two points",
            "digests": {"sha256": digest(document)},
            "labels": ["m1", "m2"],
        },
        "patches": [patch, other],
        "version": "1.0.0",
    }
    for key in ("one", "900,300", "(900, 300.0)"):
        found = prepare(document, patch=key, patchset=patches).document
        assert found["channels"][0]["samples"][0]["data"] == [1, 2]
    with pytest.raises(FormatError, match=r"901,300"):
        prepare(document, patch="901,300", patchset=patches)


def test_blinded_data():
    document = every_modifier()
    document["observations"] = []
    with pytest.raises(FormatError, match="--expected"):
        prepare(document)
    found = prepare(document, blinded=True).document
    assert {o["name"]: o["data"] for o in found["observations"]} == {"SR": [0, 0], "CR": [0]}


def test_codes_of_the_command_line(tmp_path):
    want = {"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code0"}}
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(want))
    for text in ("normsys=code1,histosys=code0", "code0, code1", file):
        assert interpolation(text) == want
    for text in ("code9", "normsys=code0", "code1,code4", ""):
        with pytest.raises(FormatError):
            interpolation(text)
