# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""RODARE, and every other archive on the Invenio before InvenioRDM."""

from .client import Rodare
from .mapper import record_from_json

__all__ = ("Rodare", "record_from_json")
