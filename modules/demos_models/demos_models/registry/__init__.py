# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The registry: works, versions and sources of statistical models."""

from .types import PORTAL_HOST, Candidate, Content, Proposal, Registration, RunTarget, Source

__all__ = (
    "PORTAL_HOST",
    "Candidate",
    "Content",
    "Proposal",
    "Registration",
    "RunTarget",
    "Source",
)
