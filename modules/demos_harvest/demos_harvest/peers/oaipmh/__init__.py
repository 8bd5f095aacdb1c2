# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Any archive that speaks OAI-PMH 2.0."""

from .client import OAIPMH, OAIArchive, described_by
from .mapper import record_from_xml

__all__ = ("OAIPMH", "OAIArchive", "described_by", "record_from_xml")
