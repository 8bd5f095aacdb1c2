# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A byte stream that can be looked into, read forward, and never read in one huge piece."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from demos_formats.errors import FormatError
from demos_formats.findings import error

CHUNK: Final = 1 << 16
MAX_READ: Final = 4 << 20
"""Largest single read: archive headers claim sizes of their own."""


class Stream:
    """Reads forward from a function that gives up to n bytes, and none at the end.

    Args:
        pull: Gives at most the number of bytes asked for; empty at the end.
    """

    def __init__(self, pull: Callable[[int], bytes]) -> None:
        self._pull = pull
        self._buffer = b""
        self._position = 0

    def peek(self, size: int) -> bytes:
        """Gives the next bytes without moving on; fewer at the end."""
        while len(self._buffer) < size and (more := self._pull(CHUNK)):
            self._buffer += more
        return self._buffer[:size]

    def some(self) -> bytes:
        """Gives whatever comes next and moves on; empty at the end."""
        data = self._buffer or self._pull(CHUNK)
        self._buffer = b""
        self._position += len(data)
        return data

    def unread(self, data: bytes) -> None:
        """Puts back bytes that were just read."""
        self._buffer = data + self._buffer
        self._position -= len(data)

    def read(self, size: int = -1) -> bytes:
        """Gives the next bytes and moves on; fewer only at the end.

        Args:
            size: Number of bytes; negative for all that remain.

        Raises:
            FormatError: ``resource_limit`` for more than ``MAX_READ``.
        """
        wanted = MAX_READ + 1 if size < 0 else size
        if size > MAX_READ:
            raise too_much()
        parts, missing = [], wanted
        while missing and (part := self.some()):
            if len(part) > missing:
                self.unread(part[missing:])
                part = part[:missing]
            parts.append(part)
            missing -= len(part)
        if size < 0 and not missing:
            raise too_much()
        return b"".join(parts)

    def tell(self) -> int:
        """Gives the number of bytes read so far."""
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Moves on to a later position, by reading.

        Raises:
            io.UnsupportedOperation: For an earlier one.
        """
        if whence != io.SEEK_SET or position < self._position:
            raise io.UnsupportedOperation("the stream only goes forward")
        while self._position < position and self.read(min(CHUNK, position - self._position)):
            pass
        return self._position


def read_all(stream: Stream, most: int) -> bytes | None:
    """Reads a stream to its end.

    Args:
        stream: The stream.
        most: Largest acceptable size in bytes.

    Returns:
        The bytes; None where there are more than ``most``.
    """
    parts, size = [], 0
    while part := stream.some():
        parts.append(part)
        size += len(part)
        if size > most:
            return None
    return b"".join(parts)


def too_much() -> FormatError:
    """Makes the error of a read beyond ``MAX_READ``."""
    return FormatError(
        error("resource_limit", "", f"A header of the archive is larger than {MAX_READ} bytes.")
    )
