# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The evaluator against pyhf and against closed forms."""

import math
import zlib

import numpy as np
import pyhf
import pytest
from demos_formats.convert import convert_hs3_to_demos
from demos_formats.demos.read import read_document
from demos_formats.evaluate import Likelihood
from demos_formats.evaluate.interpolation import code2, code4
from demos_formats.evaluate.likelihood import poisson
from demos_formats.histfactory.from_pyhf import read_workspace
from models import entries, every_modifier, load, needs_corpus

SETTINGS = [("code4", "code4p"), ("code1", "code0"), ("code1", "code2")]


@pytest.mark.parametrize("codes", SETTINGS)
def test_log_likelihood_differences_are_pyhfs(codes):
    settings = {"normsys": {"interpcode": codes[0]}, "histosys": {"interpcode": codes[1]}}
    ws = every_modifier()
    read = read_workspace(ws, settings)
    likelihood = Likelihood(read.model)
    order = [likelihood.names.index(n.hs3) for n in read.names]
    model = pyhf.Workspace(ws).model(modifier_settings=settings)
    data = pyhf.Workspace(ws).data(model)
    init = np.array(model.config.suggested_init())
    free = ~np.array(model.config.suggested_fixed())
    # pyhf's code2 has a step at one standard deviation.
    reach = 0.9 if "code2" in codes else 2.5
    random = np.random.default_rng(1)
    steps = [
        random.uniform(-1, 1, len(init)) * np.where(init == 0, reach, 0.3) * free for _ in range(20)
    ]
    theirs = np.array([init, *(init + s for s in steps)])
    ours = np.empty_like(theirs)
    ours[:, order] = theirs
    want = np.array([model.logpdf(p, data)[0] for p in theirs])
    got = likelihood.logpdf(ours)
    assert np.max(np.abs((got - got[0]) - (want - want[0]))) < 1e-10
    yields = np.concatenate(
        [likelihood.expected(ours)[likelihood.channels.index(c)] for c in model.config.channels],
        axis=1,
    )
    assert np.allclose(yields, [model.expected_actualdata(p) for p in theirs], rtol=1e-13)


def test_poisson_keeps_its_precision_for_huge_counts():
    n = 1.9e11
    shift = 1e-6
    values = poisson(np.array([n]), np.array([[n], [n * (1 + shift)]]))[:, 0]
    exact = n * (math.log1p(shift) - shift)
    assert values[1] - values[0] == pytest.approx(exact, rel=1e-9)


def test_poisson_normalises():
    counts = np.arange(0.0, 60.0)
    assert np.exp(poisson(counts, np.full((1, 60), 12.5))).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("at", [-1.0, 1.0])
@pytest.mark.parametrize(("code", "shape"), [(code2, ([[3.0]], [[1.0]])), (code4, ([1.2], [0.7]))])
def test_interpolations_join_where_they_change(code, shape, at):
    up, down = (np.array(v) for v in shape)
    left, here, right = (
        float(code(np.array([[at + d]]), up, down).squeeze()) for d in (-1e-6, 0, 1e-6)
    )
    assert here - left == pytest.approx(right - here, rel=1e-4)


def test_lognormal_constraint():
    document = {
        "metadata": {"hs3_version": "0.2"},
        "distributions": [
            {
                "name": "model_SR",
                "type": "histfactory_dist",
                "axes": [{"name": "x", "min": 0, "max": 1, "nbins": 1}],
                "samples": [
                    {
                        "name": "s",
                        "data": {"contents": [5.0]},
                        "modifiers": [{"name": "k", "type": "normfactor", "parameter": "k"}],
                    }
                ],
            },
            {"name": "c", "type": "lognormal_dist", "x": 1.5, "mu": "k", "sigma": 0.2},
        ],
        "data": [
            {
                "name": "d",
                "type": "binned",
                "contents": [5],
                "axes": [{"name": "x", "min": 0, "max": 1, "nbins": 1}],
            }
        ],
        "likelihoods": [
            {"name": "L", "distributions": ["model_SR"], "data": ["d"], "aux_distributions": ["c"]}
        ],
    }
    likelihood = Likelihood(read_document(convert_hs3_to_demos(document)))
    got = likelihood.constraint_logpdf([[1.2]])[0]
    want = -0.5 * ((math.log(1.5) - 1.2) / 0.2) ** 2 - math.log(1.5 * 0.2 * math.sqrt(2 * math.pi))
    assert got == pytest.approx(want, rel=1e-12)


def corpus_point(names, values, spread_alpha, spread):
    """The corpus' reproducible point B or C; ``values`` are (init, bounds, fixed, alpha)."""
    out = []
    for (name, j), (init, lower, upper, fixed, alpha) in zip(names, values, strict=True):
        u = (zlib.crc32(f"{name}[{j}]".encode()) % 1000) / 999 * 2 - 1
        moved = spread_alpha * u if alpha else init * (1 + spread * u)
        out.append(init if fixed else min(max(moved, lower), upper))
    return out


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize(
    "entry",
    [e for e in entries("pyhf workspace", 120_000) if "structure" in e],
    ids=lambda e: e["name"],
)
def test_corpus_reference_numbers(entry):
    read = read_workspace(load(entry))
    parameters = read.model.parameters
    names = [(n.pyhf, n.index) for n in read.names]
    values = []
    for n in read.names:
        p = parameters[n.hs3]
        alpha = p.constraint is not None and p.constraint.kind == "gauss" and p.init == 0.0
        values.append((p.init, p.lower, p.upper, p.fixed, alpha))
    likelihood = Likelihood(read.model)
    order = [likelihood.names.index(n.hs3) for n in read.names]
    points = np.empty((3, len(order)))
    for i, spreads in enumerate([(0, 0), (1.5, 0.05), (0.4, 0.02)]):
        at = corpus_point(names, values, *spreads) if i else [v[0] for v in values]
        points[i, order] = at
    got = likelihood.logpdf(points)
    reference = entry["reference"]["code4_code4p"]
    want = np.array([float(reference[k]) for k in ("logpdf_init", "logpdf_B", "logpdf_C")])
    assert np.array_equal(np.isnan(got), np.isnan(want))
    # The numbers of these two were computed with auxiliary counts of 1e11, rounded to 1e-3.
    allowed = 2e-3 if "3LRJmimic" in entry["name"] else 1e-9
    gap = np.abs((got - got[0]) - (want - want[0]))[np.isfinite(want)]
    assert np.all(gap <= allowed * np.maximum(1, np.abs(want[np.isfinite(want)])))


@pytest.mark.parametrize("observed", [5e-324, 1e-300, 0.25, 1.0, 1.5, 1e3, 1e5])
def test_poisson_of_any_count(observed):
    expected = 3.5
    wanted = observed * math.log(expected) - expected - math.lgamma(observed + 1)
    (found,) = poisson(np.array([observed]), np.array([[expected]]))[0]
    assert found == pytest.approx(wanted, rel=1e-10)
