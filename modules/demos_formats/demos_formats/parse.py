# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Strict JSON: what other readers let pass silently is a named finding here.

The fast path lets a fast parser read the bytes and writes the result once more. Every member of an
object costs one colon, so the document has a duplicate key exactly when the copy has fewer colons
than the source. Only then (or when the parser gives up) a slow scanner looks for the places.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error
from demos_formats.limits import DEFAULT, MAX_DEPTH, Limits
from demos_formats.scan import problems

_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LINK = re.compile(rb"[\w./-]{1,200}\.json\s*")
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")


def loads(data: bytes, *, limits: Limits = DEFAULT) -> Any:
    """Reads one JSON document strictly.

    Args:
        data: The document, UTF-8 without a byte order mark.
        limits: Caps on size and number of values.

    Returns:
        Dictionaries, lists, strings, floats, integers (64 bits; larger ones become floats),
        booleans and None.

    Raises:
        FormatError: With one finding per problem: ``parse_error``, ``duplicate_key``,
            ``nonfinite_number`` or ``resource_limit``.

    >>> loads(b'{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> loads(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    demos_formats.errors.FormatError: error duplicate_key at /a: ...
    """
    if refusal := _refusal(data, limits):
        raise FormatError(refusal)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as e:
        raise FormatError(_diagnose(data, limits, str(e))) from None
    try:
        copy = orjson.dumps(document)
    except TypeError:
        raise FormatError(_too_deep()) from None
    # An escaped ASCII character may be a colon that the copy writes out: no verdict by counting.
    escaped = b"\\" in data and b"\\u00" in data
    suspect = escaped or copy.count(b":") != data.count(b":")
    if suspect and (found := problems(data, limits.findings)):
        raise FormatError(found)
    return document


def _refusal(data: bytes, limits: Limits) -> Finding | None:
    if len(data) > limits.document_bytes:
        return error(
            "resource_limit",
            "",
            f"The document has {len(data)} bytes, more than the {limits.document_bytes} allowed.",
        )
    if not data or data.isspace():
        return error("parse_error", "", "The file is empty.")
    if data.startswith(_BOM):
        return error(
            "parse_error",
            "",
            "The file starts with a byte order mark, which JSON does not allow.",
            "Save it as UTF-8 without BOM.",
        )
    if data.startswith(_WIDE):
        return error(
            "parse_error",
            "",
            "The text is in UTF-16 or UTF-32; JSON is UTF-8.",
            "Save it as UTF-8 without BOM.",
        )
    if data.startswith(_COMPRESSED):
        return error("parse_error", "", "The bytes are compressed, not a JSON document.")
    if len(data) < min(2 * limits.containers, limits.values):
        return None  # too short to hold so many
    containers = data.count(b"{") + data.count(b"[")
    if containers > limits.containers:
        return error(
            "resource_limit",
            "",
            f"The document has about {containers} objects and lists, "
            f"more than the {limits.containers} allowed.",
        )
    values = containers + data.count(b",")
    if values > limits.values:
        return error(
            "resource_limit",
            "",
            f"The document has about {values} values, more than the {limits.values} allowed.",
        )
    return None


def _too_deep() -> Finding:
    return error("resource_limit", "", f"The document is nested deeper than {MAX_DEPTH} levels.")


def _diagnose(data: bytes, limits: Limits, reason: str) -> list[Finding]:
    if "depth limit" in reason or "ecursion" in reason:
        return [_too_deep()]
    if _LINK.fullmatch(data):
        return [
            error(
                "schema_error",
                "",
                "The file holds nothing but the path of another file: a symbolic link that was "
                "stored as text.",
                "Give the file that it points to.",
            )
        ]
    return problems(data, limits.findings) or [error("parse_error", "", _sentence(reason))]


def _sentence(reason: str) -> str:
    return f"Not valid JSON: {reason}."
