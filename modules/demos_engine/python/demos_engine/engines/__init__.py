# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The engines that answer questions about models: one interface, one shape of answers.

>>> from demos_engine.engines import Setup, engine
>>> from demos_engine.examples import two_bins
>>> model = engine("demos").load(two_bins(), Setup(fixed={"uncorr_bkguncrt": 1.0}))
>>> round(model.cls(1.0, "qtilde")["CLs_obs"], 4)
0.0173
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final, cast

from demos_engine.engines.base import Engine, LoadedModel, Setup

_HOMES: Final = {
    "demos": ("demos_engine.engines.native", "Native"),
    "pyhf": ("demos_engine.engines.reference", "Reference"),
}

NAMES: Final = tuple(_HOMES)
"""The engines, as requests name them."""


@cache
def engine(name: str = "demos") -> Engine:
    """Return an engine; what it needs is imported now.

    Args:
        name: One of ``NAMES``.

    Returns:
        The engine.

    Raises:
        KeyError: There is no engine of this name.
        ModuleNotFoundError: The engine is an optional one, and is not installed.
    """
    module, attribute = _HOMES[name]
    return cast(Engine, getattr(import_module(module), attribute)())


__all__ = ["NAMES", "Engine", "LoadedModel", "Setup", "engine"]
