# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Documents that jobs are about, by digest, so that each is sent to the pool once."""

from collections import OrderedDict


class Documents:
    """Least-recently-used texts with a cap on their bytes.

    Args:
        max_bytes: most bytes held; the newest document is always held.

    Examples:
        >>> held = Documents(4)
        >>> held.add("a", b"xyz"); held.add("b", b"xyz")
        >>> held.missing(["a", "b"])
        ['a']
    """

    def __init__(self, max_bytes: int = 256 * 1024 * 1024) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._texts: OrderedDict[str, bytes] = OrderedDict()

    def add(self, digest: str, text: bytes) -> None:
        """Keep a document; the least recently used ones leave.

        Args:
            digest: its name.
            text: its bytes.
        """
        self.bytes += len(text) - len(self._texts.pop(digest, b""))
        self._texts[digest] = text
        while self.bytes > self.max_bytes and len(self._texts) > 1:
            self.bytes -= len(self._texts.popitem(last=False)[1])

    def missing(self, digests: list[str]) -> list[str]:
        """Name what is not held.

        Args:
            digests: what a job needs.

        Returns:
            Those that have to be sent.
        """
        for digest in digests:
            if digest in self._texts:
                self._texts.move_to_end(digest)
        return [d for d in digests if d not in self._texts]

    def get(self, digest: str) -> bytes | None:
        """Give a document.

        Args:
            digest: its name.

        Returns:
            Its bytes, or None.
        """
        return self._texts.get(digest)
