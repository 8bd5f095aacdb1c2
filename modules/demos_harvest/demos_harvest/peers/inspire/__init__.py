# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""INSPIRE: what a paper is about."""

from .client import Inspire
from .mapper import enrichment

__all__ = ("Inspire", "enrichment")
