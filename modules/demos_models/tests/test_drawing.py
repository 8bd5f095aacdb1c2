# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Figures of a model show the numbers that the engine gives, and no name in them is markup."""

import json
import os
from pathlib import Path

import pytest
from demos_models.drawing import Channel, Sample, describe, expected_events, stack_svg
from lxml import etree

CORPUS = Path(os.environ.get("DEMOS_SHARED_DATA", "/nowhere")) / "models" / "pyhf"

TWO_CHANNELS = {
    "channels": [
        {
            "name": "CR",
            "samples": [
                {
                    "name": "background",
                    "data": [100.0, 50.0],
                    "modifiers": [
                        {"name": "free", "type": "normfactor", "data": None},
                        {"name": "lumi", "type": "lumi", "data": None},
                        {"name": "stat", "type": "staterror", "data": [5.0, 0.0]},
                    ],
                }
            ],
        },
        {
            "name": "SR_1",
            "samples": [
                {
                    "name": "signal",
                    "data": [4.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {
                    "name": "background",
                    "data": [10.0],
                    "modifiers": [
                        {"name": "free", "type": "normfactor", "data": None},
                        {"name": "scale", "type": "normsys", "data": {"hi": 1.2, "lo": 0.9}},
                        {
                            "name": "shape",
                            "type": "histosys",
                            "data": {"hi_data": [12.0], "lo_data": [9.0]},
                        },
                        {"name": "count", "type": "shapesys", "data": [2.0]},
                    ],
                },
            ],
        },
    ],
    "observations": [{"name": "CR", "data": [99, 51]}, {"name": "SR_1", "data": [15]}],
    "measurements": [
        {
            "name": "m",
            "config": {
                "poi": "mu",
                "parameters": [
                    {
                        "name": "lumi",
                        "auxdata": [1.0],
                        "sigmas": [0.02],
                        "inits": [1.0],
                        "bounds": [[0.5, 1.5]],
                    },
                    {"name": "scale", "inits": [0.5]},
                    {"name": "free", "inits": [1.1]},
                ],
            },
        }
    ],
    "version": "1.0.0",
}


def assert_equals_the_engine(workspace):
    """Compare totals, uncertainties and parameters with the engine's."""
    engine = pytest.importorskip("demos_engine")
    model = engine.Model.load(workspace)
    wanted = {c.name: c for c in model.expected("prefit").channels}
    drawing = expected_events(workspace)
    for channel in drawing.channels:
        found = wanted[channel.name]
        assert channel.total == pytest.approx(found.total.tolist(), rel=1e-12, abs=1e-12)
        errors = found.total_uncertainties.tolist()
        assert channel.uncertainty == pytest.approx(errors, rel=1e-7, abs=1e-9)
    assert {p.name for p in drawing.parameters} == set(model.parameter_names)
    starts = dict(zip(model.parameter_names, model.init, strict=True))
    assert {p.name: p.init for p in drawing.parameters} == pytest.approx(starts)


def test_expected_events_and_uncertainties_are_the_engine_s():
    assert_equals_the_engine(TWO_CHANNELS)


@pytest.mark.parametrize(
    "name", ["onelbb_BkgOnly", "belle2tut_workspace_2channel", "atlas_susy_3L_2021__onshell_bkg"]
)
def test_expected_events_of_published_models_are_the_engine_s(name):
    path = CORPUS / f"{name}.json"
    if not path.exists():
        pytest.skip("the corpus is not there")
    assert_equals_the_engine(json.loads(path.read_text()))


def test_signal_regions_come_first_and_the_parameter_of_interest_leads():
    drawing = expected_events(TWO_CHANNELS)
    assert [drawing.channels[i].name for i in drawing.order] == ["SR_1", "CR"]
    assert drawing.parameters[0].name == "mu"
    assert (drawing.sample, drawing.signal) == ("signal", {"SR_1": [4.0]})


def test_a_figure_is_well_formed_whatever_names_are_and_says_what_it_shows():
    name = '"><script>alert(1)</script>&'
    channel = Channel(name, [Sample(name, [0.0, 2.0])], [0.0, 2.0], [0.0, 1.0], [0.0, 3.0])
    figure = etree.fromstring(stack_svg(channel))
    assert figure.get("aria-label") == describe(channel)
    assert not figure.findall(".//script")
    assert "nan" not in stack_svg(channel)
