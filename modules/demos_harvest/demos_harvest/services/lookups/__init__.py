# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What other archives hold, from the mirror or live."""

from .service import LookupsService

__all__ = ("LookupsService",)
