# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Ways in which models are run, behind one interface."""

from .base import Plan, Runtime

__all__ = ("Plan", "Runtime")
