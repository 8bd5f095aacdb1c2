# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The worker's program on documents that are no pyhf workspaces."""

import json

import pytest
from demos_engine.examples import two_bins
from demos_exec.worker.errors import RunFailure
from demos_exec.worker.library import Library, MissingDocuments
from demos_exec.worker.program import answer, run
from demos_formats import convert_pyhf_to_demos
from demos_formats.inference import prepare

SETTINGS = {"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code0"}}


def tilted():
    """Return pyhf's two-bin example with a background that normsys and histosys move."""
    document = two_bins()
    document["channels"][0]["samples"][1]["modifiers"] += [
        {"name": "scale", "type": "normsys", "data": {"hi": 1.3, "lo": 0.8}},
        {
            "name": "tilt",
            "type": "histosys",
            "data": {"hi_data": [58.0, 66.0], "lo_data": [47.0, 55.0]},
        },
    ]
    return document


@pytest.fixture
def library():
    """Hold the engine's form of a document with other codes, and its workspace with settings."""
    demos = convert_pyhf_to_demos(tilted(), settings=SETTINGS)
    prepared = prepare(demos)
    workspace, settings = prepared.pyhf()
    held = Library()
    held.add("form", json.dumps(prepared.document).encode())
    held.add("workspace", json.dumps(workspace).encode())
    held.add("settings", json.dumps(settings).encode())
    return held


def ask(library, *, form=True, operation="cls", inputs=None, **parameters):
    about = (
        {"model": {"digest": "form"}}
        if form
        else {"model": {"digest": "workspace"}, "settings": {"digest": "settings"}}
    )
    request = {"operation": operation, "inputs": inputs or {}, "parameters": parameters}
    return run(library, {**request, **about}, lambda fraction: None)


def test_the_codes_of_a_document_reach_both_engines(library):
    ours = ask(library)["CLs_obs"]
    assert ask(library, form=False)["CLs_obs"] == pytest.approx(ours, rel=1e-9)
    theirs = ask(library, form=False, engine="pyhf")["CLs_obs"]
    assert theirs == pytest.approx(ours, rel=1e-3)
    default = Library()
    default.add("form", json.dumps(tilted()).encode())
    assert ask(default)["CLs_obs"] != pytest.approx(ours, rel=1e-3)


@pytest.mark.parametrize("inputs", [{}, {"fixed": {"scale": 0.5}}, {"bounds": {"mu": [0, 5]}}])
def test_yields_mean_the_same_in_both_documents(library, inputs):
    signal = {"yields": {"singlechannel": [10.0, 6.0]}, "sample": "signal"}
    asked = {**inputs, "patch": signal}
    form = ask(library, inputs=asked)["CLs_obs"]
    assert ask(library, form=False, inputs=asked)["CLs_obs"] == pytest.approx(form, rel=1e-9)


def test_a_replaced_sample_keeps_its_relative_uncertainties(library):
    """Half the background has half the absolute uncertainties."""
    halved = tilted()
    sample = halved["channels"][0]["samples"][1]
    sample["data"] = [25.0, 31.5]
    sample["modifiers"][0]["data"] = [2.5, 6.0]
    sample["modifiers"][2]["data"] = {"hi_data": [29.0, 33.0], "lo_data": [23.5, 27.5]}
    library.add("halved", json.dumps(halved).encode())
    request = {
        "operation": "fit",
        "model": {"digest": "halved"},
        "settings": {"digest": "settings"},
    }
    wanted = run(library, request, lambda fraction: None)["values"]
    signal = {"yields": {"singlechannel": [25.0, 31.5]}, "sample": "background"}
    for form in (True, False):
        found = ask(library, form=form, operation="fit", inputs={"patch": signal})["values"]
        assert found == pytest.approx(wanted, rel=1e-5)


def test_warnings_about_a_model_stand_in_its_results(library):
    warning = {"code": "empty_bin_with_data", "severity": "warning", "pointer": "/channels/0"}
    request = {
        "operation": "fit",
        "inputs": {},
        "parameters": {},
        "model": {"digest": "form"},
        "findings": [warning],
    }
    outcome, text = answer(library, request, lambda fraction: None)
    assert outcome["status"] == "successful"
    assert json.loads(text)["findings"] == [warning]
    assert ask(library)["findings"] == []


def test_a_document_that_is_not_held_is_asked_for(library):
    request = {"operation": "fit", "model": {"digest": "form"}, "settings": {"digest": "none"}}
    with pytest.raises(MissingDocuments) as missing:
        run(library, request, lambda fraction: None)
    assert missing.value.digests == ["none"]


def test_pyhf_does_not_load_the_engine_s_own_form(library):
    with pytest.raises(RunFailure, match="only the engine demos"):
        ask(library, engine="pyhf")
