# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the native engine answers, for the tests of the WebAssembly one."""

import json
import os
import sys
import time
from pathlib import Path

from demos_engine import InferenceError, Model
from demos_engine.examples import two_bins

CORPUS = (
    "belle2tut_workspace",
    "atlaspyhftutorial_full",
    "tutorial_bkg_only",
    "atlas_susy_2Ljets_2022__ewk_llbb_bkg",
    "sbottom_RegionA_BkgOnly",
    "onelbb_BkgOnly",
)
SEED_PATCH = "C1N2_Wh_hbb_900_300"


def answers(model):
    """CLs, fit, yields, and the CPU time of one test in milliseconds (least of 10)."""
    fit = model.fit()
    expected = model.expected(parameters=model.init)
    found = {
        "twiceNll": fit.twice_nll,
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
    json.dump(models, sys.stdout)


if __name__ == "__main__":
    main()
