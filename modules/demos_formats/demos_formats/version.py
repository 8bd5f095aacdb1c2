# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Versions of what this package writes."""

from __future__ import annotations

from typing import Final

CONVERTER_VERSION: Final = "1.0.0"
"""Version of the conversions; a change of any written document changes it."""
DEMOS_VERSION: Final = "1.0"
"""Version of the DEMOS document."""
DIALECT: Final = "demos/1"
"""Name of the canonical HS3 dialect of DEMOS documents."""
HS3_VERSION: Final = "0.2"
"""HS3 version that is written."""
PACKAGE: Final = {"name": "demos-formats", "version": CONVERTER_VERSION}
"""How this package names itself in ``metadata.packages``."""
