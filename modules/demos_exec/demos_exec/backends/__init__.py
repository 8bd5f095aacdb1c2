# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Places where runs are executed, behind one interface."""

from demos_exec.backends.base import (
    Backend,
    BackendBusy,
    BackendUnavailable,
    Job,
    Refused,
    State,
)

__all__ = ("Backend", "BackendBusy", "BackendUnavailable", "Job", "Refused", "State")
