# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One typed representation of a HistFactory model, between all formats."""

from demos_formats.histfactory.model import (
    Analysis,
    Channel,
    Constraint,
    Model,
    Modifier,
    Parameter,
    Sample,
)

__all__ = ["Analysis", "Channel", "Constraint", "Model", "Modifier", "Parameter", "Sample"]
