# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What ROOT and pyhs3 make of the HS3 documents that are written for them.

Both tools are heavy, so these tests run in an environment of their own: ``make test-oracles``.
"""

import importlib.util
import json
import math
from statistics import NormalDist

import numpy as np
import pytest
from demos_formats.convert import convert_hs3_to_demos, convert_pyhf_to_hs3
from demos_formats.demos.read import read_document
from demos_formats.evaluate import Likelihood
from demos_formats.evaluate.likelihood import poisson, sum_of
from demos_formats.histfactory.from_pyhf import read_workspace
from models import CORPUS, entries, every_modifier, load, needs_corpus, sample, steep, workspace
from oracles import by_pyhs3, by_root

pytestmark = pytest.mark.oracle
needs_root = pytest.mark.skipif(importlib.util.find_spec("ROOT") is None, reason="no ROOT here")
needs_pyhs3 = pytest.mark.skipif(importlib.util.find_spec("pyhs3") is None, reason="no pyhs3 here")
STEEP = ["atlas_susy_hb_2019__region_SRB", "atlas_susy_2hadtau_2020__low_mass_bkg"]
"""Workspaces with negative samples; in the second one, factors become negative, too."""
CLOSE = 1e-8
"""Absolute difference of log-likelihood differences."""


def all_but_staterror():
    """Makes a workspace of what pyhs3 0.4.2 can evaluate."""
    signal = sample("signal", [5, 3.0], ("mu", "normfactor", None))
    histosys = {"hi_data": [11, 22.5], "lo_data": [9.5, 17]}
    background = sample(
        "background",
        [10, 20.0],
        ("jes", "histosys", histosys),
        ("jes", "normsys", {"hi": 1.1, "lo": 0.92}),
        ("pdf", "normsys", {"hi": 1.05, "lo": 0.9}),
        ("closure", "shapesys", [0.7, 1.1]),
    )
    control = sample("background", [100], ("shape", "shapefactor", None))
    return workspace(
        [
            {"name": "SR", "samples": [signal, background]},
            {"name": "CR", "samples": [control]},
        ]
    )


def around(likelihood, count=4):
    """Gives the start point and points around it, at most 1.2 standard deviations away."""
    random = np.random.default_rng(1)
    widths = {
        "gauss": lambda term: term.width,
        "lognormal": lambda term: term.width,
        "poisson": lambda term: term.width**-0.5,
    }
    spread = [
        0.0 if fixed else (1.2 * widths[term.kind](term) if term else 0.1)
        for fixed, term in zip(likelihood.fixed, likelihood.constraints, strict=True)
    ]
    moved = likelihood.init + random.uniform(-1, 1, (count, len(spread))) * spread
    return np.clip(np.vstack([likelihood.init, moved]), likelihood.lower, likelihood.upper)


def positive(likelihood, points):
    """Tells the points where no sample is negative: ROOT clips those of its own documents."""
    parts = [s for channel in likelihood.samples(points) for s in channel]
    return np.all([(p >= 0).all(axis=1) for p in parts], axis=0)


def clipped(likelihood, points):
    """Gives the log-likelihood with every sample's negative expectations set to zero."""
    total = likelihood.constraint_logpdf(points)
    for samples, data in zip(likelihood.samples(points), likelihood.data, strict=True):
        total += poisson(data, sum_of([np.maximum(s, 0) for s in samples])).sum(axis=1)
    return total


def rounding(likelihood):
    """Estimates how far n ln(l) - l is rounded where an auxiliary count n is huge."""
    counts = [c.width for c in likelihood.constraints if c and c.kind == "poisson"]
    largest = max(counts, default=1.0)
    return 16 * float(np.finfo(float).eps) * largest * math.log(1 + largest)


def compare(ws, dialect, evaluate, settings=None, reach=1.0, **options):
    """Compares a tool's reading of what is written for it with the workspace itself."""
    document = convert_pyhf_to_hs3(ws, dialect=dialect, settings=settings, **options)
    written = json.loads(json.dumps(document))
    # The evaluator and not pyhf, which rounds auxiliary counts of 1e11; the two agree elsewhere.
    likelihood = Likelihood(read_workspace(ws, settings).model)
    points = around(likelihood)
    points = likelihood.init + reach * (points - likelihood.init)
    ours = (clipped if options.get("clipped") else Likelihood.logpdf)(likelihood, points)
    usable = np.isfinite(ours)
    assert usable[0] and usable.sum() > 1, "no point to compare at"
    ours, points = ours[usable], points[usable]
    theirs = np.array(evaluate(written, likelihood.names, points.tolist()))
    gap = np.abs((theirs - theirs[0]) - (ours - ours[0]))
    assert np.all(gap <= CLOSE * (1 + np.abs(ours - ours[0])) + rounding(likelihood)), gap
    return likelihood, points


@needs_root
@pytest.mark.parametrize("ws", [every_modifier(), all_but_staterror()], ids=["all", "no-staterror"])
def test_root_reads_what_is_written_for_it(ws):
    compare(ws, "root", by_root)


@needs_root
@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize(
    "entry",
    [e for e in entries("pyhf workspace", 25_000) if "structure" in e][::4],
    ids=lambda e: e["name"],
)
def test_root_reads_real_models(entry):
    compare(load(entry), "root", by_root)


@needs_root
@pytest.mark.parametrize("code", ["code0", "code2", "code4p"])
def test_root_neither_clips_nor_interpolates_its_own_way(code):
    """Told by functions; the points have negative samples, zero errors and an empty bin."""
    codes = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": code}}
    likelihood, points = compare(steep(), "root", by_root, codes, reach=1.5)
    assert not positive(likelihood, points).all()


@needs_root
@pytest.mark.parametrize("number", [0, 2])
def test_root_reads_an_adding_factor_as_its_stand_in(number):
    """A normsys of ROOT's codes 0 and 2 is a histosys to pyhf."""
    adding = ("jes", "normsys", {"hi": 1.3, "lo": 0.9})
    factor = ("jer", "normsys", {"hi": 1.1, "lo": 0.8})
    ws = workspace([{"name": "SR", "samples": [sample("b", [20.0, 30.0], adding, factor)]}])
    document = json.loads(json.dumps(convert_pyhf_to_hs3(ws, dialect="root")))
    del document["misc"]
    document["distributions"][0]["samples"][0]["modifiers"][0]["interpolation"] = number
    likelihood = Likelihood(read_document(convert_hs3_to_demos(document)))
    points = around(likelihood, 8) * 1.5
    ours = likelihood.logpdf(points)
    theirs = np.array(by_root(document, likelihood.names, points.tolist()))
    assert np.allclose(theirs - theirs[0], ours - ours[0], rtol=0, atol=CLOSE)


@needs_root
def test_root_clips_each_sample_that_is_left_to_it():
    """Where ROOT differs from pyhf, this is all that makes it differ."""
    likelihood, points = compare(steep(), "root", by_root, reach=1.5, clipped=True)
    assert not positive(likelihood, points).all()


@needs_root
@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("is_clipped", [False, True])
@pytest.mark.parametrize("name", STEEP)
def test_root_clips_real_models_only_if_they_are_left_to_it(name, is_clipped):
    (entry,) = [e for e in entries("pyhf workspace") if e["name"] == name]
    options = {"clipped": True} if is_clipped else {}
    compare(load(entry), "root", by_root, reach=1.5, **options)


@needs_root
@pytest.mark.parametrize(("uncertainty", "reaches"), [(2e-3, False), (1e-3, True), (2e-6, True)])
def test_root_computes_constraints_as_probabilities(uncertainty, reaches):
    """Which are zero from 38.5 standard deviations on. Huge counts are channels, and are not."""
    ws = workspace(
        [{"name": "SR", "samples": [sample("b", [1e6], ("mc", "shapesys", [1e6 * uncertainty]))]}]
    )
    document = json.loads(json.dumps(convert_pyhf_to_hs3(ws, dialect="root")))
    likelihood = Likelihood(read_workspace(ws).model)
    points = [[1 + n * uncertainty] for n in (0, 30, 45)]
    ours, theirs = likelihood.logpdf(points), by_root(document, likelihood.names, points)
    assert math.isclose(theirs[1] - theirs[0], ours[1] - ours[0], abs_tol=rounding(likelihood))
    assert math.isfinite(ours[2]) and math.isfinite(theirs[2]) == reaches


def cut_off(likelihood, points):
    """Gives what ROOT's HistFactory adds: it normalises Gaussian factors on [0, 10]."""
    total = np.zeros(len(points))
    for i, (name, term) in enumerate(zip(likelihood.names, likelihood.constraints, strict=True)):
        if term and term.kind == "gauss" and name.startswith("gamma_stat"):
            inside = NormalDist(0, term.width)
            total -= [math.log(inside.cdf(10 - x) - inside.cdf(-x)) for x in points[:, i]]
    return total


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize(
    "entry",
    [e for e in entries("HS3", 400_000) if "root_nll" in e.get("reference", {})],
    ids=lambda e: e["name"],
)
def test_the_evaluator_agrees_with_the_numbers_that_root_gave(entry):
    """The numbers came from ROOT's own workspace; its export has seven digits."""
    recorded = json.loads((CORPUS / entry["points_file"]).read_text())
    source = load(entry)
    for channel in source["distributions"]:
        kinds = {m["type"] for s in channel.get("samples", ()) for m in s["modifiers"]}
        if "staterror" in kinds:
            # ROOT 6.40 writes the constraint where it does not read it.
            channel["staterror"] = {"constraint_type": "Gauss", "relThreshold": 0.0}
    likelihood = Likelihood(read_document(convert_hs3_to_demos(source)))
    points = np.array(
        [
            likelihood.point(
                {
                    n: v
                    for n, v in zip(recorded["names"], recorded[key], strict=True)
                    if n in likelihood.names
                }
            )
            for key in ("init", "B", "C")
        ]
    )
    theirs = -np.array([float(entry["reference"]["root_nll"][k]) for k in ("init", "B", "C")])
    usable = positive(likelihood, points) & np.isfinite(theirs)
    if not usable[0] or usable.sum() < 2:
        pytest.skip("negative yields, which ROOT clips")
    ours = likelihood.logpdf(points) + cut_off(likelihood, points)
    gap = np.abs((ours - ours[0]) - (theirs - theirs[0]))[usable]
    assert np.all(gap <= 1e-6), gap


@needs_pyhs3
def test_pyhs3_reads_what_is_written_for_it():
    compare(all_but_staterror(), "pyhs3", by_pyhs3)
