# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A proxy between a client and a double that breaks what passes through it."""

import socket
import threading
import time

PAGE = b"<!DOCTYPE html><html><body>Just a moment...</body></html>"
ANSWERS = {
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n",
    "503": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n",
    "500": b"HTTP/1.1 500 Internal Server Error\r\n",
    "challenge": b"HTTP/1.1 403 Forbidden\r\nServer: cloudflare\r\nCf-Mitigated: challenge\r\n",
    "html": b"HTTP/1.1 200 OK\r\n",
}
"""Faults that are whole answers; further ones are ``cut``, ``corrupt``, ``delay``, ``refuse``."""


class FaultProxy:
    """Forwards to a double and breaks every n-th request.

    Args:
        target: The double.
        fault: What goes wrong.
        every: Which request, counted from one; 0 for none.
        offset: Shifts the count.
    """

    def __init__(self, target, fault="cut", every=10, offset=0):
        self._target = ("127.0.0.1", target.port)
        self.fault = fault
        self.every = every
        self._count = offset
        self.broken = 0
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def _serve(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _next_fault(self):
        with self._lock:
            self._count += 1
            if self.every and self._count % self.every == 0:
                self.broken += 1
                return self.fault
        return None

    def _pass(self, client):
        try:
            with client:
                head = b""
                while b"\r\n\r\n" not in head:
                    data = client.recv(65536)
                    if not data:
                        return
                    head += data
                self._answer(client, head, self._next_fault())
        except OSError:
            pass

    def _answer(self, client, head, fault):
        if fault == "refuse":
            return
        if fault in ANSWERS:
            length = b"Content-Type: text/html\r\nContent-Length: %d\r\n" % len(PAGE)
            client.sendall(ANSWERS[fault] + length + b"Connection: close\r\n\r\n" + PAGE)
            return
        if fault == "delay":
            time.sleep(1.5)
        lines = [
            line
            for line in head.split(b"\r\n")
            if not line.lower().startswith((b"connection:", b"host:"))
        ]
        host = f"Host: 127.0.0.1:{self.port}".encode()
        request = b"\r\n".join([lines[0], host, b"Connection: close", *lines[1:]])
        with socket.create_connection(self._target) as server:
            server.sendall(request)
            data = b""
            while chunk := server.recv(65536):
                data += chunk
        start = data.find(b"\r\n\r\n") + 4
        if fault == "cut":
            data = data[: max(start + (len(data) - start) // 2, 20)]
            if len(data) == start:
                data = data[: start // 2]
        elif fault == "corrupt":
            body = bytearray(data[start:])
            for place in range(0, len(body), 7):
                body[place] ^= 0xFF
            data = data[:start] + bytes(body)
        client.sendall(data)
