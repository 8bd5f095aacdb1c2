# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos combine`, as a user calls it."""

import copy
import json

import pytest
from click.testing import CliRunner

pytest.importorskip("demos_engine")

from demos_client.commands.combine import combine
from demos_engine import Model
from demos_engine.examples import two_bins
from demos_formats import convert_demos_to_hs3, convert_pyhf_to_demos
from demos_formats.inference import prepare


def renamed(channel):
    document = copy.deepcopy(two_bins())
    document["channels"][0]["name"] = document["observations"][0]["name"] = channel
    return document


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("A", "B"):
        (tmp_path / f"{name}.json").write_text(json.dumps(renamed(name)))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(combine, list(arguments))


def test_a_combination_is_a_workspace_of_both_channels(folder):
    done = run("A.json", "B.json", "--correlate", "none", "-o", "whole.json", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["channels"] == ["A", "B"]
    whole = Model.load((folder / "whole.json").read_bytes())
    assert whole.poi == "mu" and whole.n_bins == 4
    # Two independent observations of the same rates: their likelihoods multiply.
    alone = Model.load(two_bins())
    rise = [m.fit(fixed={"mu": 1.0}).twice_nll - m.fit().twice_nll for m in (whole, alone)]
    assert rise[0] == pytest.approx(2 * rise[1], rel=1e-5)


def test_what_cannot_be_combined_is_said(folder):
    same = run("A.json", "A.json")
    assert same.exit_code == 1 and "duplicate_name" in same.output
    assert run("A.json").exit_code == 2
    assert run("A.json", "B.json", "--correlate", "nobody.json").exit_code == 2
    wrong = folder / "map.json"
    wrong.write_text(json.dumps({"x": [[0, "nothing"]]}))
    named = run("A.json", "B.json", "--correlate", "map.json")
    assert named.exit_code == 1 and "nothing" in named.output


def test_other_interpolation_is_written_where_it_can_be_said(folder):
    settings = {"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code0"}}
    for name in ("A", "B"):
        document = renamed(name)
        scale = {"name": "scale", "type": "normsys", "data": {"hi": 1.2, "lo": 0.9}}
        document["channels"][0]["samples"][1]["modifiers"].append(scale)
        hs3 = convert_demos_to_hs3(convert_pyhf_to_demos(document, settings=settings))
        (folder / f"{name}.hs3.json").write_text(json.dumps(hs3))
    mixed = run("A.hs3.json", "B.json")
    assert mixed.exit_code == 3 and "interpolation" in mixed.output
    done = run("A.hs3.json", "B.hs3.json", "--correlate", "none", "-o", "whole.json")
    assert done.exit_code == 0, done.output
    made = prepare(folder / "whole.json")
    assert made.pyhf()[1] == settings
