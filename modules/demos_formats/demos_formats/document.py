# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One JSON document out of a file, compressed or not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import orjson

from demos_formats import parse
from demos_formats.archives import open_content
from demos_formats.archives.budget import Budget
from demos_formats.archives.stream import Stream, read_all
from demos_formats.detect import Format, detect
from demos_formats.errors import FormatError
from demos_formats.findings import error
from demos_formats.limits import DEFAULT, Limits

Source = bytes | str | os.PathLike[str] | Mapping[str, Any] | list[Any]
"""What a document is given as: bytes, text, a path, or parsed.

A ``str`` is a text where it begins with ``{`` or ``[``, else a path.
"""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document.

    Args:
        content: The JSON value.
        format: Its format, by content.
        sha256: Of the file's bytes, hexadecimal; None of what was given parsed.
    """

    content: Any
    format: Format
    sha256: str | None


def read_json(source: bytes | os.PathLike[str], *, limits: Limits = DEFAULT) -> bytes:
    """Read the text of a document and undo its compression.

    Args:
        source: The bytes, or the path of a file.
        limits: Caps.

    Returns:
        The text.

    Raises:
        FormatError: ``wrong_format`` for an archive, ``resource_limit`` for too much.
        OSError: Where the file cannot be read.
    """
    if isinstance(source, bytes):
        return _text(BytesIO(source), len(source), limits)
    path = Path(source)
    with path.open("rb") as file:
        return _text(file, path.stat().st_size, limits)


def load(source: Source, *, limits: Limits = DEFAULT) -> Document:
    """Read and parse one document.

    Args:
        source: A path, bytes, text, or a parsed document.
        limits: Caps.

    Returns:
        The document.

    Raises:
        FormatError: Where there is no readable JSON document.
        OSError: Where the file cannot be read.

    >>> load('[{"op": "remove", "path": "/channels/0"}]').format
    'json-patch'
    """
    if isinstance(source, Mapping | list):
        return Document(source, detect(source), None)
    held = contents(source)
    raw = held if isinstance(held, bytes) else Path(held).read_bytes()
    content = parse.loads(read_json(raw, limits=limits), limits=limits)
    return Document(content, detect(content), hashlib.sha256(raw).hexdigest())


def contents(source: Source) -> bytes | os.PathLike[str]:
    """Return the bytes that a source is, or the path where they are.

    Raises:
        FormatError: For a parsed document that JSON cannot hold.

    >>> contents(" [1]"), contents([1])
    (b' [1]', b'[1]')
    """
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        text = source.lstrip()[:1] in ("{", "[")
        return source.encode(errors="surrogatepass") if text else Path(source)
    if isinstance(source, Mapping | list):
        try:
            return orjson.dumps(source)
        except TypeError as e:
            raise FormatError(error("parse_error", "", f"This is no JSON: {e}.")) from None
    return source


def _text(file: IO[bytes], size: int, limits: Limits) -> bytes:
    opened = open_content(Stream(file.read), Budget(limits, size))
    if opened.kind != "document":
        raise FormatError(
            error(
                "wrong_format",
                "",
                "This is an archive, not a single document.",
                "Unpack it, or use `demos inspect` to see what is in it.",
            )
        )
    text = read_all(opened.stream, limits.document_bytes)
    if text is None:
        raise FormatError(
            error(
                "resource_limit",
                "",
                f"The document has more than {limits.document_bytes} bytes.",
            )
        )
    return text
