# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""GitLab: model files at a commit, branch or tag."""

from .client import GitLab

__all__ = ("GitLab",)
