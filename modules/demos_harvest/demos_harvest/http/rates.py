# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How often a peer may be asked, over all processes of the portal together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from .errors import RateLimitedError


class RateLimiter:
    """Budgets in the notation of `limits`, kept in memory or in Redis.

    Args:
        storage_uri: Where counters are kept; with ``redis://`` all processes share them.
        clock: Returns seconds since the epoch.
        sleep: Waits.
    """

    def __init__(
        self,
        storage_uri: str = "memory://",
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(storage_uri))
        self._clock = clock
        self._sleep = sleep

    def acquire(self, key: str, rates: Sequence[str], max_wait: float) -> float:
        """Take one request from every budget, waiting for it if need be.

        Args:
            key: Whose budget, for example ``hepdata``.
            rates: Budgets such as ``60/minute`` or ``15/5 second``.
            max_wait: Most seconds to wait.

        Returns:
            Seconds waited.

        Raises:
            RateLimitedError: If the budget frees up only later than that.
        """
        items = [parse(rate) for rate in rates]
        start = self._clock()
        while True:
            blocking = next((i for i in items if not self._limiter.test(i, key)), None)
            # Another process may take the last one between the test and the hit.
            if blocking is None:
                blocking = next((i for i in items if not self._limiter.hit(i, key)), None)
            if blocking is None:
                return self._clock() - start
            wait = self._wait(blocking, key)
            if self._clock() - start + wait > max_wait:
                raise RateLimitedError(
                    f"The budget of {blocking} for {key} is used up.", retry_after=round(wait, 1)
                )
            self._sleep(wait)

    def _wait(self, item: RateLimitItem, key: str) -> float:
        reset = self._limiter.get_window_stats(item, key).reset_time
        return min(max(reset - self._clock(), 0.02), item.get_expiry())
