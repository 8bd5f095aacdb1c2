# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One HTTP layer for every peer: polite, bounded and suspicious.

Built on `httpx <https://www.python-httpx.org>`_. It knows nothing of Flask: what it needs
(limits, cache, circuit state) is passed in.
"""

from .breaker import CircuitBreaker
from .cache import AnswerCache
from .client import Download, PeerHTTP, PeerSettings
from .errors import PeerError
from .guard import AddressPolicy
from .rates import RateLimiter

__all__ = (
    "AddressPolicy",
    "AnswerCache",
    "CircuitBreaker",
    "Download",
    "PeerError",
    "PeerHTTP",
    "PeerSettings",
    "RateLimiter",
)
