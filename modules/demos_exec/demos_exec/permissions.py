# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Actions that administrators can give away."""

from .services.permissions import see_all_runs_action

__all__ = ("see_all_runs_action",)
