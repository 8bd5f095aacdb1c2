# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fits and limits of HistFactory models in milliseconds.

Load a workspace, and ask:

>>> from demos_engine import Model
>>> from demos_engine.examples import two_bins
>>> model = Model.load(two_bins())
>>> round(model.cls(mu=1.0).CLs_obs, 4)
0.054
>>> model.fit().status
'converged'
"""

from demos_engine._engine import __version__, instruction_set
from demos_engine.adapter import from_pyhf
from demos_engine.errors import InferenceError, ModelError
from demos_engine.model import Model
from demos_engine.patchset import Patch, PatchSet
from demos_engine.results import (
    Bin,
    ChannelYields,
    CLs,
    Expected,
    Fit,
    Grid,
    GridPoint,
    Impact,
    Interval,
    Limit,
    Pull,
    Scan,
    Simplified,
    Toys,
    Yields,
)

__all__ = [
    "Bin",
    "CLs",
    "ChannelYields",
    "Expected",
    "Fit",
    "Grid",
    "GridPoint",
    "Impact",
    "InferenceError",
    "Interval",
    "Limit",
    "Model",
    "ModelError",
    "Patch",
    "PatchSet",
    "Pull",
    "Scan",
    "Simplified",
    "Toys",
    "Yields",
    "__version__",
    "from_pyhf",
    "instruction_set",
]
