# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Decoding of compressed bodies with a cap on what comes *out*."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from .errors import TooLargeError, UnexpectedContentError

STEP = 256 * 1024
ENCODINGS = "gzip, deflate"
"""What we accept: the encodings whose output can be drawn in bounded steps."""


def _inflate(chunks: Iterable[bytes], wbits: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits)
    for chunk in chunks:
        data = chunk
        while data:
            if stream.eof:  # a gzip body may have several members
                stream = zlib.decompressobj(wbits)
            out = stream.decompress(data, STEP)
            if out:
                yield out
            data = stream.unconsumed_tail or stream.unused_data
            if stream.eof and not any(data):
                data = b""
    while out := stream.decompress(stream.unconsumed_tail, STEP):
        yield out
    if not stream.eof:
        raise UnexpectedContentError("The compressed body ends before its end.")


def decoded(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield the decoded body in pieces of at most 256 KiB, stopping at ``limit`` bytes.

    Args:
        chunks: The raw body.
        encoding: The answer's ``Content-Encoding``.
        limit: Most decoded bytes allowed.

    Yields:
        Pieces of the body.

    Raises:
        TooLargeError: If there is more.
        UnexpectedContentError: If the encoding is unknown or the data are corrupt.

    Examples:
        >>> b"".join(decoded([zlib.compress(b"models")], "deflate", 100))
        b'models'
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        pieces: Iterable[bytes] = chunks
    elif encoding in ("gzip", "x-gzip"):
        pieces = _inflate(chunks, 16 + zlib.MAX_WBITS)
    elif encoding == "deflate":
        pieces = _inflate(chunks, zlib.MAX_WBITS)
    else:
        raise UnexpectedContentError(f"The content encoding {encoding[:40]!r} was not asked for.")
    total = 0
    try:
        for piece in pieces:
            total += len(piece)
            if total > limit:
                raise TooLargeError(f"The answer is larger than {limit} bytes.")
            yield piece
    except zlib.error as error:
        raise UnexpectedContentError("The compressed body is corrupt.") from error
