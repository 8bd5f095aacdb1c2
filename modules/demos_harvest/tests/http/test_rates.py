# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Budgets hold and say when they free up."""

import time

import pytest
from demos_harvest.http import RateLimiter, errors


def test_requests_wait_for_the_budget():
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        time.sleep(seconds)

    limiter = RateLimiter(sleep=sleep)
    for _ in range(3):
        limiter.acquire("inspire", ("3/second",), 10)
    assert waited == []
    limiter.acquire("inspire", ("3/second",), 10)
    assert 0 < sum(waited) <= 1.1


def test_budgets_of_peers_are_separate():
    limiter = RateLimiter()
    limiter.acquire("a", ("1/hour",), 0)
    limiter.acquire("b", ("1/hour",), 0)


def test_a_caller_that_cannot_wait_is_told_how_long_it_would_be():
    limiter = RateLimiter()
    limiter.acquire("arxiv", ("1/3 second", "100/day"), 0)
    with pytest.raises(errors.RateLimitedError) as caught:
        limiter.acquire("arxiv", ("1/3 second", "100/day"), 1)
    assert 1 < caught.value.retry_after <= 3.1
