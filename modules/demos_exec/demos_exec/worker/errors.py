# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a worker may answer instead of a result."""

from typing import Any


class RunFailure(Exception):
    """A run that ends without a result, for a named reason.

    Args:
        reason: one of the platform's reasons, e.g. ``invalid_input``.
        message: what happened, in the physicist's words.
        pointer: JSON pointer into the request, where there is one.
    """

    def __init__(self, reason: str, message: str, pointer: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.pointer = pointer

    def to_dict(self) -> dict[str, Any]:
        """Give the failure as a JSON object.

        Returns:
            ``reason``, ``message`` and, where known, ``pointer``.
        """
        found = {"reason": self.reason, "message": self.message}
        return {**found, "pointer": self.pointer} if self.pointer is not None else found
