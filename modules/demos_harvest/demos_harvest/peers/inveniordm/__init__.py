# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Every InvenioRDM: OAI-PMH to list, REST to read. Zenodo and the CERN repository are two."""

from .client import InvenioRDM
from .mapper import record_from_json

__all__ = ("InvenioRDM", "record_from_json")
