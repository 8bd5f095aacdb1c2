# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Combinations, against pyhf's Workspace.combine and a calculation by hand."""

import copy

import numpy as np
import pyhf
import pytest
from demos_engine import Model, ModelError, combine

from .test_likelihood import reference


def workspace(channel, counts, signal, background, parameters=()):
    return {
        "channels": [
            {
                "name": channel,
                "samples": [
                    {
                        "name": "sig",
                        "data": signal,
                        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                    },
                    {
                        "name": "bkg",
                        "data": background,
                        "modifiers": [
                            {"name": "jes", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}},
                        ],
                    },
                ],
            }
        ],
        "observations": [{"name": channel, "data": counts}],
        "measurements": [
            {"name": "m", "config": {"poi": "mu", "parameters": list(parameters)}},
        ],
        "version": "1.0.0",
    }


FIRST = workspace("A", [55.0, 62.0], [5.0, 8.0], [50.0, 55.0])
SECOND = workspace("B", [30.0], [4.0], [24.0])


def test_by_name_is_pyhf_s_combination():
    whole = pyhf.Workspace.combine(pyhf.Workspace(FIRST), pyhf.Workspace(SECOND), join="outer")
    pdf, data = reference(dict(whole))
    found = combine([Model.load(FIRST), Model.load(SECOND)])
    assert found.parameter_names == tuple(pdf.config.par_names)
    point = [0.7, 0.3] if found.parameter_names[0] == "mu" else [0.3, 0.7]
    assert found.logpdf(point) == pytest.approx(float(pdf.logpdf(point, data)[0]), rel=1e-12)
    observed = float(pyhf.infer.hypotest(1.0, data, pdf, test_stat="qtilde"))
    assert found.cls(1.0).CLs_obs == pytest.approx(observed, rel=1e-4)


def test_apart_the_likelihoods_multiply():
    first, second = Model.load(FIRST), Model.load(SECOND)
    found = combine([first, second], correlate="none")
    assert set(found.parameter_names) == {"mu", "jes_0", "jes_1"}
    values = {"mu": 0.7, "jes_0": 0.3, "jes_1": -0.5}
    alone = first.logpdf([{"mu": 0.7, "jes": 0.3}[n] for n in first.parameter_names])
    alone += second.logpdf([{"mu": 0.7, "jes": -0.5}[n] for n in second.parameter_names])
    whole = found.logpdf([values[n] for n in found.parameter_names])
    assert whole == pytest.approx(alone, rel=1e-12)


def test_a_shared_constraint_counts_once():
    """By hand: the product of both less one standard normal density."""
    first, second = Model.load(FIRST), Model.load(SECOND)
    found = combine([first, second], correlate={"jes": [(0, "jes"), (1, "jes")]})
    values = {"mu": 0.7, "jes": 0.3}
    alone = sum(m.logpdf([values[n] for n in m.parameter_names]) for m in (first, second))
    constraint = -0.5 * 0.3**2 - 0.5 * np.log(2 * np.pi)
    whole = found.logpdf([values[n] for n in found.parameter_names])
    assert whole == pytest.approx(alone - constraint, rel=1e-12)


def test_the_data_of_a_model_go_with_it():
    other = Model.load(FIRST).with_data([70.0, 80.0, 0.0])
    found = combine([other, Model.load(SECOND)])
    assert found.data_of("A") == [70.0, 80.0] and found.data_of("B") == [30.0]


def test_models_of_other_interpolation_are_refused_and_codes_are_kept():
    codes = {"normsys": "code1"}
    first, second = Model.load(FIRST, **codes), Model.load(SECOND)
    with pytest.raises(ModelError, match=r"cannot_convert.*interpolated"):
        combine([first, second])
    found = combine([first, Model.load(SECOND, **codes)], correlate="none")
    assert found.interpolation == {"normsys": "code1", "histosys": "code4p"}
    point = {"mu": 0.5, "jes_0": 0.8, "jes_1": 0.0}
    alone = first.expected_data([{"mu": 0.5, "jes": 0.8}[n] for n in first.parameter_names])
    whole = found.expected_data([point[n] for n in found.parameter_names])
    assert whole[:2] == pytest.approx(alone[:2], rel=1e-12)


def form(channel, counts, background):
    """The engine's own form of one channel whose background has a factor per bin."""
    gammas = [f"gamma[{i}]" for i in range(len(counts))]
    constraint = {"type": "gauss", "centre": 1.0, "width": 0.1}
    per_bin = [
        {"name": g, "init": 1.0, "bounds": [0.0, 10.0], "constraint": constraint} for g in gammas
    ]
    signal = [{"name": "mu", "type": "normfactor", "parameters": ["mu"]}]
    stat = [{"name": "stat", "type": "staterror", "parameters": gammas}]
    mu = {"name": "mu", "init": 1.0, "bounds": [0.0, 10.0]}
    return {
        "format": "demos-histfactory/1",
        "channels": [
            {
                "name": channel,
                "samples": [
                    {"name": "sig", "data": [2.0] * len(counts), "modifiers": signal},
                    {"name": "bkg", "data": background, "modifiers": stat},
                ],
            }
        ],
        "observations": [{"name": channel, "data": counts}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": [mu, *per_bin]}}],
    }


def test_models_in_the_engine_s_own_form_are_combined():
    first = Model.load(form("A", [12.0, 9.0], [10.0, 8.0]))
    second = Model.load(form("B", [21.0], [20.0]))
    found = combine([first, second], correlate="none")
    assert set(found.parameter_names) == {"mu", "gamma_0[0]", "gamma_0[1]", "gamma_1[0]"}
    values = {"mu": 0.7, "gamma_0[0]": 1.1, "gamma_0[1]": 0.9, "gamma_1[0]": 1.05}
    alone = sum(
        m.logpdf([values[n.replace("gamma", f"gamma_{i}")] for n in m.parameter_names])
        for i, m in enumerate((first, second))
    )
    whole = found.logpdf([values[n] for n in found.parameter_names])
    assert whole == pytest.approx(alone, rel=1e-12)
    with pytest.raises(ModelError, match="unsupported_format"):
        combine([first, Model.load(SECOND)])


def test_channels_of_one_name_are_refused_or_renamed():
    models = [Model.load(FIRST), Model.load(FIRST)]
    with pytest.raises(ModelError, match=r"duplicate_name.*'A'"):
        combine(models)
    found = combine(models, channels="rename")
    assert list(found.channels) == ["A", "A_1"]


def test_another_name_of_the_parameter_of_interest_is_the_same_parameter():
    renamed = copy.deepcopy(SECOND)
    renamed["channels"][0]["samples"][0]["modifiers"][0]["name"] = "strength"
    renamed["measurements"][0]["config"]["poi"] = "strength"
    found = combine([Model.load(FIRST), Model.load(renamed)])
    assert found.poi == "mu" and "strength" not in found.parameter_names


def test_shared_parameters_with_other_settings_are_refused():
    bounds = [[{"name": "mu", "bounds": [[0.0, high]]}] for high in (10.0, 20.0)]
    models = [
        Model.load(workspace(name, [30.0], [4.0], [24.0], parameters))
        for name, parameters in zip("AB", bounds, strict=True)
    ]
    with pytest.raises(ModelError, match=r"incompatible_parameter_reuse.*bounds.*'mu'"):
        combine(models)


def test_a_mapping_names_what_is_there():
    with pytest.raises(ModelError, match="no parameter 'jer'"):
        combine([Model.load(FIRST), Model.load(SECOND)], correlate={"x": [(0, "jer")]})
