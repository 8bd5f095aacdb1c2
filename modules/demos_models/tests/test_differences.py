# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What changed between versions is said in words."""

from demos_models.pages.differences import differences
from flask_babel import force_locale


def channel(name, bins=2, samples=("signal", "background")):
    return {"name": name, "bins": bins, "samples": list(samples)}


def test_what_is_new_gone_and_different_is_named(app):
    before = {
        "channels": [channel("SR", bins=2), channel("CR"), channel("VR")],
        "parameters": [{"name": "mu"}, {"name": "jes"}],
    }
    after = {
        "channels": [channel("SR", bins=3), channel("CR", samples=["background"]), channel("SR2")],
        "parameters": [{"name": "mu"}, {"name": "jer"}],
    }
    with app.test_request_context(), force_locale("en"):
        assert differences(before, after) == [
            "new channels: SR2",
            "channels left out: VR",
            "other binning: SR",
            "other samples in CR",
            "new parameters: jer",
            "parameters left out: jes",
        ]
        assert differences(after, after) == []
        many = {"channels": [channel(f"SR{i}") for i in range(9)]}
        (sentence,) = differences({"channels": []}, many)
        assert sentence == "new channels: SR0, SR1, SR2, SR3, SR4 and 4 more"
