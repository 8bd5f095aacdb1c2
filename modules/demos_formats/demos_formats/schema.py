# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""JSON Schema errors as findings in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

import orjson

from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer


class SchemaError(Protocol):
    """What a JSON Schema validator says about one place."""

    @property
    def instance_path(self) -> list[str | int]:
        """Steps to the place."""

    @property
    def message(self) -> str:
        """The validator's own words."""

    @property
    def instance(self) -> Any:
        """The value at the place."""

    @property
    def kind(self) -> Any:
        """Which keyword failed, and with what."""


class Validator(Protocol):
    """What this package asks of a JSON Schema validator."""

    def is_valid(self, instance: Any) -> bool:
        """Tell whether an instance has the right shape."""

    def iter_errors(self, instance: Any) -> Iterable[Any]:
        """Go through what is wrong with it."""


def shape_errors(validator: Validator, document: Any) -> Iterator[Any]:
    """Go through what is wrong with the shape of a parsed document.

    Raises:
        FormatError: ``parse_error`` for a value that JSON does not have, as an array of NumPy.
    """
    try:
        if not validator.is_valid(document):
            yield from validator.iter_errors(document)
    except ValueError as e:
        raise FormatError(error("parse_error", "", f"This is no JSON: {e}.")) from None


def to_finding(e: SchemaError, prefix: tuple[str | int, ...] = ()) -> Finding:
    """Turns one error of jsonschema-rs into a finding.

    Args:
        e: The error.
        prefix: Steps to the part of the document that was validated.

    Returns:
        A finding of code ``schema_error``.
    """
    word = _WORDS.get(e.kind.name)
    message = word(e.kind.as_dict(), e.instance) if word else f"{cut(e.message, 200)}."
    return error("schema_error", pointer(*prefix, *e.instance_path), message)


def to_findings(errors: Iterable[SchemaError], most: int) -> list[Finding]:
    """Turns the first errors of a validator into findings.

    Args:
        errors: What ``iter_errors`` gives.
        most: Number of findings after which to stop.

    Returns:
        The findings.
    """
    found: list[Finding] = []
    for e in errors:
        found.append(to_finding(e))
        if len(found) >= most:
            break
    return found


def short(value: Any) -> str:
    """Gives a value as JSON, cut to what a message can hold.

    >>> short(["a", 1]), len(short("x" * 1000))
    ('["a",1]', 60)
    """
    return cut(orjson.dumps(value).decode(), 60)


def cut(text: str, most: int) -> str:
    """Gives a text, or its beginning with an ellipsis.

    >>> cut("abcdefgh", 6)
    'abc...'
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def bins(indices: Sequence[int]) -> str:
    """Return the names of bins, counted from 0, for a message.

    >>> bins([3]), bins([0, 1])
    ('bin 3', 'bins 0, 1')
    """
    shown = ", ".join(map(str, indices[:10])) + (" ..." if len(indices) > 10 else "")
    return f"bin {shown}" if len(indices) == 1 else f"bins {shown}"


def _type(kind: dict[str, Any], instance: Any) -> str:
    return f"{short(instance)} is not of type {' or '.join(kind['types'])}."


def _required(kind: dict[str, Any], instance: Any) -> str:
    return f"{short(kind['property'])} is missing."


def _unexpected(kind: dict[str, Any], instance: Any) -> str:
    names = ", ".join(short(n) for n in kind["unexpected"][:5])
    return f"{names} is not known here: a typing error, or it belongs elsewhere."


def _min_items(kind: dict[str, Any], instance: Any) -> str:
    return f"The list has {len(instance)} entries, at least {kind['limit']} are needed."


def _constant(kind: dict[str, Any], instance: Any) -> str:
    return f"{short(instance)} is given, {short(kind['expected_value'])} is expected."


def _pattern(kind: dict[str, Any], instance: Any) -> str:
    return f"{short(instance)} does not match the pattern {kind['pattern']}."


_WORDS: Final[dict[str, Callable[[dict[str, Any], Any], str]]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _unexpected,
    "minItems": _min_items,
    "const": _constant,
    "pattern": _pattern,
}
