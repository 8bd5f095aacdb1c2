# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""arXiv: a paper's title, authors and DOI."""

from .client import ArXiv
from .mapper import enrichment

__all__ = ("ArXiv", "enrichment")
