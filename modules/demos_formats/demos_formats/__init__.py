# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Read, validate, inspect, convert and certify statistical models.

Everything is loaded when it is first used: importing the package costs nothing. Functions take a
document as a path, bytes, text or parsed.

>>> import demos_formats
>>> demos_formats.validate('{"channels": []}').valid
False
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demos_formats.analysis import Analysis, Member, analyse
    from demos_formats.certificate import Certificate, certify
    from demos_formats.convert import (
        convert_demos_to_hs3,
        convert_demos_to_pyhf,
        convert_hs3_to_demos,
        convert_hs3_to_pyhf,
        convert_pyhf_to_demos,
        convert_pyhf_to_hs3,
    )
    from demos_formats.difference import Change, Difference, diff
    from demos_formats.document import Document, load
    from demos_formats.errors import FormatError, RefusedError
    from demos_formats.findings import CODES, Finding
    from demos_formats.inference import Prepared, prepare
    from demos_formats.inspection import inspect
    from demos_formats.limits import Limits
    from demos_formats.pyhf.patches import apply_patch
    from demos_formats.pyhf.patchset import patchset_patches
    from demos_formats.signals.patch import signal_patch
    from demos_formats.validation import Validation, validate

_HOMES = {
    "Analysis": "analysis",
    "CODES": "findings",
    "Certificate": "certificate",
    "Change": "difference",
    "Difference": "difference",
    "Document": "document",
    "Finding": "findings",
    "FormatError": "errors",
    "Limits": "limits",
    "Member": "analysis",
    "Prepared": "inference",
    "RefusedError": "errors",
    "Validation": "validation",
    "analyse": "analysis",
    "apply_patch": "pyhf.patches",
    "certify": "certificate",
    "convert_demos_to_hs3": "convert",
    "convert_demos_to_pyhf": "convert",
    "convert_hs3_to_demos": "convert",
    "convert_hs3_to_pyhf": "convert",
    "convert_pyhf_to_demos": "convert",
    "convert_pyhf_to_hs3": "convert",
    "diff": "difference",
    "inspect": "inspection",
    "load": "document",
    "patchset_patches": "pyhf.patchset",
    "prepare": "inference",
    "signal_patch": "signals.patch",
    "validate": "validation",
}

__all__ = [
    "CODES",
    "Analysis",
    "Certificate",
    "Change",
    "Difference",
    "Document",
    "Finding",
    "FormatError",
    "Limits",
    "Member",
    "Prepared",
    "RefusedError",
    "Validation",
    "analyse",
    "apply_patch",
    "certify",
    "convert_demos_to_hs3",
    "convert_demos_to_pyhf",
    "convert_hs3_to_demos",
    "convert_hs3_to_pyhf",
    "convert_pyhf_to_demos",
    "convert_pyhf_to_hs3",
    "diff",
    "inspect",
    "load",
    "patchset_patches",
    "prepare",
    "signal_patch",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
