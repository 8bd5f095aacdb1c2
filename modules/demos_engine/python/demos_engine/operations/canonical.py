# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A request's parameters in their one canonical form, so that equal questions are equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from demos_engine.operations.base import Operation, Parameter, Values

LEVEL: Final = (
    "level is ambiguous (pyhf means the size of the test by it, others the confidence): "
    "give confidence_level, such as 0.95."
)


class RequestError(ValueError):
    """Parameters that contradict each other, or a word that is not used.

    Attributes:
        parameter: Which one.
        message: What is wrong.
    """

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


def renamed(operation: Operation, given: Values) -> dict[str, Any]:
    """Return the parameters under their own names.

    Args:
        operation: Whose parameters.
        given: As requested; names that are unknown stay.

    Returns:
        The same without aliases.

    Raises:
        RequestError: ``level`` is given, or two spellings with different values.
    """
    if "level" in given and "level" not in operation.parameters:
        raise RequestError("level", LEVEL)
    found = dict(given)
    for name, parameter in operation.parameters.items():
        for alias in parameter.aliases:
            if alias not in found:
                continue
            value = found.pop(alias)
            if name in found and not _same(found[name], value):
                message = f"{name} and {alias} are the same parameter and have different values."
                raise RequestError(alias, message)
            found[name] = value
    return found


def changed(operation: Operation, asked: Values, changes: Values) -> dict[str, Any]:
    """Return the parameters of a question that is asked again with changes.

    Args:
        operation: Whose parameters.
        asked: Canonical parameters.
        changes: New values, under any spelling; None is the default again.

    Returns:
        Parameters that are not canonical yet.

    Raises:
        RequestError: As for ``renamed``.

    >>> from demos_engine.operations import operations
    >>> cls = operations()["cls"]
    >>> changed(cls, {"mu": 1.0, "calculator": "asymptotic"}, {"poi_test": 2, "toys": 100})
    {'mu': 2, 'toys': 100}
    """
    new = renamed(operation, changes)
    kept = dict(asked)
    if "toys" in new:
        kept.pop("calculator", None)
    if "test_stat" in new and "q0" in (new["test_stat"], asked.get("test_stat")):
        kept.pop("mu", None)
    return {name: value for name, value in {**kept, **new}.items() if value is not None}


def canonical(operation: Operation, given: Values) -> dict[str, Any]:
    """Return the parameters that an equal question always has.

    Defaults are filled in, aliases are resolved, numbers are floats, and what has no meaning beside
    the others has its default.

    Args:
        operation: Whose parameters.
        given: As requested, and valid by the operation's schema once renamed.

    Returns:
        A value for every parameter, in the operation's order.

    Raises:
        RequestError: The parameters contradict each other.

    >>> from demos_engine.operations import operations
    >>> limit = operations()["upper_limit"]
    >>> canonical(limit, {"confidence_level": 1 - 0.05})["confidence_level"]
    0.95
    >>> canonical(operations()["cls"], {"test_poi": 2})["mu"]
    2.0
    """
    found = renamed(operation, given)
    if "toys" in found and "calculator" in operation.parameters:
        found.setdefault("calculator", "toys")
    if found.get("test_stat") == "q0" and "mu" in operation.parameters:
        found.setdefault("mu", 0.0)
    for name, parameter in operation.parameters.items():
        if "default" in parameter.schema:
            found.setdefault(name, parameter.schema["default"])
    complete = {
        name: _plain(found[name], parameter)
        for name, parameter in operation.parameters.items()
        if name in found
    }
    for name, parameter in operation.parameters.items():
        if parameter.only_with is not None:
            other, value = parameter.only_with
            if complete.get(other) != value:
                complete[name] = _plain(parameter.schema["default"], parameter)
    wrong = operation.check(complete)
    if wrong is not None:
        raise RequestError(*wrong)
    return complete


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def _plain(value: Any, parameter: Parameter) -> Any:
    if parameter.schema.get("type") == "integer":
        return int(value)
    found = floats(value)
    if parameter.decimals is not None and isinstance(found, float):
        return round(found, parameter.decimals)
    return found


def floats(value: Any) -> Any:
    """Return a JSON value whose numbers are floats: 1 and 1.0 are the same question.

    Args:
        value: Plain JSON.

    Returns:
        The same value; zero has no sign.

    >>> floats({"a": [1, True, -0.0]})
    {'a': [1.0, True, 0.0]}
    """
    if isinstance(value, Mapping):
        return {k: floats(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [floats(v) for v in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return float(value) + 0.0
