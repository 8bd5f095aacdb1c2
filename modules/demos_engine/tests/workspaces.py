# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Random workspaces of all modifier types."""

from hypothesis import strategies as st

NAMES = ("alpha", "beta", "gamma", "delta")


def numbers(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 6))


def bins(size, low, high):
    return st.lists(numbers(low, high), min_size=size, max_size=size)


@st.composite
def modifiers(draw, channel, sample, nominal):
    """Modifiers of one sample; per-bin ones are named so that sharing stays legal."""
    size = len(nominal)
    found = []
    for name in draw(st.sets(st.sampled_from(NAMES), max_size=3)):
        kind = draw(st.sampled_from(["normsys", "histosys", "both"]))
        if kind != "histosys":
            data = {"hi": draw(numbers(0.7, 1.4)), "lo": draw(numbers(0.7, 1.4))}
            found.append({"name": name, "type": "normsys", "data": data})
        if kind != "normsys":
            shift = [draw(bins(size, -0.25, 0.25)) for _ in range(2)]
            high, low = ([n * (1 + s) for n, s in zip(nominal, row, strict=True)] for row in shift)
            data = {"hi_data": high, "lo_data": low}
            found.append({"name": name, "type": "histosys", "data": data})
    if draw(st.booleans()):
        found.append({"name": "lumi", "type": "lumi", "data": None})
    if draw(st.integers(0, 3)) == 0:
        found.append({"name": "norm", "type": "normfactor", "data": None})
    if draw(st.integers(0, 2)) == 0:
        errors = [n * x for n, x in zip(nominal, draw(bins(size, 0.02, 0.3)), strict=True)]
        masked = draw(st.integers(0, 2 * size))
        errors = [0.0 if i == masked else e for i, e in enumerate(errors)]
        name = f"shape_{channel}_{sample}"
        found.append({"name": name, "type": "shapesys", "data": errors})
    if draw(st.integers(0, 1)) == 0:
        errors = [n * x for n, x in zip(nominal, draw(bins(size, 0.0, 0.2)), strict=True)]
        found.append({"name": f"stat_{channel}", "type": "staterror", "data": errors})
    return found


@st.composite
def workspaces(draw):
    """A workspace that pyhf accepts, with data near its expectation."""
    channels, observations = [], []
    free = draw(st.booleans())
    for c in range(draw(st.integers(1, 3))):
        size = draw(st.integers(1, 4))
        samples = []
        for s in range(draw(st.integers(1, 3))):
            nominal = draw(bins(size, 5.0, 80.0))
            found = draw(modifiers(c, s, nominal))
            if s == 0 and c == 0:
                found.append({"name": "mu", "type": "normfactor", "data": None})
            if free and c == 0 and s == 1:
                found.append({"name": "free", "type": "shapefactor", "data": None})
            samples.append({"name": f"s{s}", "data": nominal, "modifiers": found})
        total = [sum(sample["data"][b] for sample in samples) for b in range(size)]
        data = [round(t * x) for t, x in zip(total, draw(bins(size, 0.7, 1.3)), strict=True)]
        channels.append({"name": f"c{c}", "samples": samples})
        observations.append({"name": f"c{c}", "data": [float(n) for n in data]})
    lumi = {
        "name": "lumi",
        "inits": [1.0],
        "bounds": [[0.5, 1.5]],
        "auxdata": [1.0],
        "sigmas": [draw(numbers(0.01, 0.1))],
    }
    parameters = [lumi]
    if draw(st.booleans()):
        parameters.append({"name": "mu", "inits": [0.5], "bounds": [[-5, 5]]})
    if draw(st.integers(0, 3)) == 0:
        parameters.append({"name": "alpha", "fixed": True, "inits": [0.3]})
    return {
        "channels": channels,
        "observations": observations,
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": parameters}}],
        "version": "1.0.0",
    }
