# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HEPData: REST only."""

from .client import HEPData
from .mapper import record_from_json

__all__ = ("HEPData", "record_from_json")
