# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A model's certificate compares the portal's engine with pyhf."""

import copy
import json

import pytest
from demos_engine.engines import native
from demos_models.cli import STARTERS
from demos_models.registry.crosscheck import cross_check
from demos_models.registry.derive import derive


@pytest.fixture
def counting():
    return json.loads((STARTERS / "counting" / "workspace.json").read_text())


@pytest.fixture
def background():
    return json.loads((STARTERS / "two-region" / "background-only.json").read_text())


def test_both_engines_agree_on_a_starter_model(counting):
    found = cross_check(counting, {})
    assert found["agree"] is True
    assert found["likelihood"]["points"] == 5
    assert found["cls"]["demos"] == pytest.approx(found["cls"]["pyhf"], rel=1e-4)
    assert found["cls"]["demos"] == pytest.approx(0.1953, rel=1e-3)
    assert set(found["tools"]) == {"demos_engine", "pyhf"}


def test_a_background_only_model_is_compared_without_cls(background):
    found = cross_check(background, {})
    assert (found["agree"], found["cls"]) == (True, None)


def test_an_engine_that_reads_another_model_does_not_agree(counting, monkeypatch):
    true = native.Native.load

    def false(self, workspace, setup):
        model = true(self, workspace, setup).model
        return native.NativeModel(model.with_data(model.data * 1.0001), workspace, setup)

    monkeypatch.setattr(native.Native, "load", false)
    found = cross_check(counting, {})
    assert found["agree"] is False
    assert found["likelihood"]["max_relative_difference"] > 1e-8


def test_a_model_that_pyhf_refuses_is_not_judged(counting):
    broken = copy.deepcopy(counting)
    broken["channels"][0]["samples"][0]["data"].append(1.0)
    found = cross_check(broken, {})
    assert found["agree"] is None
    assert found["message"]


def test_the_certificate_holds_the_comparison(counting):
    ((_, _, report),) = derive(counting, "pyhf", "0" * 64, ["certificate"])
    assert report["verdict"] == "equivalent"
    assert report["engines"]["agree"] is True
