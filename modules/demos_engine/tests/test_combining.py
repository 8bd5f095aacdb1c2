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
