# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The protocol: lists that are followed to their end, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from ...http import PeerHTTP
from ...http.errors import PeerError, UnexpectedContentError
from .parser import Header, OAIError, Page, page_of, parse

RESTARTS = 3
"""How often a list is begun again when its token expired."""


class ListTooLongError(PeerError):
    """The list is longer than this portal takes at once: name a set or a window."""

    code = "list_too_long"


class OAIArchive:
    """One OAI-PMH endpoint.

    Args:
        http: The connection.
        path: The endpoint below the connection's base URL.
        max_pages: Most pages followed of one list.
        max_records: Longest list taken.
    """

    def __init__(
        self, http: PeerHTTP, path: str = "/oai2d", max_pages: int = 2000, max_records: int = 50_000
    ) -> None:
        self.http = http
        self.path = path
        self._max_pages = max_pages
        self._max_records = max_records

    def granularity(self) -> str:
        """Return the archive's date format, from Identify."""
        url = self.http.url(self.path)
        root = parse(self.http.get_xml(self.path, {"verb": "Identify"}, kind="oai"), url)
        return root.findtext(".//{*}granularity") or "YYYY-MM-DD"

    def identifiers(
        self, prefix: str = "oai_dc", set_spec: str | None = None, start: str | None = None
    ) -> list[Header]:
        """Return the headers of all records of a set, or of those changed since a date.

        The list is taken as a whole: a token that expires on the way begins it again. Records
        come in no order of dates, so half a list says nothing about where to go on.

        Raises:
            OAIError: If the archive refuses.
            PeerError: If it gives no usable answer.
        """
        params = {"verb": "ListIdentifiers", "metadataPrefix": prefix}
        if set_spec:
            params["set"] = set_spec
        if start:
            params["from"] = start
        for restart in range(RESTARTS + 1):
            found: dict[str, Header] = {}
            try:
                for page in self._pages(params):
                    found.update((header.identifier, header) for header in page.headers)
            except OAIError as error:
                if error.code == "noRecordsMatch":
                    return []
                if error.code == "badResumptionToken" and restart < RESTARTS:
                    continue
                raise
            return list(found.values())
        raise AssertionError("the loop returns or raises")

    def record(self, identifier: str, prefix: str) -> Header:
        """Return one record with its metadata."""
        params = {"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix}
        page = self._page(params)
        if not page.headers:
            raise UnexpectedContentError("The archive's answer holds no record.", url=identifier)
        return page.headers[0]

    def _pages(self, params: dict[str, str]) -> Iterator[Page]:
        tokens: set[str] = set()
        count = 0
        page = self._page(params)
        for _ in range(self._max_pages):
            count += len(page.headers)
            if max(count, page.size or 0) > self._max_records:
                raise ListTooLongError(
                    f"The list has {max(count, page.size or 0)} records; "
                    f"at most {self._max_records} are taken at once. Name a set."
                )
            yield page
            if page.token is None:
                return
            if page.token in tokens:
                raise UnexpectedContentError("The archive's list goes round in a circle.")
            tokens.add(page.token)
            # Nothing but the token may go with it.
            try:
                page = self._page({"verb": params["verb"], "resumptionToken": page.token})
            except OAIError as error:
                # InvenioRDM promises one page too many when the last one is full.
                if page.size is not None and count >= page.size:
                    return
                raise error
        raise UnexpectedContentError("The archive's list does not end.")

    def _page(self, params: dict[str, str]) -> Page:
        # InvenioRDM reports OAI-PMH's own errors, "nothing new" among them, with status 422.
        body = self.http.get_xml(self.path, params, kind="oai", allow=(422,))
        return page_of(body, self.http.url(self.path))
