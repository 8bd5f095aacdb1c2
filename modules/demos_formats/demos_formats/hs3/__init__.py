# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HS3 documents: detection, dialects, validation, structure."""

from demos_formats.hs3.detect import is_hs3
from demos_formats.hs3.dialects import recognise
from demos_formats.hs3.structure import structure
from demos_formats.hs3.validate import validate

__all__ = ["is_hs3", "recognise", "structure", "validate"]
