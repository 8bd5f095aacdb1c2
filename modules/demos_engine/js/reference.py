# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the native engine answers, for the tests of the WebAssembly one."""

import json
import os
import sys
import time
from pathlib import Path

from demos_engine import InferenceError, Model, ModelError
from demos_engine.examples import two_bins

CORPUS = (
    "belle2tut_workspace",
    "atlaspyhftutorial_full",
    "tutorial_bkg_only",
    "atlas_susy_2Ljets_2022__ewk_llbb_bkg",
    "c2p_atlas_ttz_3l",
    "sbottom_RegionA_BkgOnly",
    "onelbb_BkgOnly",
)
SEED_PATCH = "C1N2_Wh_hbb_900_300"


def answers(model):
    """CLs, fit, yields, and the CPU time of one test in milliseconds (least of 10)."""
    fit = model.fit()
    expected = model.expected(parameters=model.init)
    found = {
        "twice_nll": fit.twice_nll,
        "parameters": fit.parameters.tolist(),
        "init": model.init.tolist(),
        "totals": [channel.total.tolist() for channel in expected.channels],
        "CLs": None,
    }
    try:
        test = model.cls()
    except InferenceError as error:
        return {**found, "code": error.code}
    times = []
    for _ in range(10):
        began = time.process_time()
        model.cls()
        times.append(time.process_time() - began)
    return {**found, "CLs": [test.CLs_obs, *test.CLs_exp], "milliseconds": 1e3 * min(times)}


ODD_NUMBERS = (
    *("0.1", "1e-5", "12345678901234567", "0.30000000000000004", "1.7976931348623157e308"),
    *("9007199254740993", "123456789012345678901234567890", "5e-324", "2.2250738585072014e-308"),
    *("0.000123456789012345678", "1e23", "8.5e+22", "4.35E0", "1000000000000000128"),
)
"""Texts whose nearest double is hard to find, or has many digits."""


def digits():
    """A workspace whose counts are odd numbers, and what the native engine reads."""
    document = two_bins()
    size = len(ODD_NUMBERS)
    samples = document["channels"][0]["samples"]
    for sample in samples:
        sample["data"] = [1.0] * size
    samples[1]["modifiers"][0]["data"] = [0.5] * size
    document["observations"][0]["data"] = ["@"]
    text = json.dumps(document).replace('"@"', ", ".join(ODD_NUMBERS))
    return {"text": text, "observed": Model.load(text).data[:size].tolist()}


def refusals():
    """Documents that are refused, with what the native engine says."""
    text = json.dumps(two_bins())
    name = json.dumps(two_bins()["channels"][0]["name"])
    bounds = [{"name": "mu", "bounds": [[1e22, 1.5e-7]], "inits": [1.0]}]
    config = json.dumps(two_bins()["measurements"][0]["config"]["parameters"])
    texts = [
        "{",
        "[" * 100,
        '{"channels": NaN}',
        '{"channels": []}',
        '{"a": 1, "a": 2}',
        '{"a": 1e400}',
        '{"\\ud800": 1}',
        text[:-1],
        text.replace(name, '"other"', 1),
        text.replace(name, '"a\\u0001\\"~/é"', 1),
        text.replace("normfactor", "normfactors", 1),
        text.replace("1.0.0", "2.0.0"),
        text.replace(config, json.dumps(bounds)),
    ]
    found = []
    for refused in texts:
        try:
            Model.load(refused)
        except ModelError as error:
            said = {"code": error.code, "pointer": error.pointer, "message": error.message}
            found.append({"text": refused, **said})
    assert len(found) == len(texts)
    return found


def main():
    """Write the answers for the built-in example and, where it is there, the corpus."""
    document = json.dumps(two_bins())
    models = [{"name": "two_bins", "text": document, **answers(Model.load(document))}]
    data = Path(os.environ.get("DEMOS_SHARED_DATA", "../../../shared/data")).resolve() / "models"
    for name in CORPUS:
        path = data / "pyhf" / f"{name}.json"
        if path.exists():
            models.append(
                {"name": name, "path": str(path), **answers(Model.load(path.read_bytes()))}
            )
    patches = data / "patches" / "onelbb_patchset_10_of_125.json"
    if patches.exists():
        path = data / "pyhf" / "onelbb_BkgOnly.json"
        found = {
            p["metadata"]["name"]: p["patch"] for p in json.loads(patches.read_text())["patches"]
        }
        patch = found[SEED_PATCH]
        model = Model.load(path.read_bytes(), patch=patch)
        models.append({"name": SEED_PATCH, "path": str(path), "patch": patch, **answers(model)})
    answered = {"models": models, "digits": digits(), "refusals": refusals()}
    json.dump(answered, sys.stdout)


if __name__ == "__main__":
    main()
