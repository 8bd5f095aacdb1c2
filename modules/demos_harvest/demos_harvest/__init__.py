# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Harvest of statistical models that other archives hold, and look-ups across them."""

__version__ = "0.1.0"

__all__ = ("__version__",)
