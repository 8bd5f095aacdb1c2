# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A server on a real socket whose every byte the test decides."""

import socket
import threading
from collections.abc import Callable

import pytest
from demos_harvest.http import AddressPolicy, CircuitBreaker, PeerHTTP, PeerSettings, RateLimiter
from demos_harvest.http.client import Patience

GENEROUS = {"default": ("100000/second",)}


class RawServer:
    """Answers each request with ``script(request head, connection)``."""

    def __init__(self, script: Callable[[bytes, socket.socket], bytes | None]):
        self.script = script
        self.requests: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(65536)
                if not data:
                    return
                head += data
            self.requests.append(head)
            try:
                answer = self.script(head, connection)
                if answer:
                    connection.sendall(answer)
            except OSError:
                pass

    def close(self):
        self._stopped.set()
        self._socket.close()


def reply(body=b"{}", status="200 OK", **headers):
    """Build a whole HTTP answer."""
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    fields.update({key.replace("_", "-"): value for key, value in headers.items()})
    lines = "".join(f"{key}: {value}\r\n" for key, value in fields.items() if value is not None)
    return f"HTTP/1.1 {status}\r\n{lines}Connection: close\r\n\r\n".encode() + body


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
