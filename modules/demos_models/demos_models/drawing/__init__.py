# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Drawings of a model that need no browser: expected events, and figures of them."""

from .document import DRAWN, drawing_document, thumbnail
from .events import Channel, Drawing, Parameter, Sample, expected_events
from .formula import Formula, formula
from .small import small_svg
from .stack import describe, stack_svg

__all__ = (
    "DRAWN",
    "Channel",
    "Drawing",
    "Formula",
    "Parameter",
    "Sample",
    "describe",
    "drawing_document",
    "expected_events",
    "formula",
    "small_svg",
    "stack_svg",
    "thumbnail",
)
