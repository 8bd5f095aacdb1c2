# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Places where runs are executed, behind one interface."""

from demos_exec.backends.base import (
    IMAGE,
    WORKER,
    Backend,
    BackendBusy,
    BackendUnavailable,
    Image,
    Job,
    Refused,
    State,
)

__all__ = (
    "IMAGE",
    "WORKER",
    "Backend",
    "BackendBusy",
    "BackendUnavailable",
    "Image",
    "Job",
    "Refused",
    "State",
)
