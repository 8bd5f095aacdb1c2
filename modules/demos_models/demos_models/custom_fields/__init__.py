# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Custom fields that say what a deposited model is about. None is required."""

from .fields import CUSTOM_FIELDS, NAMESPACES
from .ui import CUSTOM_FIELDS_UI

__all__ = ("CUSTOM_FIELDS", "CUSTOM_FIELDS_UI", "NAMESPACES")
