# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The CERN Open Data portal."""

from .client import OpenData
from .mapper import record_from_json

__all__ = ("OpenData", "record_from_json")
