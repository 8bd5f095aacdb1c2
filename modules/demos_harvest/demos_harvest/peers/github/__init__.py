# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""GitHub: model files at a commit, branch or release."""

from .client import GitHub

__all__ = ("GitHub",)
