# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An httpx transport whose connections go only to checked addresses and end in time."""

from __future__ import annotations

import contextvars
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from .guard import AddressPolicy

_deadline: contextvars.ContextVar[float | None] = contextvars.ContextVar("deadline", default=None)
_resolver = ThreadPoolExecutor(max_workers=4, thread_name_prefix="demos-resolve")


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Bound everything a request does inside this context: name look-up, connect, every read."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining(timeout: float | None = None) -> float | None:
    """Return the seconds an operation may take: its own limit or what the deadline leaves.

    Raises:
        httpcore.ReadTimeout: If the deadline has passed.
    """
    end = _deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the total time allowed is over")
    return left if timeout is None else min(left, timeout)


class DeadlineStream(httpcore.NetworkStream):
    """A network stream that obeys the deadline of the request in progress.

    A peer that sends one byte every few seconds never trips a read timeout; this does.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, at most ``max_bytes``."""
        return self._stream.read(max_bytes, remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write the whole buffer."""
        self._stream.write(buffer, remaining(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Upgrade to TLS; the certificate is checked against the host's *name*."""
        return DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, remaining(timeout))
        )

    def get_extra_info(self, info: str) -> Any:
        """Return what the wrapped stream tells about itself."""
        return self._stream.get_extra_info(info)


class PinnedBackend(httpcore.NetworkBackend):
    """Resolve once, check the addresses, connect to exactly those."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address of the host that answers.

        Raises:
            AddressRefusedError: If any of its addresses is not allowed.
            httpcore.ConnectError: If the name does not resolve or nothing answers.
            httpcore.ConnectTimeout: If that takes too long.
        """
        addresses = self._resolve(host, port, remaining(timeout))
        # All of them, not only the one used: a name with one inside address is suspect as such.
        for address in addresses:
            self._policy.check_address(host, port, address)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    address, port, remaining(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return DeadlineStream(stream)
        raise failure

    @staticmethod
    def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
        # The system's resolver knows no time limit of its own, hence the thread.
        future = _resolver.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = future.result(timeout)
        except FutureTimeoutError as error:
            raise httpcore.ConnectTimeout(f"the name {host} took too long to resolve") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} does not resolve") from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedTransport(httpx.HTTPTransport):
    """httpx' transport with the connection pool on top of `PinnedBackend`."""

    def __init__(self, policy: AddressPolicy, verify: ssl.SSLContext | bool = True) -> None:
        super().__init__(verify=verify, trust_env=False)
        # httpx offers no argument for the network backend; its pool is the documented seam of
        # httpcore, so the pool is made here with the same TLS settings.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(verify=verify, trust_env=True),
            max_connections=8,
            max_keepalive_connections=4,
            keepalive_expiry=15.0,
            network_backend=PinnedBackend(policy),
        )
