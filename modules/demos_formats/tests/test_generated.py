# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The contracts of conversion on workspaces that nobody wrote by hand.

``DEMOS_EXAMPLES`` sets how many workspaces each test makes.
"""

import importlib.util
import json
import os

import numpy as np
import pyhf
import pytest
from demos_formats import demos, hs3, prepare, reference
from demos_formats import pyhf as workspaces
from demos_formats.certificate import certify
from demos_formats.convert import (
    convert_demos_to_hs3,
    convert_demos_to_pyhf,
    convert_hs3_to_demos,
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
    convert_pyhf_to_hs3,
)
from demos_formats.demos.read import read_document
from demos_formats.evaluate import Likelihood
from demos_formats.histfactory.model import CODES as MODEL_CODES
from demos_formats.histfactory.to_form import form_names
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models import LUMI

needs_engine = pytest.mark.skipif(
    importlib.util.find_spec("demos_engine") is None, reason="the engine is not installed"
)
generated = settings(
    max_examples=int(os.environ.get("DEMOS_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CODES = st.sampled_from(
    [None, ("code1", "code0"), ("code1", "code2"), ("code4", "code4p"), ("code4", "code0")]
)
EVENTS = st.one_of(
    st.integers(1, 500), st.floats(0.01, 500).map(lambda x: round(x, 4)), st.floats(0.5, 50)
)
RELATIVE = st.one_of(st.just(0.0), st.floats(0.01, 0.4))


@st.composite
def modifiers(draw, channel, sample, contents, stat):
    """Makes the modifiers of a sample: any mixture of the seven types."""
    bins = len(contents)

    def scaled(low, high):
        factors = draw(st.lists(st.floats(low, high), min_size=bins, max_size=bins))
        return [n * f for n, f in zip(contents, factors, strict=True)]

    made = []
    for name in draw(st.sets(st.sampled_from(["mu", "k_top", "norm of Z"]))):
        made.append({"name": name, "type": "normfactor", "data": None})
    for name in draw(st.sets(st.sampled_from(["jes", "alpha_x", "pdf Δ", "Lumi"]))):
        data = {"hi": draw(st.floats(0.7, 1.4)), "lo": draw(st.floats(0.7, 1.4))}
        made.append({"name": name, "type": "normsys", "data": data})
    for name in draw(st.sets(st.sampled_from(["jes", "shape/1", "x"]))):
        data = {"hi_data": scaled(0.8, 1.3), "lo_data": scaled(0.8, 1.3)}
        made.append({"name": name, "type": "histosys", "data": data})
    if draw(st.booleans()):
        made.append({"name": "lumi", "type": "lumi", "data": None})
    if stat:
        errors = draw(st.lists(RELATIVE, min_size=bins, max_size=bins))
        data = [n * e for n, e in zip(contents, errors, strict=True)]
        made.append({"name": f"staterror_{channel}", "type": "staterror", "data": data})
    if draw(st.booleans()):
        errors = draw(st.lists(RELATIVE, min_size=bins, max_size=bins))
        data = [n * e for n, e in zip(contents, errors, strict=True)]
        made.append({"name": f"unc_{channel}_{sample}", "type": "shapesys", "data": data})
    if draw(st.booleans()):
        made.append({"name": f"free_{bins}", "type": "shapefactor", "data": None})
    return draw(st.permutations(made))


@st.composite
def channels(draw, name):
    """Makes a channel; its samples share the channel's statistical factors or have none."""
    bins = draw(st.integers(1, 3))
    names = draw(st.lists(st.sampled_from(["signal", "top", "V+jets"]), min_size=1, unique=True))
    samples = []
    for sample in names:
        contents = draw(st.lists(EVENTS, min_size=bins, max_size=bins))
        stat = draw(st.booleans())
        made = draw(modifiers(name, sample, contents, stat))
        samples.append({"name": sample, "data": contents, "modifiers": made})
    return {"name": name, "samples": samples}


@st.composite
def configurations(draw, used):
    """Makes the parameter configurations of a measurement."""
    made = [LUMI] if ("lumi", "lumi") in used else []
    for name, type_ in sorted(used):
        if type_ not in ("normfactor", "normsys", "histosys") or not draw(st.booleans()):
            continue
        if any(c["name"] == name for c in made):
            continue
        low, high = (-4.0, 4.5) if type_ != "normfactor" else (0, 8)
        config = {"name": name}
        if draw(st.booleans()):
            config |= {"inits": [draw(st.floats(0.5, 0.95))], "bounds": [[low, high]]}
        if draw(st.booleans()):
            config["fixed"] = draw(st.booleans())
        made.append(config)
    return made


@st.composite
def workspaces_of_any_kind(draw):
    """Makes a valid workspace."""
    names = draw(st.lists(st.sampled_from(["SR", "CR low", "VR_é"]), min_size=1, unique=True))
    made = [draw(channels(name)) for name in names]
    used = {(m["name"], m["type"]) for c in made for s in c["samples"] for m in s["modifiers"]}
    observations = [
        {
            "name": c["name"],
            "data": draw(
                st.lists(
                    st.one_of(st.integers(0, 600), st.floats(0, 600)),
                    min_size=len(c["samples"][0]["data"]),
                    max_size=len(c["samples"][0]["data"]),
                )
            ),
        }
        for c in made
    ]
    measurements = [
        {
            "name": name,
            "config": {"poi": draw(st.sampled_from(["mu", "k_top", "absent"])), "parameters": p},
        }
        for name in draw(st.lists(st.sampled_from(["fit", "other fit"]), min_size=1, unique=True))
        for p in [draw(configurations(used))]
    ]
    return {
        "channels": made,
        "observations": draw(st.permutations(observations)),
        "measurements": measurements,
        "version": "1.0.0",
    }


GENERATED = workspaces_of_any_kind().filter(
    lambda ws: not [f for f in workspaces.validate(ws) if f.severity == "error"]
)


def read_again(document):
    return json.loads(json.dumps(document))


def modifier_settings(codes):
    if codes is None:
        return None
    return {"normsys": {"interpcode": codes[0]}, "histosys": {"interpcode": codes[1]}}


@generated
@given(GENERATED, CODES)
def test_a_workspace_comes_back_from_a_demos_document_to_the_byte(ws, codes):
    wanted = modifier_settings(codes)
    document = read_again(convert_pyhf_to_demos(ws, settings=wanted))
    assert [f for f in demos.validate(document) if f.severity == "error"] == []
    back, found = convert_demos_to_pyhf(document)
    assert pyhf.utils.digest(back) == pyhf.utils.digest(ws)
    if wanted:
        assert found == wanted


@pytest.mark.parametrize("dialect", ["root", "pyhs3", "spec"])
@generated
@given(GENERATED, CODES)
def test_hs3_alone_is_the_same_likelihood(dialect, ws, codes):
    wanted = modifier_settings(codes)
    written = convert_pyhf_to_hs3(
        ws | {"measurements": ws["measurements"][:1]}, dialect=dialect, settings=wanted
    )
    document = read_again(written)
    bare = {k: v for k, v in document.items() if k != "misc"}
    # Only names may be lost without it: those that ROOT cannot take have others in the document.
    if renamed := document.get("misc", {}).get("demos", {}).get("renamed"):
        bare["misc"] = {"demos": {"renamed": renamed}}
    assert [f for f in hs3.validate(bare) if f.severity == "error"] == []
    back, found = convert_hs3_to_pyhf(bare, dialect=dialect)
    sure = certify(ws | {"measurements": ws["measurements"][:1]}, bare, settings=found)
    assert sure.equivalent, sure.notes
    assert sure.max_abs_difference <= 1e-8
    again = certify(bare, back, settings=found)
    assert again.equivalent, again.notes


def points_near(likelihood, seed, reach=0.9):
    """Give the start point and random ones, inside of one standard deviation: pyhf's code2."""
    random = np.random.default_rng(seed)
    found = [likelihood.init]
    for _ in range(4):
        step = np.where(likelihood.init == 0, reach, 0.1 * np.abs(likelihood.init))
        # pyhf constrains also what it holds, by a term that no other format has.
        step[likelihood.fixed] = 0.0
        moved = likelihood.init + random.uniform(-1, 1, len(step)) * step
        found.append(np.clip(moved, likelihood.lower, likelihood.upper))
    return np.array(found)


def by_engine(document, points, names, settings=None):
    from demos_engine import Model

    codes = {k: v["interpcode"] for k, v in (settings or {}).items()}
    model = Model.load(document, **codes)
    order = [names.index(n) for n in model.parameter_names]
    return np.array([model.logpdf(p[order]) for p in points])


def assert_same(found, wanted, tolerance=1e-9):
    assert np.array_equal(np.isfinite(found), np.isfinite(wanted))
    finite = np.flatnonzero(np.isfinite(wanted))
    if not len(finite):
        return
    a, b = (x[finite] - x[finite[0]] for x in (found, wanted))
    assert np.max(np.abs(a - b)) <= tolerance + 1e-12 * np.max(np.abs(b))


@needs_engine
@pytest.mark.parametrize("dialect", ["root", "pyhs3", "spec"])
@generated
@given(GENERATED, CODES, st.integers(0, 1000))
def test_engine_evaluator_and_pyhf_compute_one_likelihood(dialect, ws, codes, seed):
    ws = ws | {"measurements": ws["measurements"][:1]}
    wanted = modifier_settings(codes)
    written = read_again(convert_pyhf_to_hs3(ws, dialect=dialect, settings=wanted))
    canonical = convert_hs3_to_demos(written)
    ours = Likelihood(read_document(canonical))
    points = points_near(ours, seed)
    evaluated = ours.logpdf(points)
    recorded = canonical["misc"]["demos"]["parameters"]
    model = read_document(canonical)
    names = [form_names(model, recorded)[n] for n in ours.names]
    assert_same(by_engine(prepare(written).document, points, names), evaluated)
    back, settings = convert_hs3_to_pyhf(written)
    assert_same(by_engine(back, points, names, settings), evaluated)
    order = [ours.names.index(p["hs3"]) for p in recorded]
    assert_same(reference.logpdf(ws, points[:, order], settings), evaluated, 1e-8)


@needs_engine
@generated
@given(GENERATED, st.randoms(use_true_random=False), st.integers(0, 1000))
def test_every_modifier_may_have_an_interpolation_of_its_own(ws, random, seed):
    document = read_again(convert_pyhf_to_demos(ws | {"measurements": ws["measurements"][:1]}))
    for distribution in document["distributions"]:
        for process in distribution.get("samples", ()):
            for modifier in process["modifiers"]:
                if "interpolation" in modifier:
                    modifier["interpolation"] = random.choice(MODEL_CODES[modifier["type"]])
    ours = Likelihood(read_document(document))
    points = points_near(ours, seed, reach=2.5)
    recorded = document["misc"]["demos"]["parameters"]
    names = [form_names(read_document(document), recorded)[n] for n in ours.names]
    assert_same(by_engine(prepare(document).document, points, names), ours.logpdf(points))


@pytest.mark.parametrize("dialect", ["root", "pyhs3", "spec"])
@generated
@given(GENERATED)
def test_hs3_comes_back_from_a_demos_document(dialect, ws):
    source = read_again(
        convert_pyhf_to_hs3(ws | {"measurements": ws["measurements"][:1]}, dialect=dialect)
    )
    del source["misc"]
    document = read_again(convert_hs3_to_demos(source, dialect=dialect))
    assert convert_demos_to_hs3(document, dialect=dialect) == source


@generated
@given(GENERATED)
def test_the_structure_is_that_of_the_workspace(ws):
    found, model = workspaces.structure(ws), pyhf.Workspace(ws).model(poi_name=None)
    assert found["n_parameters"] == model.config.npars
    written = demos.structure(convert_pyhf_to_demos(ws))
    for key in ("channels", "modifiers", "n_bins", "n_samples", "n_parameters", "measurements"):
        assert written[key] == found[key]
