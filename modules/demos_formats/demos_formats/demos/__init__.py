# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DEMOS documents: detection, validation, structure."""

from demos_formats.demos.document import is_demos, schema, structure, validate

__all__ = ["is_demos", "schema", "structure", "validate"]
