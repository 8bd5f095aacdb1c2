# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A server on a real socket whose every byte the test decides."""

import socket
import threading
from collections.abc import Callable


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
