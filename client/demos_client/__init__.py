# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The `demos` command and the Python client of a DEMOS portal.

Everything is loaded when it is first used: the command's `--help` imports no HTTP library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from demos_client.client import Client, Model, Run, RunFailed
    from demos_client.http import PortalError

_HOMES: Final = {
    "Client": "client",
    "Model": "client",
    "PortalError": "http",
    "Run": "client",
    "RunFailed": "client",
}

__all__ = ["Client", "Model", "PortalError", "Run", "RunFailed"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
