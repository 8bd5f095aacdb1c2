# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The client that all peers share."""

from __future__ import annotations

import hashlib
import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, BinaryIO, NoReturn, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import httpcore
import httpx

from .breaker import CircuitBreaker
from .cache import AnswerCache
from .decoding import ENCODINGS, decoded
from .errors import (
    AddressRefusedError,
    ChallengeError,
    ChecksumError,
    ConnectionFailedError,
    DeadlineError,
    ErrorInBodyError,
    GoneError,
    NotAcceptableError,
    NotFoundError,
    NotPublicError,
    PeerError,
    RateLimitedError,
    RedirectRefusedError,
    RefusedError,
    UnavailableError,
    UnexpectedContentError,
)
from .guard import AddressPolicy
from .rates import RateLimiter
from .robots import allows
from .sniffing import HEAD, check_body, is_challenge, is_login
from .transport import GuardedTransport, deadline

log = logging.getLogger(__name__)

MIB = 1024 * 1024
MAX_REDIRECTS = 5
DAY = 86400.0
Result = TypeVar("Result")
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class PeerSettings:
    """How one peer is spoken to.

    Attributes:
        name: The peer's short name.
        base_url: Where it is, without a trailing slash.
        rates: Budgets by kind of request; "default" is used where a kind has none.
        connect_timeout: Seconds to connect.
        read_timeout: Seconds between two pieces of an answer.
        total_timeout: Seconds for one whole answer.
        max_bytes: Most decoded bytes of an answer that is read into memory.
        max_file_bytes: Most decoded bytes of a downloaded file.
        attempts: How often a request is made before its error is final.
        max_wait: Longest pause in seconds, whatever the peer's Retry-After says.
        headers: Sent to the peer's own host only (tokens live here).
    """

    name: str
    base_url: str
    rates: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"default": ("60/minute",)})
    connect_timeout: float = 5.0
    read_timeout: float = 20.0
    total_timeout: float = 60.0
    max_bytes: int = 32 * MIB
    max_file_bytes: int = 256 * MIB
    attempts: int = 5
    max_wait: float = 90.0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Patience:
    """How long a caller is willing to wait: a harvest is patient, a page is not.

    Attributes:
        total: Seconds for one answer.
        attempts: How often it is tried.
        max_wait: Seconds to wait for a budget or after a failure.
    """

    total: float
    attempts: int
    max_wait: float


@dataclass(frozen=True)
class Answer:
    """A complete answer held in memory.

    Attributes:
        url: Where it came from, after redirects.
        status: HTTP status.
        headers: Keys in lower case.
        body: Decoded bytes.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Download:
    """A file written by :meth:`PeerHTTP.download`.

    Attributes:
        url: Where it came from, after redirects.
        size: Bytes.
        sha256: Hexadecimal digest.
        content_type: What the peer calls it.
    """

    url: str
    size: int
    sha256: str
    content_type: str


def encode_url(url: str) -> str:
    """Percent-encode what peers leave raw in their URLs (blanks, TeX), once and not twice.

    Examples:
        >>> encode_url("https://peer.org/Table 1/$%5Cmathcal{B}")
        'https://peer.org/Table%201/$%5Cmathcal%7BB%7D'
    """
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After, in seconds or as a date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


class PeerHTTP:
    """Requests to one peer: polite, bounded, checked, retried.

    Args:
        settings: The peer.
        user_agent: Name, version and contact; peers block nameless clients.
        policy: Which addresses may be spoken to.
        limiter: Budgets, shared between processes in production.
        breaker: The peer's circuit.
        cache: Where small answers are kept, if anywhere.
        patience: Overrides the settings' limits, for callers that cannot wait.
        sleep: Waits between attempts.
        verify: TLS verification, as httpx takes it.
    """

    def __init__(
        self,
        settings: PeerSettings,
        *,
        user_agent: str,
        policy: AddressPolicy | None = None,
        limiter: RateLimiter | None = None,
        breaker: CircuitBreaker | None = None,
        cache: AnswerCache | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        verify: Any = True,
    ) -> None:
        self.settings = settings
        self.breaker = breaker or CircuitBreaker(settings.name)
        self._policy = policy or AddressPolicy.trusting(settings.base_url)
        self._limiter = limiter or RateLimiter()
        self._cache = cache or AnswerCache()
        self._sleep = sleep
        self._patience = patience or Patience(
            settings.total_timeout, settings.attempts, settings.max_wait
        )
        self._agent = user_agent.partition("/")[0]
        self.requests = 0
        self._client = httpx.Client(
            transport=GuardedTransport(self._policy, verify=verify),
            headers={"User-Agent": user_agent, "Accept-Encoding": ENCODINGS},
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
            follow_redirects=False,
            trust_env=False,
            # Nothing of one answer may travel to the next request.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> PeerHTTP:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def url(self, path: str) -> str:
        """Return the absolute URL of a path of the peer; an absolute URL stays as it is."""
        return encode_url(urljoin(self.settings.base_url.rstrip("/") + "/", path.lstrip("/")))

    def get_json(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        accept: str = "application/json",
        kind: str = "default",
        max_age: float = 0.0,
        allow: Sequence[int] = (),
    ) -> Any:
        """Ask for JSON.

        Args:
            path: Path below the base URL, or an absolute URL.
            params: Query parameters.
            accept: Accept header.
            kind: Which budget it takes from.
            max_age: An answer of this age in seconds may be used instead of asking.
            allow: Statuses at or above 400 whose body is wanted all the same.

        Returns:
            The parsed document.

        Raises:
            PeerError: Named by what went wrong.
        """
        body = self._get(
            path,
            params,
            expected="json",
            accept=accept,
            kind=kind,
            max_age=max_age,
            allow=allow,
        ).body
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise UnexpectedContentError(
                "The peer's JSON cannot be read.", url=self.url(path)
            ) from error
        if isinstance(document, dict) and "error" in document and len(document) <= 2:
            raise ErrorInBodyError(
                f"The peer answers with an error: {str(document['error'])[:200]}",
                url=self.url(path),
                status=200,
            )
        return document

    def may_ask(self, path: str) -> bool:
        """Tell whether the peer's robots.txt lets a program like this ask for a path.

        Raises:
            PeerError: If the peer does not say; a peer without that file allows everything.
        """
        key = f"robots {self.url('/robots.txt')}"
        text = self._cache.get(key, DAY)
        if text is None:
            try:
                text = self._get(
                    "/robots.txt", None, expected="text", accept="text/plain", kind="default"
                ).body
            except NotFoundError:
                text = b""
            self._cache.put(key, text)
        return allows(text, self._agent, self.url(path))

    def get_xml(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        kind: str = "default",
        allow: Sequence[int] = (),
    ) -> bytes:
        """Ask for XML and return its bytes unparsed; arguments as for :meth:`get_json`."""
        accept = "application/xml, text/xml, application/atom+xml"
        answer = self._get(path, params, expected="xml", accept=accept, kind=kind, allow=allow)
        return answer.body

    def download(
        self,
        path: str,
        target: BinaryIO,
        *,
        accept: str = "*/*",
        kind: str = "default",
        checksum: str | None = None,
        max_bytes: int | None = None,
    ) -> Download:
        """Write a file to ``target``, checked against size, checksum and content.

        Args:
            path: Path or URL.
            target: A seekable binary file; emptied first, and before every new attempt.
            accept: Accept header.
            kind: Which budget it takes from.
            checksum: ``algorithm:hexdigest`` as the peer declares it.
            max_bytes: Most bytes; the settings' ``max_file_bytes`` by default.

        Returns:
            What was written.

        Raises:
            PeerError: Named by what went wrong; ``target`` then holds nothing useful.
        """
        limit = max_bytes or self.settings.max_file_bytes

        def attempt() -> Download:
            target.seek(0)
            target.truncate()
            sha256 = hashlib.sha256()
            algorithm, _, expected = (checksum or "").partition(":")
            declared = (
                hashlib.new(algorithm, usedforsecurity=False)
                if algorithm in hashlib.algorithms_available
                else None
            )
            size = 0
            with self._open(self.url(path), None, accept, kind) as (response, url):
                for chunk in self._checked(response, url, "file", limit):
                    target.write(chunk)
                    sha256.update(chunk)
                    if declared is not None:
                        declared.update(chunk)
                    size += len(chunk)
                content_type = response.headers.get("content-type", "")
            if declared is not None and declared.hexdigest() != expected.lower():
                raise ChecksumError(f"The file's {algorithm} is not the declared one.", url=url)
            target.flush()
            return Download(url, size, sha256.hexdigest(), content_type)

        return self._attempts(attempt)

    def _get(
        self,
        path: str,
        params: Mapping[str, Any] | None,
        *,
        expected: str,
        accept: str,
        kind: str,
        max_age: float = 0.0,
        allow: Sequence[int] = (),
    ) -> Answer:
        url = self.url(path)
        key = f"{accept} {url} {sorted((params or {}).items())}"
        if max_age and (kept := self._cache.get(key, max_age)) is not None:
            return Answer(url, 200, {}, kept)

        def attempt() -> Answer:
            with self._open(url, params, accept, kind, allow) as (response, final):
                body = b"".join(self._checked(response, final, expected, self.settings.max_bytes))
                return Answer(final, response.status_code, _lower(response.headers), body)

        answer = self._attempts(attempt)
        if max_age:
            self._cache.put(key, answer.body)
        return answer

    def _attempts(self, attempt: Callable[[], Result]) -> Result:
        """Run an attempt until it succeeds, its error is final or patience ends."""
        for number in range(1, self._patience.attempts + 1):
            self.breaker.check()
            try:
                with deadline(self._patience.total):
                    result = attempt()
            except PeerError as error:
                if error.counts:
                    self.breaker.failed()
                if not error.retryable or number == self._patience.attempts:
                    raise
                pause = self._pause(error, number)
                if pause > self._patience.max_wait:
                    raise
                log.info("%s: %s, next attempt in %.1f s", self.settings.name, error.code, pause)
                self._sleep(pause)
            else:
                self.breaker.succeeded()
                return result
        raise AssertionError("a peer is asked at least once")

    @staticmethod
    def _pause(error: PeerError, number: int) -> float:
        """Return what the peer asks for, else a growing random pause (full jitter)."""
        if error.retry_after is not None:
            return error.retry_after
        return random.uniform(0.0, min(0.25 * 2**number, 20.0))  # noqa: S311 - no secret

    @contextmanager
    def _open(
        self,
        url: str,
        params: Mapping[str, Any] | None,
        accept: str,
        kind: str,
        allow: Sequence[int] = (),
    ) -> Iterator[tuple[httpx.Response, str]]:
        """Open a successful answer, following redirects that were checked like the first URL."""
        rates = self.settings.rates.get(kind) or self.settings.rates["default"]
        self._limiter.acquire(f"{self.settings.name}:{kind}", rates, self._patience.max_wait)
        home = urlsplit(self.settings.base_url).netloc
        request = self._client.build_request(
            "GET", url, params=params or None, headers={"Accept": accept}
        )
        for _ in range(MAX_REDIRECTS + 1):
            self._policy.check_url(str(request.url))
            if request.url.netloc.decode() == home:
                request.headers.update(self.settings.headers)
            self.requests += 1
            with self._translated(str(request.url)):
                response = self._client.send(request, stream=True)
            try:
                if response.status_code in REDIRECTS and "location" in response.headers:
                    request = self._redirected(request, response, accept)
                    continue
                if response.status_code >= 400 and response.status_code not in allow:
                    self._refuse(response)
                with self._translated(str(request.url)):
                    yield response, str(request.url)
                return
            finally:
                response.close()
        raise RedirectRefusedError("Too many redirects.", url=url)

    def _redirected(
        self, request: httpx.Request, response: httpx.Response, accept: str
    ) -> httpx.Request:
        origin = str(request.url)
        target = encode_url(urljoin(origin, response.headers["location"]))
        if is_login(urlsplit(target).path):
            raise NotPublicError(
                "The peer asks for a login.", url=origin, status=response.status_code
            )
        if origin.startswith("https:") and not target.startswith("https:"):
            raise RedirectRefusedError("A redirect away from https is refused.", url=origin)
        self._policy.check_url(target)
        return self._client.build_request("GET", target, headers={"Accept": accept})

    def _checked(
        self, response: httpx.Response, url: str, expected: str, limit: int
    ) -> Iterator[bytes]:
        """Yield the decoded body once its head was found to be what is expected."""
        headers = _lower(response.headers)
        pieces = decoded(response.iter_raw(), headers.get("content-encoding", ""), limit)
        head = b""
        try:
            for piece in pieces:
                head += piece
                if len(head) >= HEAD:
                    break
            problem = check_body(expected, response.status_code, headers, head[:HEAD], url)
            if problem is not None:
                raise problem
            if head:
                yield head
            yield from pieces
        except PeerError as error:
            error.url = error.url or url
            raise

    def _refuse(self, response: httpx.Response) -> NoReturn:
        """Raise the error that stands for a status at or above 400."""
        status = response.status_code
        url = str(response.request.url)
        headers = _lower(response.headers)
        head = b""
        # The body only helps to explain; whatever is wrong with it must not hide the status.
        try:
            with self._translated(url):
                encoding = headers.get("content-encoding", "")
                for piece in decoded(response.iter_raw(), encoding, 64 * 1024):
                    head += piece
        except PeerError:
            pass
        if is_challenge(status, headers, head):
            raise ChallengeError(
                "The peer's bot protection answered instead of the peer.", url=url, status=status
            )
        fields: dict[str, Any] = {"url": url, "status": status}
        if status == 404:
            raise NotFoundError("The peer does not know it.", **fields)
        if status == 410:
            raise GoneError(_message(head) or "The peer removed it.", **fields)
        if status == 406:
            raise NotAcceptableError(
                "The peer has it in another format only.",
                mimetype=_field(head, "file_mimetype"),
                **fields,
            )
        if status == 429:
            raise RateLimitedError(
                "The peer asks for fewer requests.", retry_after=_retry_after(headers), **fields
            )
        if status >= 500:
            pause = _retry_after(headers) if status == 503 else None
            raise UnavailableError(
                f"The peer answers with status {status}.", retry_after=pause, **fields
            )
        raise RefusedError(_message(head) or f"The peer answers with status {status}.", **fields)

    @contextmanager
    def _translated(self, url: str) -> Iterator[None]:
        """Turn the network's errors into named ones."""
        try:
            yield
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise DeadlineError("The peer took too long.", url=url) from error
        except httpx.RemoteProtocolError as error:
            if isinstance(error.__context__, httpx.InvalidURL):
                raise AddressRefusedError("The redirect's address cannot be read.") from error
            raise ConnectionFailedError(f"The connection failed: {error}", url=url) from error
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise ConnectionFailedError(
                f"The connection failed: {str(error)[:200] or type(error).__name__}", url=url
            ) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise AddressRefusedError("The address cannot be read.") from error


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {key.lower(): value for key, value in headers.items()}


def _field(head: bytes, name: str) -> str | None:
    try:
        document = json.loads(head)
    except (ValueError, RecursionError):
        return None
    value = document.get(name) if isinstance(document, dict) else None
    return value[:300] if isinstance(value, str) else None


def _message(head: bytes) -> str | None:
    return _field(head, "message")
