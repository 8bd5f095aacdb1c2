# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The protocol: a request and a repository give a response."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from . import writer
from .errors import ProtocolErrors, refuse
from .repository import Item, Repository, Selection
from .requests import PREFIX, Request, parse
from .tokens import Token, TokenSigner


class Server:
    """Answer requests.

    Args:
        repository: What is served.
        signer: Writes and reads tokens.
        base_url: Where harvesters ask.
        page_size: Records, headers or sets of the first two pages.
        largest_page: Of later pages, which double until they have as many. Who only looks gets
            a quick answer, who harvests makes few requests.
    """

    def __init__(
        self,
        repository: Repository,
        signer: TokenSigner,
        base_url: str,
        *,
        page_size: int = 100,
        largest_page: int | None = None,
    ) -> None:
        self.repository = repository
        self.signer = signer
        self.base_url = base_url
        self.page_size = page_size
        self.largest_page = largest_page or page_size

    def size_at(self, cursor: int) -> int:
        """Return how many are on a page; it follows from the place, so that a token says it.

        Args:
            cursor: How many stand before the page.
        """
        return max(self.page_size, min(self.largest_page, cursor))

    def answer(self, pairs: Sequence[tuple[str, str]], now: datetime) -> Iterator[bytes]:
        """Return the response to a request, as pieces of UTF-8.

        Everything that can be an error is found before the first piece is given.

        Args:
            pairs: Names and values of the request, decoded, in order.
            now: The moment of the request.
        """
        arguments: Mapping[str, str] = {}
        try:
            request = parse(pairs)
            arguments = request.arguments
            pieces = VERBS[request.verb](self, request, now)
        except ProtocolErrors as error:
            return iter([writer.errors(now, self.base_url, arguments, error.faults)])
        return self._written(request, pieces, now)

    def _written(self, request: Request, pieces: Iterable[bytes], now: datetime) -> Iterator[bytes]:
        yield writer.begin(now, self.base_url, request.arguments)
        yield from writer.wrapped(request.verb, pieces)
        yield writer.END

    def _identify(self, request: Request, now: datetime) -> Iterable[bytes]:
        return writer.identity(replace(self.repository.identify(), base_url=self.base_url))

    def _list_metadata_formats(self, request: Request, now: datetime) -> Iterable[bytes]:
        identifier = request.get("identifier")
        formats = self.repository.formats(identifier)
        if formats is None:
            raise refuse("idDoesNotExist", "There is no item with this identifier.")
        if not formats:
            raise refuse("noMetadataFormats", "There is no metadata format for this item.")
        return map(writer.metadata_format, formats)

    def _get_record(self, request: Request, now: datetime) -> Iterable[bytes]:
        prefix = self._prefix(request)
        item = self.repository.get(request["identifier"], prefix)
        if item is None:
            if self.repository.formats(request["identifier"]) is None:
                raise refuse("idDoesNotExist", "There is no item with this identifier.")
            raise refuse("cannotDisseminateFormat", f"This item has no {prefix}.")
        return writer.record(item)

    def _list_records(self, request: Request, now: datetime) -> Iterable[bytes]:
        items, end = self._items(request, now, metadata=True)
        return _chained((piece for item in items for piece in writer.record(item)), end)

    def _list_identifiers(self, request: Request, now: datetime) -> Iterable[bytes]:
        items, end = self._items(request, now, metadata=False)
        return _chained(map(writer.header, items), end)

    def _list_sets(self, request: Request, now: datetime) -> Iterable[bytes]:
        token = self._token(request, now) or Token("ListSets", issued=now)
        sets, size = self.repository.sets(), self.size_at(token.cursor)
        if not sets:
            raise refuse("noSetHierarchy", "This repository has no sets.")
        page = sets[token.cursor : token.cursor + size]
        if not page:
            raise refuse("badResumptionToken", "There are no more sets; begin the list again.")
        more = len(sets) > token.cursor + size
        token = replace(token, total=len(sets))
        end = self._end(token, token.advanced((0, 0), len(page)) if more else None)
        return _chained(map(writer.set_info, page), end)

    def _items(
        self, request: Request, now: datetime, *, metadata: bool
    ) -> tuple[Sequence[Item], bytes]:
        """Return a page of a list, and the element that ends it."""
        token = self._token(request, now)
        after = None if token is None else token.after
        size = self.size_at(0 if token is None else token.cursor)
        if token is None:
            token = self._first(request, now)
        selection = Selection(token.prefix, token.set_spec, token.first, token.last)
        # One more than a page holds says whether another page follows.
        items = self.repository.page(selection, after, size + 1, metadata=metadata)
        page, more = items[:size], len(items) > size
        if not page and after is None:
            raise refuse("noRecordsMatch", "Nothing matches the arguments.")
        if not page:
            # What followed was changed meanwhile and is no longer in the range of dates.
            message = "The rest of the list has moved out of its range; begin the list again."
            raise refuse("badResumptionToken", message)
        if after is None:
            total = self.repository.count(selection) if more else len(page)
            token = replace(token, total=total)
        following = token.advanced(page[-1].key, len(page)) if more else None
        return page, self._end(token, following, len(page))

    def _first(self, request: Request, now: datetime) -> Token:
        prefix, spec = self._prefix(request), request.get("set")
        if spec is not None:
            known = self.repository.sets()
            if not known:
                raise refuse("noSetHierarchy", "This repository has no sets.")
            if not any(one.spec == spec for one in known):
                raise refuse("noRecordsMatch", f"There is no set {spec}.")
        return Token(
            request.verb,
            issued=now.replace(microsecond=0),
            prefix=prefix,
            set_spec=spec,
            first=request.first,
            last=request.last,
        )

    def _token(self, request: Request, now: datetime) -> Token | None:
        text = request.get("resumptionToken")
        return None if text is None else self.signer.read(text, request.verb, now)

    def _prefix(self, request: Request) -> str:
        prefix = request["metadataPrefix"]
        known = {one.prefix for one in self.repository.formats() or ()}
        if not PREFIX.fullmatch(prefix) or prefix not in known:
            raise refuse("cannotDisseminateFormat", f"The formats are {', '.join(sorted(known))}.")
        return prefix

    def _end(self, token: Token, following: Token | None, count: int = 0) -> bytes:
        """Return the element that ends a page; nothing where the list is one page."""
        if following is None and token.cursor == 0:
            return b""
        total = max(token.total, token.cursor + count)
        if following is None:
            return writer.resumption_token("", cursor=token.cursor, total=total)
        return writer.resumption_token(
            self.signer.write(following),
            cursor=token.cursor,
            total=total,
            expires=self.signer.expiry(following),
        )


def _chained(pieces: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    yield from pieces
    if end:
        yield end


VERBS: Mapping[str, Callable[[Server, Request, datetime], Iterable[bytes]]] = {
    "GetRecord": Server._get_record,
    "Identify": Server._identify,
    "ListIdentifiers": Server._list_identifiers,
    "ListMetadataFormats": Server._list_metadata_formats,
    "ListRecords": Server._list_records,
    "ListSets": Server._list_sets,
}
"""How each verb is answered."""
