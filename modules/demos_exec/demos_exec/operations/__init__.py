# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The platform's operations: what they take and give, as JSON Schemas made from a model."""

from demos_exec.operations.table import OPERATIONS, Operation
from demos_exec.operations.validation import InvalidRequest, RequestValidator

__all__ = ("OPERATIONS", "InvalidRequest", "Operation", "RequestValidator")
