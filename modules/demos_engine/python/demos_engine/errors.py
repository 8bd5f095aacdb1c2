# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Why the engine refuses."""


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
        code: ``poi_undefined``, ``poi_fixed``, ``invalid_bounds``, ``invalid_value``,
            ``unknown_parameter`` or ``fit_failed``.
        message: Why.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.code, self.message)
