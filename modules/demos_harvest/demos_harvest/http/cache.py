# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Answers kept with the time they were given."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from .breaker import MemoryStore, Store


class AnswerCache:
    """A cache of small answers that can tell their age.

    Args:
        store: Where they are kept.
        keep: Seconds after which an answer is forgotten.
        max_bytes: Larger answers are not kept.
        clock: Returns seconds since the epoch.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        keep: int = 7 * 86400,
        max_bytes: int = 1_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store or MemoryStore()
        self._keep = keep
        self._max_bytes = max_bytes
        self._clock = clock

    def get(self, key: str, max_age: float) -> bytes | None:
        """Return an answer that is at most ``max_age`` seconds old.

        Examples:
            >>> cache = AnswerCache()
            >>> cache.put("a", b"1")
            >>> cache.get("a", 60)
            b'1'
        """
        kept: tuple[float, bytes] | None = self._store.get(self._name(key))
        if kept is None or self._clock() - kept[0] > max_age:
            return None
        return kept[1]

    def put(self, key: str, body: bytes) -> None:
        """Keep an answer, unless it is large."""
        if len(body) <= self._max_bytes:
            self._store.set(self._name(key), (self._clock(), body), timeout=self._keep)

    @staticmethod
    def _name(key: str) -> str:
        return "demos-harvest:answer:" + hashlib.sha256(key.encode()).hexdigest()
