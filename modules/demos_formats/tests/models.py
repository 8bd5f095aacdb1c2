# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Small models for tests, and the corpus of real ones where it is present."""

import json
import math
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("DEMOS_SHARED_DATA", ROOT.parent / "shared" / "data")) / "models"
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "manifest.json").exists(), reason="the corpus of real models is not here"
)
LUMI = {"name": "lumi", "inits": [1.0], "bounds": [[0.5, 1.5]], "auxdata": [1.0], "sigmas": [0.02]}


def entries(kind, most=math.inf):
    """Gives the corpus' models of a format up to a size in bytes."""
    if not (CORPUS / "manifest.json").exists():
        return []
    manifest = json.loads((CORPUS / "manifest.json").read_text())
    return [
        e
        for e in manifest["models"]
        if e["format"].startswith(kind) and e["bytes"] <= most and "schema_invalid" not in e
    ]


def load(entry):
    """Reads a model of the corpus."""
    return json.loads((CORPUS / entry["file"]).read_text())


def workspace(channels, parameters=(), poi="mu", data=None):
    """Makes a workspace whose data are the sums of its samples, plus one."""
    observed = data or {
        c["name"]: [sum(v) + 1.0 for v in zip(*(s["data"] for s in c["samples"]), strict=True)]
        for c in channels
    }
    return {
        "channels": channels,
        "observations": [{"name": n, "data": d} for n, d in observed.items()],
        "measurements": [{"name": "meas", "config": {"poi": poi, "parameters": list(parameters)}}],
        "version": "1.0.0",
    }


def sample(name, data, *modifiers):
    """Makes a sample of (name, type, data) modifiers."""
    return {
        "name": name,
        "data": data,
        "modifiers": [{"name": n, "type": t, "data": d} for n, t, d in modifiers],
    }


def every_modifier():
    """Makes a workspace with all seven modifier types, shared parameters and zero bins."""
    histosys = {"hi_data": [11, 22.5], "lo_data": [9.5, 17]}
    signal = sample(
        "signal",
        [5, 3.0],
        ("mu", "normfactor", None),
        ("lumi", "lumi", None),
        ("jes", "normsys", {"hi": 1.1, "lo": 0.92}),
    )
    background = sample(
        "background",
        [10, 20.0],
        ("jes", "histosys", histosys),
        ("pdf", "normsys", {"hi": 1.05, "lo": 0.9}),
        ("stat_SR", "staterror", [1.5, 0.0]),
        ("closure", "shapesys", [0.7, 0]),
    )
    second = sample("other", [3, 4], ("stat_SR", "staterror", [0.5, 0.0]), ("lumi", "lumi", None))
    control = sample(
        "background", [100], ("shape", "shapefactor", None), ("stat_CR", "staterror", [6])
    )
    return workspace(
        [
            {"name": "SR", "samples": [signal, background, second]},
            {"name": "CR", "samples": [control]},
        ],
        [
            LUMI,
            {"name": "pdf", "bounds": [[-4, 4]], "inits": [0.5]},
            {"name": "shape", "fixed": True},
        ],
    )


def steep():
    """Makes a workspace whose templates become negative, with an empty bin and zero errors."""
    jes = {"hi_data": [9.0, 1.5, 0.4], "lo_data": [0.2, 6.5, 0.1]}
    jer = {"hi_data": [8.0, 3.5, 0.2], "lo_data": [0.5, 2.0, 0.0]}
    signal = sample(
        "signal",
        [5.0, 3.0, 0.0],
        ("mu", "normfactor", None),
        ("jes", "histosys", jes),
        ("jes", "normsys", {"hi": 1.1, "lo": 0.8}),
        ("jer", "histosys", jer),
        ("stat", "staterror", [0.5, 0.4, 0.1]),
    )
    background = sample(
        "background",
        [20.0, 30.0, 10.0],
        ("jes", "normsys", {"hi": 1.1, "lo": 0.8}),
        ("jer", "normsys", {"hi": 40.0, "lo": 0.01}),
        ("stat", "staterror", [0.0, 0.0, 0.0]),
    )
    fakes = sample("fakes", [50.0, 60.0, 30.0])
    return workspace([{"name": "SR", "samples": [signal, background, fakes]}])


def two_staterrors(same_sample):
    """Makes a channel with two sets of statistical factors."""
    a = ("a", "staterror", [1.0, 2.0])
    b = ("b", "staterror", [0.5, 0.25])
    first = sample("one", [10.0, 20.0], a, *([b] if same_sample else []))
    second = sample("two", [5.0, 6.0], b, ("mu", "normfactor", None))
    return workspace([{"name": "SR", "samples": [first, second]}])
