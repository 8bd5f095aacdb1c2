# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Raw servers, and a client whose pauses are noted instead of slept."""

import pytest
from demos_harvest.http import AddressPolicy, CircuitBreaker, PeerHTTP, PeerSettings, RateLimiter
from demos_harvest.http.client import Patience
from peers.raw import RawServer

GENEROUS = {"default": ("100000/second",)}


@pytest.fixture
def serve():
    servers = []

    def start(script):
        if isinstance(script, bytes):
            constant = script
            script = lambda head, connection: constant  # noqa: E731
        server = RawServer(script)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def peer():
    """Make a client of a server; pauses are noted, not slept."""
    clients = []

    def make(server, *, patience=None, trust=None, breaker=None, **settings):
        url = getattr(server, "url", server)
        settings.setdefault("rates", GENEROUS)
        pauses = []
        client = PeerHTTP(
            PeerSettings("test", url, **settings),
            user_agent="DEMOS-portal/test (+https://demos.example; mailto:demos@example.org)",
            policy=AddressPolicy.trusting(*([url] if trust is None else trust)),
            breaker=breaker or CircuitBreaker("test", threshold=1000),
            limiter=RateLimiter(),
            patience=patience or Patience(10.0, 3, 90.0),
            sleep=pauses.append,
        )
        client.pauses = pauses
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
