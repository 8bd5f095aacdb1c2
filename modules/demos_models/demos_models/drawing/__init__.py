# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Drawings of a model that need no browser: expected events, and figures of them."""

from .events import Channel, Drawing, Parameter, Sample, expected_events
from .stack import describe, stack_svg

__all__ = (
    "Channel",
    "Drawing",
    "Parameter",
    "Sample",
    "describe",
    "expected_events",
    "stack_svg",
)
