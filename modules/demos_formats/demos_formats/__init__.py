# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Read, validate, inspect, convert and certify statistical models.

Everything is loaded when it is first used: importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demos_formats.analysis import Analysis, Member, analyse
    from demos_formats.convert import (
        convert_demos_to_hs3,
        convert_demos_to_pyhf,
        convert_hs3_to_demos,
        convert_pyhf_to_demos,
    )
    from demos_formats.errors import FormatError, RefusedError
    from demos_formats.findings import Finding
    from demos_formats.limits import Limits
    from demos_formats.pyhf.patches import apply_patch
    from demos_formats.pyhf.patchset import patchset_patches
    from demos_formats.signals.patch import signal_patch

_HOMES = {
    "Analysis": "analysis",
    "Finding": "findings",
    "FormatError": "findings",
    "Limits": "limits",
    "Member": "analysis",
    "RefusedError": "findings",
    "analyse": "analysis",
    "apply_patch": "pyhf.patches",
    "convert_demos_to_hs3": "convert",
    "convert_demos_to_pyhf": "convert",
    "convert_hs3_to_demos": "convert",
    "convert_pyhf_to_demos": "convert",
    "patchset_patches": "pyhf.patchset",
    "signal_patch": "signals.patch",
}

__all__ = [
    "Analysis",
    "Finding",
    "FormatError",
    "Limits",
    "Member",
    "RefusedError",
    "analyse",
    "apply_patch",
    "convert_demos_to_hs3",
    "convert_demos_to_pyhf",
    "convert_hs3_to_demos",
    "convert_pyhf_to_demos",
    "patchset_patches",
    "signal_patch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
