# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Requests to run a model: checked against the model's own JSON Schemas, and made canonical.

What can be asked is the table of the engine, ``demos_engine.operations``.
"""

from demos_exec.operations.validation import InvalidRequest, RequestValidator

__all__ = ("InvalidRequest", "RequestValidator")
