# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DataCite: who has registered what; HEPData's models without asking HEPData."""

from .client import DataCite
from .mapper import record_from_json

__all__ = ("DataCite", "record_from_json")
