# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a job wrote to its standard error: beginning and end, whatever the flood between."""

MARK = b"\n... output left out ...\n"


class CappedLog:
    """Bytes with a cap: the first half is kept, and the last.

    Args:
        cap: bytes kept.

    Examples:
        >>> log = CappedLog(8)
        >>> log.write(b"0123456789abcdef")
        >>> log.value() == b"0123" + MARK + b"cdef"
        True
    """

    def __init__(self, cap: int) -> None:
        self._half = cap // 2
        self._head = bytearray()
        self._tail = bytearray()
        self.total = 0

    def write(self, data: bytes) -> None:
        """Add output.

        Args:
            data: bytes as they came.
        """
        self.total += len(data)
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data
            del self._tail[: -self._half]

    @property
    def truncated(self) -> bool:
        """Whether something was left out."""
        return self.total > len(self._head) + len(self._tail)

    def value(self) -> bytes:
        """Give what was kept.

        Returns:
            The beginning, a mark where something is left out, the end.
        """
        return bytes(self._head) + (MARK if self.truncated else b"") + bytes(self._tail)
