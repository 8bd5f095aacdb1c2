# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""gzip, bzip2 and xz as streams, with bounded memory whatever the input claims."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from demos_formats.archives.budget import Budget
from demos_formats.archives.stream import CHUNK, Stream
from demos_formats.errors import FormatError
from demos_formats.findings import error

_XZ_MEMORY: Final = 128 << 20
_MEMBER_BYTES: Final = 4096
"""What a further member in one stream is counted as: an empty one takes time, too."""

_ERRORS: Final = (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """Gives zlib's decompressor the interface of the other two."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


MAGIC: Final[dict[bytes, Callable[[], _Decompressor]]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
}
"""First bytes of each compression, and what undoes it."""


def decompress(stream: Stream, budget: Budget) -> Stream | None:
    """Undoes one layer of compression.

    Args:
        stream: The compressed bytes.
        budget: Counts what comes out.

    Returns:
        The content as a stream; None where the bytes are not compressed. Reading it raises
        FormatError: ``parse_error`` for damaged bytes, ``resource_limit`` for too many.
    """
    for magic, make in MAGIC.items():
        if stream.peek(len(magic)) == magic:
            return Stream(_Layer(stream, magic, make, budget).pull)
    return None


class _Layer:
    def __init__(
        self, source: Stream, magic: bytes, make: Callable[[], _Decompressor], budget: Budget
    ) -> None:
        self.source, self.magic, self.make, self.budget = source, magic, make, budget
        self.inner: _Decompressor | None = make()

    def pull(self, size: int) -> bytes:
        while self.inner is not None:
            data = b""
            if self.inner.needs_input and not self.inner.eof:
                data = self.source.some()
                if not data:
                    raise _damaged("it is cut off")
            try:
                out = self.inner.decompress(data, min(size, CHUNK))
            except _ERRORS as e:
                raise _damaged(str(e)) from None
            if self.inner.eof:
                self.source.unread(self.inner.unused_data)
                again = self.source.peek(len(self.magic)) == self.magic
                self.inner = self.make() if again else None
                if again:
                    self.budget.spend(_MEMBER_BYTES)
            if out:
                self.budget.spend(len(out))
                return out
        return b""


def _damaged(reason: str) -> FormatError:
    return FormatError(error("parse_error", "", f"The compressed bytes are damaged: {reason}."))
