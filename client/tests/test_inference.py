# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos cls`, `limit`, `fit`, `scan`, `grid`, `yields` and `crosscheck`, as a user calls them."""

import gzip
import json
import math
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

pytest.importorskip("demos_engine")

from demos_client.commands import crosscheck, inference
from demos_engine import Model
from demos_engine.examples import two_bins

# pyhf 0.7.6 with JAX at a tolerance of 1e-12.
CLS = 0.053993925465
SIGNAL = [
    {
        "op": "replace",
        "path": "/channels/0/samples/0/data",
        "value": [10.0, 6.0],
    }
]
CLS_SIGNAL = 0.353690714144


@pytest.fixture
def workspace(tmp_path):
    path = tmp_path / "two_bins.json"
    path.write_text(json.dumps(two_bins()))
    return path


def run(name, *arguments):
    command = crosscheck.crosscheck if name == "crosscheck" else getattr(inference, name)
    return CliRunner().invoke(command, [str(a) for a in arguments])


def answer(name, *arguments):
    done = run(name, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def patchset(document):
    import hashlib

    text = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    return {
        "version": "1.0.0",
        "metadata": {
            "labels": ["mass"],
            "description": "signals",
            "references": {"hepdata": "ins1234567"},
            "digests": {"sha256": hashlib.sha256(text).hexdigest()},
        },
        "patches": [
            {"metadata": {"name": "light", "values": [100]}, "patch": []},
            {"metadata": {"name": "heavy", "values": [900]}, "patch": SIGNAL},
        ],
    }


def test_cls_of_a_file_and_of_a_compressed_one(workspace, tmp_path):
    packed = tmp_path / "packed.json"
    packed.write_bytes(gzip.compress(workspace.read_bytes()))
    for path in (workspace, packed):
        found = answer("cls", path)
        assert found["CLs_obs"] == pytest.approx(CLS, rel=1e-8)
        assert len(found["CLs_exp"]) == 5
        assert (found["engine"], found["status"]) == ("demos", "converged")


def test_several_files_give_one_line_each(workspace):
    done = run("cls", workspace, workspace, "--json", "--mu", 0.5)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["mu"] for line in lines] == [0.5, 0.5]


def test_a_signal_comes_from_a_patch_file_or_by_name(workspace, tmp_path):
    patch, patches = tmp_path / "patch.json", tmp_path / "patchset.json"
    patch.write_text(json.dumps(SIGNAL))
    patches.write_text(json.dumps(patchset(two_bins())))
    by_file = answer("cls", workspace, "--patch", patch)
    by_name = answer("cls", workspace, "--patch", "heavy", "--patchset", patches)
    assert by_file["CLs_obs"] == pytest.approx(CLS_SIGNAL, rel=1e-8)
    assert by_name["CLs_obs"] == by_file["CLs_obs"]


def test_grid_tells_every_signal(workspace, tmp_path):
    patches = tmp_path / "patchset.json"
    patches.write_text(json.dumps(patchset(two_bins())))
    found = answer("grid", workspace, "--patchset", patches)
    values = {p["name"]: p["CLs_obs"] for p in found["points"]}
    assert values == pytest.approx({"light": CLS, "heavy": CLS_SIGNAL}, rel=1e-6)


def test_limit_is_where_cls_crosses_the_level(workspace):
    found = answer("limit", workspace)
    at_limit = answer("cls", workspace, "--mu", found["observed"])
    assert at_limit["CLs_obs"] == pytest.approx(0.05, rel=1e-4)
    assert found["expected"] == sorted(found["expected"])


def test_fit_names_parameters_and_interval(workspace):
    found = answer("fit", workspace, "--interval", "mu")
    assert list(found["values"]) == ["mu", "uncorr_bkguncrt[0]", "uncorr_bkguncrt[1]"]
    interval = found["intervals"]["mu"]
    assert interval["minus"] is None  # The bound at zero comes first.
    assert interval["plus"] > 0


def test_scan_in_one_and_two_parameters(workspace):
    line = answer("scan", workspace, "--points", 5)
    assert min(line["delta_twice_nll"]) >= -1e-6
    plane = answer(
        "scan", workspace, "--points", 3, "--parameter", "mu", "--parameter", "uncorr_bkguncrt[0]"
    )
    assert [len(row) for row in plane["delta_twice_nll"]] == [3, 3, 3]


def test_yields_before_the_fit_are_the_workspace_s(workspace):
    found = answer("yields", workspace, "--stage", "prefit")
    assert found["channels"][0]["total"]["prefit"]["yields"] == [70.0, 73.0]
    assert found["channels"][0]["observed"] == [55.0, 62.0]


@pytest.mark.parametrize("command", ["cls", "limit", "fit", "scan", "significance", "yields"])
def test_both_engines_answer_alike(workspace, command):
    pytest.importorskip("pyhf")
    key = {
        "cls": lambda a: [a["CLs_obs"], *a["CLs_exp"]],
        "limit": lambda a: [a["observed"], *a["expected"]],
        "fit": lambda a: [a["twice_nll"]],
        "scan": lambda a: a["best"],
        "significance": lambda a: [a["p0"], a["Z"], a["p0_exp"], a["Z_exp"]],
        "yields": lambda a: a["channels"][0]["total"]["postfit"]["yields"],
    }[command]
    ours, theirs = (answer(command, workspace, "--engine", e) for e in ("demos", "pyhf"))
    # What pyhf's optimiser leaves.
    assert key(ours) == pytest.approx(key(theirs), rel=1e-3)


def test_crosscheck_times_both(workspace):
    pytest.importorskip("pyhf")
    found = answer("crosscheck", workspace)
    assert abs(found["difference"]) < 1e-4
    assert found["demos"]["seconds"] > 0 and found["pyhf"]["seconds"] > 0


def test_crosscheck_asks_jax_where_it_is_installed(workspace):
    pytest.importorskip("pyhf")
    pytest.importorskip("jax")
    found = answer("crosscheck", workspace)
    assert found["pyhf-jax"]["CLs_obs"] == pytest.approx(CLS, abs=1e-5)
    assert "pyhf-jax" in run("crosscheck", workspace).stdout


def test_bad_input_is_exit_1_with_the_place(workspace):
    document = two_bins()
    document["channels"][0]["samples"][1]["data"] = [50.0]
    workspace.write_text(json.dumps(document))
    done = run("cls", workspace, "--json")
    assert done.exit_code == 1
    found = {f["code"]: f["pointer"] for f in json.loads(done.stdout)["findings"]}
    assert found["length_mismatch"].startswith("/channels/0/samples/1")


def test_wrong_usage_is_exit_2(workspace):
    assert run("cls", workspace, "--patch", "heavy").exit_code == 2
    assert run("grid", workspace).exit_code == 2


def test_what_cannot_be_done_is_exit_3_with_a_reason(workspace):
    document = two_bins()
    document["measurements"][0]["config"]["poi"] = "nothing"
    workspace.write_text(json.dumps(document))
    done = run("cls", workspace, "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["status"] == "poi_undefined"
    assert "Traceback" not in done.output


WITHOUT_OPTIONS = [
    "cls",
    "limit",
    "fit",
    "scan",
    "significance",
    "gof",
    "pulls",
    "impacts",
    "yields",
]


@pytest.mark.parametrize("name", WITHOUT_OPTIONS)
def test_plain_output_is_a_table(workspace, name):
    done = run(name, workspace)
    assert done.exit_code == 0
    assert "\t" in done.stdout


def test_a_level_is_refused_by_name(workspace):
    for name in ("cls", "limit", "fit"):
        refused = run(name, workspace, "--level", "0.9")
        assert refused.exit_code == 2
        assert "--confidence-level" in refused.output


def test_the_confidence_level_is_said(workspace):
    strict, usual = (answer("limit", workspace, *o) for o in ([], ["--confidence-level", "0.9"]))
    assert (strict["confidence_level"], usual["confidence_level"]) == (0.95, 0.9)
    assert strict["observed"] > usual["observed"]


def test_parameters_are_held_and_bounded(workspace):
    held = answer("fit", workspace, "--fix", "uncorr_bkguncrt=1.1,0.9")
    assert held["values"]["uncorr_bkguncrt[1]"] == 0.9
    bounded = answer("fit", workspace, "--bounds", "mu=0.5,3")
    assert bounded["at_bounds"] == ["mu"]
    unknown = run("cls", workspace, "--fix", "none_such=1")
    assert unknown.exit_code == 1
    assert "none_such" in unknown.output
    for wrong in (["--fix", "mu"], ["--fix", "=1"], ["--bounds", "mu=1"], ["--bounds", "mu=a,b"]):
        assert run("fit", workspace, *wrong).exit_code == 2


def test_expected_results_need_no_data(workspace):
    seen = answer("cls", workspace, "--expected")
    document = two_bins()
    document["observations"] = []
    workspace.write_text(json.dumps(document))
    blind = answer("cls", workspace, "--expected")
    assert blind["CLs_exp"] == pytest.approx(seen["CLs_exp"], rel=1e-9)
    refused = run("cls", workspace)
    assert refused.exit_code == 1
    assert "--expected" in refused.output
    fitted = answer("fit", workspace, "--expected", "--mu", "0.7")
    assert fitted["values"]["mu"] == pytest.approx(0.7, abs=1e-4)


def test_discovery_is_not_called_cls(workspace):
    found = answer("significance", workspace)
    assert found["p0"] == pytest.approx(0.3019088, rel=1e-5)  # pyhf 0.7.6, hypotest with q0
    assert answer("cls", workspace, "--test-stat", "q0")["p0"] == found["p0"]
    assert "CLs" not in run("significance", workspace).output
    assert run("cls", workspace, "--test-stat", "q0", "--mu", "1").exit_code == 2


def test_the_fit_is_compared_with_the_saturated_model(workspace):
    found = answer("gof", workspace)
    # By hand: twice the best fit's excess of -ln L over the saturated model's.
    assert found["statistic"] == pytest.approx(Model.load(two_bins()).gof().statistic, rel=1e-12)
    assert found["dof"] == 1 and 0 < found["p_value"] < 1
    toys = answer("gof", workspace, "--toys", "200", "--seed", "4")
    assert (toys["calculator"], toys["n_toys"], toys["seed"]) == ("toys", 200, 4)
    assert abs(toys["p_value"] - found["p_value"]) < 5 * toys["error"] + 0.02


def test_a_contour_surrounds_the_best_fit(workspace):
    pair = ("--parameter", "mu", "--parameter", "uncorr_bkguncrt[0]")
    found = answer("contour", workspace, *pair, "--confidence-level", "0.5", "--points", "12")
    assert found["parameters"] == ["mu", "uncorr_bkguncrt[0]"] and found["levels"] == [0.5]
    (line,) = found["points"].values()
    assert len(line) == 12
    model = Model.load(two_bins())
    best = model.fit().twice_nll
    for mu, gamma in line:
        held = model.fit(fixed={"mu": mu, "uncorr_bkguncrt[0]": gamma}).twice_nll
        if 0.0 < mu < 10.0:
            assert held - best == pytest.approx(-2 * math.log(0.5), abs=1e-4)
        else:  # the line runs along the bound
            assert held - best < -2 * math.log(0.5)
    assert run("contour", workspace, "--parameter", "mu").exit_code == 2
    assert run("contour", workspace, "--parameter", "mu", "--parameter", "mu").exit_code == 2


def test_toys_are_the_same_for_the_same_seed(workspace):
    first, second = (answer("cls", workspace, "--toys", "200", "--seed", "7") for _ in range(2))
    assert first == second
    assert first["calculator"] == "toys" and first["error"] > 0
    kept = answer("toys", workspace, "--toys", "50", "--distributions")
    assert len(kept["q_signal"]) == len(kept["q_background"]) == 50


def test_a_warning_of_validation_travels_with_the_answer(workspace):
    document = two_bins()
    document["measurements"][0]["config"]["parameters"] = [{"name": "nobody", "inits": [1.0]}]
    workspace.write_text(json.dumps(document))
    (finding,) = answer("cls", workspace)["findings"]
    assert finding["code"] == "unknown_parameter"
    assert "warning" in run("cls", workspace).stderr


def test_what_validation_refuses_is_not_computed(workspace):
    document = two_bins()
    sample = document["channels"][0]["samples"][1]
    sample["modifiers"].append(sample["modifiers"][0])
    workspace.write_text(json.dumps(document))
    for name in ("cls", "limit", "fit", "scan", "yields", "significance"):
        refused = run(name, workspace, "--json")
        assert refused.exit_code == 1
        assert "duplicate_name" in [f["code"] for f in json.loads(refused.stdout)["findings"]]


def test_an_operation_of_another_package_is_a_command(tmp_path):
    (tmp_path / "toy_operation.py").write_text(TOY)
    about = tmp_path / "toy_operation-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-operation\nVersion: 1.0\n")
    entry = "[demos.operations]\nnames = toy_operation:OPERATION\n"
    (about / "entry_points.txt").write_text(entry)
    model = tmp_path / "model.json"
    model.write_text(json.dumps(two_bins()))
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "demos_client"]
    asked = {"capture_output": True, "text": True, "env": env}
    assert "count-parameters" in subprocess.run([*command, "--help"], check=True, **asked).stdout
    words = [*command, "count-parameters", str(model), "--offset", "4", "--json"]
    assert json.loads(subprocess.run(words, check=True, **asked).stdout)["count"] == 7


TOY = """
from demos_engine.operations import Operation, Parameter, Table
from demos_engine.operations.common import BOTH

OPERATION = Operation(
    name="count_parameters",
    title="Parameters",
    description="Count the parameters.",
    compute=lambda model, question: {
        "status": "converged",
        "count": len(model.parameter_names) + question.parameters["offset"],
    },
    parameters={
        "offset": Parameter({"type": "integer", "default": 0, "description": "Added."}),
        "engine": BOTH,
    },
    outputs={"count": {"type": "integer"}},
    table=lambda answer: Table(["parameters"], [[answer["count"]]]),
)
"""
