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

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from demos_engine._engine import __version__, instruction_set
    from demos_engine.adapter import from_pyhf
    from demos_engine.combining import combine, combined_workspace
    from demos_engine.errors import InferenceError, ModelError
    from demos_engine.model import Model
    from demos_engine.patchset import Patch, PatchSet
    from demos_engine.results import (
        Bin,
        Certificate,
        ChannelYields,
        CLs,
        Contour,
        Expected,
        Fit,
        Goodness,
        Grid,
        GridPoint,
        Impact,
        Impacts,
        Interval,
        Limit,
        Pull,
        Pulls,
        Scan,
        Significance,
        Simplified,
        Toys,
        Yields,
    )

_HOMES: Final = ("errors", "patchset", "results", "model", "adapter", "combining", "_engine")
"""Modules that hold the public names: each is loaded when a name of it is first used.

Importing the package costs nothing, and web processes, which read the table of operations, load no
engine.
"""

__all__ = [
    "Bin",
    "CLs",
    "Certificate",
    "ChannelYields",
    "Contour",
    "Expected",
    "Fit",
    "Goodness",
    "Grid",
    "GridPoint",
    "Impact",
    "Impacts",
    "InferenceError",
    "Interval",
    "Limit",
    "Model",
    "ModelError",
    "Patch",
    "PatchSet",
    "Pull",
    "Pulls",
    "Scan",
    "Significance",
    "Simplified",
    "Toys",
    "Yields",
    "__version__",
    "combine",
    "combined_workspace",
    "from_pyhf",
    "instruction_set",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
