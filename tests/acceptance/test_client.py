# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The command `demos` against a portal, as its user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif("DEMOS_URL" not in os.environ, reason="no portal is running")

STARTERS = Path(__file__).parents[2] / "modules/demos_models/demos_models/starter"


@pytest.fixture(scope="module")
def demos(tmp_path_factory):
    """Run the command, signed in, with a configuration of its own."""
    home = str(tmp_path_factory.mktemp("home"))
    env = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}

    def call(*words, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "demos_client", *map(str, words)],
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    call("login", os.environ["DEMOS_URL"], "--token", os.environ["DEMOS_TOKEN"], "--insecure")
    return call


@pytest.fixture(scope="module")
def found(demos):
    """The starter models by the first words of their titles."""
    hits = [json.loads(line) for line in demos("search", "starter", "--json").splitlines()]
    return {hit["metadata"]["title"]: hit["id"] for hit in hits}


@pytest.fixture(scope="module")
def counting(found):
    return found["Starter: a counting experiment"]


@pytest.fixture(scope="module")
def two_region(found):
    return found["Starter: a search with a control region and a grid of signals"]


def test_a_model_is_downloaded_as_it_was_deposited(demos, counting, tmp_path):
    for _ in range(2):  # the second time from this machine
        demos("get", counting, "-o", tmp_path / "m.json")
        assert (tmp_path / "m.json").read_bytes() == (
            STARTERS / "counting/workspace.json"
        ).read_bytes()
    hs3 = json.loads(demos("get", counting, "--format", "hs3", "--dialect", "root"))
    assert hs3["metadata"]["hs3_version"]


@pytest.mark.parametrize(
    ("command", "keys"),
    [("cls", ("CLs_obs", "CLs_exp")), ("limit", ("observed", "expected", "confidence_level"))],
)
def test_the_portal_and_this_machine_answer_alike(demos, counting, command, keys):
    there = json.loads(demos(command, counting, "--json"))
    here = json.loads(demos(command, STARTERS / "counting/workspace.json", "--json"))
    assert {k: there[k] for k in keys} == pytest.approx(
        {k: pytest.approx(here[k], rel=1e-4) for k in keys}
    )
    assert there["status"] == here["status"] == "converged"


def test_a_model_is_named_by_its_page_too(demos, counting):
    page = f"{os.environ['DEMOS_URL']}/models/{counting}"
    assert demos("cls", page) == demos("cls", counting)


def test_a_signal_of_the_portal_is_chosen_by_name(demos, two_region):
    there = json.loads(demos("cls", two_region, "--patch", "stop_400_50", "--json"))
    folder = STARTERS / "two-region"
    patch = ("--patch", "stop_400_50", "--patchset", folder / "patchset.json")
    here = json.loads(demos("cls", folder / "background-only.json", *patch, "--json"))
    assert there["CLs_obs"] == pytest.approx(here["CLs_obs"], rel=1e-6)


def test_what_the_portal_cannot_answer_is_said(demos, two_region):
    assert "/inputs/patch" in demos("cls", two_region, code=1)
    assert "is neither a file nor a model" in demos("cls", "nothing.json", code=2)
    assert "is for files" in demos("cls", two_region, "--poi", "x", code=2)
    missing = "00000000-0000-4000-8000-000000000000"
    assert missing in demos("limit", missing, code=3)


def test_runs_are_listed_and_looked_at(demos, counting):
    started = json.loads(demos("run", counting, "fit", "--no-wait"))
    result = json.loads(demos("runs", started["id"], "--result"))
    assert result["outcome"] == "ok"
    assert started["id"] in demos("runs")
