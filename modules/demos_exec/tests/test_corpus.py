# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Published models as they are: each request has a finite answer or a named outcome."""

import json
import math
from uuid import uuid4

import pytest

MODELS = [
    "atlas_susy_2Ljets_2022__ewk_int_bkg",
    "atlas_susy_2Ljets_2022__ewk_llbb_bkg",
    "atlas_susy_2Ljets_2022__str_src_12_31_bkg",
    "atlas_susy_2Ljets_2022__str_srzlow_bkg",
    "atlaspyhftutorial_example",
    "atlaspyhftutorial_full",
    "belle2tut_workspace",
    "belle2tut_workspace_2channel",
    "belle2tut_workspace_bf",
    "c2p_atlas_ttz_3l",
    "c2p_onebin_histosys",
    "litehf_sample_lumi",
    "litehf_single_channel_big",
    "p2c_bottom_squarks",
    "p2c_verification",
    "pyhf_doc_2-bin_1-channel",
    "pyhf_t_test_export__workspace_no_parameter_bounds",
    "pyhf_v_xmlimport_input_bkg",
    "simplify_reference_BkgOnly",
    "ssll_SRee_SRmm_Srem_v2",
]
OURS = {"engine": "demos"}
PARAMETERS = {
    "cls": {**OURS, "test_poi": 1.0, "test_stat": "qtilde", "calculator": "asymptotic"},
    "fit": {**OURS, "correlations": False},
    "yields": OURS,
}


def numbers(value):
    """Yield every number of a result."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from numbers(one)
    elif isinstance(value, float):
        yield value


@pytest.mark.parametrize("operation", PARAMETERS)
@pytest.mark.parametrize("name", MODELS)
def test_a_published_model_is_answered(pool, corpus, name, operation):
    text = (corpus / "pyhf" / f"{name}.json").read_bytes()
    request = {
        "operation": operation,
        "inputs": {},
        "parameters": PARAMETERS[operation],
        "model": {"digest": name},
    }
    reply, result = pool.client.submit(
        str(uuid4()),
        json.dumps(request).encode(),
        {name: lambda _: text},
        limits={"wall_seconds": 120},
        lane="short",
        wait=120,
    )
    outcome = reply["outcome"]
    if outcome["status"] != "successful":
        assert outcome["reason"] == "invalid_input", outcome
        assert outcome["message"]
        return
    found = json.loads(result)
    assert all(math.isfinite(x) for x in numbers(found))
    if found["outcome"] != "ok":
        assert found["diagnostics"]["code"] and found["diagnostics"]["message"], found
        return
    expected = {e["name"]: e for e in json.loads((corpus / "manifest.json").read_text())["models"]}
    reference = expected[name]["reference"].get("CLs_obs_mu1_qtilde")
    if operation == "cls" and isinstance(reference, float):
        # The corpus' numbers were made with pyhf's own stopping rule for fits.
        assert found["CLs_obs"] == pytest.approx(reference, rel=1e-3, abs=1e-5)


def cls_of(pool, text, signal):
    request = {
        "operation": "cls",
        "inputs": {"patch": signal},
        "parameters": PARAMETERS["cls"],
        "model": {"digest": "sbottom"},
    }
    documents = {"sbottom": lambda _: text}
    asked = {"limits": {"wall_seconds": 120}, "lane": "short", "wait": 120}
    reply, result = pool.client.submit(
        str(uuid4()), json.dumps(request).encode(), documents, **asked
    )
    assert reply["outcome"]["status"] == "successful", reply["outcome"]
    return json.loads(result)["CLs_obs"]


def test_a_signal_by_its_yields_is_the_signal_by_its_patch(pool, corpus):
    text = (corpus / "pyhf/sbottom_RegionA_BkgOnly.json").read_bytes()
    channels = [c["name"] for c in json.loads(text)["channels"]]
    ops = json.loads((corpus / "patches/sbottom_A_1300_205_60.json").read_text())
    added = {channels[int(o["path"].split("/")[2])]: o["value"] for o in ops if o["op"] == "add"}
    removed = [channels[int(o["path"].split("/")[2])] for o in ops if o["op"] == "remove"]
    signal = {
        "sample": "sbottom_1300_205_60",
        "yields": {name: sample["data"] for name, sample in added.items()},
        "modifiers": {name: sample["modifiers"] for name, sample in added.items()},
        "without": removed,
    }
    by_patch = cls_of(pool, text, {"ops": ops})
    assert by_patch == pytest.approx(0.2444363575, rel=1e-4)
    assert cls_of(pool, text, signal) == pytest.approx(by_patch, rel=1e-9)
    signal["yields"][channels[0]] = [1.1 * x for x in signal["yields"][channels[0]]]
    assert cls_of(pool, text, signal) < by_patch * 0.99
