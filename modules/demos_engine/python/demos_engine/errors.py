# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Why the engine refuses."""

from typing import Final


class ModelError(ValueError):
    """An input is no model that can be used.

    Attributes:
        code: The kind of finding, such as ``length_mismatch``.
        pointer: JSON pointer of the place; empty for the whole document.
        message: What is wrong, naming the object.
    """

    def __init__(self, code: str, pointer: str, message: str) -> None:
        self.code = code
        self.pointer = pointer
        self.message = message
        super().__init__(f"{code} at {pointer}: {message}" if pointer else f"{code}: {message}")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.code, self.pointer, self.message)


class InferenceError(ValueError):
    """A question about a valid model has no answer.

    Attributes:
        code: One of ``CODES``.
        message: Why.
        pointer: JSON pointer of the option to blame in a request; empty where none is.
    """

    def __init__(self, code: str, message: str, pointer: str = "") -> None:
        self.code = code
        self.message = message
        self.pointer = pointer
        super().__init__(f"{code}: {message}")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.code, self.message, self.pointer)


CODES: Final[dict[str, str]] = {
    "fit_failed": "A fit that the answer needs did not converge; the message names the place.",
    "invalid_bounds": "The bounds of the parameter of interest exclude what a test needs.",
    "invalid_value": "An option of a request is of the wrong type or out of range.",
    "poi_fixed": "The parameter of interest is held fixed.",
    "poi_undefined": "No modifier defines the parameter of interest.",
    "unknown_operation": "The engine has no operation of this name.",
    "unknown_parameter": "The model has no parameter of this name.",
}
"""Codes of ``InferenceError``; those of ``ModelError`` are the codes of findings."""
