# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The time, in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)
