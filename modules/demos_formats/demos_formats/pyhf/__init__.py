# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""pyhf's JSON formats: workspaces, patch sets and patches; without pyhf itself."""

from demos_formats.pyhf.digest import digest
from demos_formats.pyhf.structure import structure
from demos_formats.pyhf.validate import validate

__all__ = ["digest", "structure", "validate"]
