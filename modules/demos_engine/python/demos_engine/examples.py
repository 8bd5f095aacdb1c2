# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Small models for examples and doctests."""

from typing import Any


def two_bins() -> dict[str, Any]:
    """A signal over a background with uncorrelated uncertainties, in two bins.

    Returns:
        A pyhf workspace with the parameters ``mu`` and ``uncorr_bkguncrt``.
    """
    signal = {
        "name": "signal",
        "data": [20.0, 10.0],
        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
    }
    background = {
        "name": "background",
        "data": [50.0, 63.0],
        "modifiers": [{"name": "uncorr_bkguncrt", "type": "shapesys", "data": [5.0, 12.0]}],
    }
    return {
        "channels": [{"name": "singlechannel", "samples": [signal, background]}],
        "observations": [{"name": "singlechannel", "data": [55.0, 62.0]}],
        "measurements": [{"name": "Measurement", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }
