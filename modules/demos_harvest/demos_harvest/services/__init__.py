# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Services: look-ups, the integrations, records of harvested models."""

from .config import (
    HarvestedRecordsServiceConfig,
    IntegrationsServiceConfig,
    LookupsServiceConfig,
)
from .integrations import IntegrationsService
from .lookups import LookupsService
from .records import HarvestedRecordsService

__all__ = (
    "HarvestedRecordsService",
    "HarvestedRecordsServiceConfig",
    "IntegrationsService",
    "IntegrationsServiceConfig",
    "LookupsService",
    "LookupsServiceConfig",
)
