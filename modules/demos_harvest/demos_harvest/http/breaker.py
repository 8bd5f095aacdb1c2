# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Leave a peer alone after it failed several times in a row."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from .errors import CircuitOpenError


class Store(Protocol):
    """Where small states are kept; Flask-Caching's interface."""

    def get(self, key: str) -> Any:
        """Return the value or None."""

    def set(self, key: str, value: Any, timeout: int | None = None) -> Any:
        """Keep a value for ``timeout`` seconds."""


class MemoryStore:
    """A store for one process."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """Return the value or None."""
        return self._values.get(key)

    def set(self, key: str, value: Any, timeout: int | None = None) -> None:
        """Keep a value for as long as the process lives."""
        self._values[key] = value


class CircuitBreaker:
    """Closed while requests succeed; open for a while after consecutive failures.

    After the pause one request is let through; it decides whether the circuit closes.

    Args:
        name: The peer.
        store: Where the state is kept; shared between processes in production.
        threshold: Consecutive failures that open it.
        pause: Seconds it stays open.
        clock: Returns seconds since the epoch.
    """

    def __init__(
        self,
        name: str,
        store: Store | None = None,
        *,
        threshold: int = 6,
        pause: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = f"demos-harvest:circuit:{name}"
        self._name = name
        self._store = store or MemoryStore()
        self._threshold = threshold
        self._pause = pause
        self._clock = clock

    def state(self) -> dict[str, Any]:
        """Return ``{"state": "closed" | "open" | "half-open", "failures", "opened_at"}``."""
        kept = self._store.get(self._key) or {"failures": 0, "opened_at": None}
        opened = kept["opened_at"]
        if opened is None:
            name = "closed"
        else:
            name = "open" if self._clock() - opened < self._pause else "half-open"
        return {"state": name, **kept}

    def check(self) -> None:
        """Let a request pass or not.

        Raises:
            CircuitOpenError: While the circuit is open.
        """
        now = self.state()
        if now["state"] == "open":
            left = self._pause - (self._clock() - now["opened_at"])
            raise CircuitOpenError(
                f"{self._name} failed {now['failures']} times in a row and is left alone.",
                retry_after=round(left, 1),
            )

    def succeeded(self) -> None:
        """Note an answer."""
        if (self._store.get(self._key) or {}).get("failures"):
            self._save(0, None)

    def failed(self) -> None:
        """Note a failure of the peer as such."""
        failures = self.state()["failures"] + 1
        self._save(failures, self._clock() if failures >= self._threshold else None)

    def _save(self, failures: int, opened_at: float | None) -> None:
        self._store.set(self._key, {"failures": failures, "opened_at": opened_at}, timeout=86400)
