# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""OAI-PMH documents, read without trusting them."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ...http.errors import UnexpectedContentError

OAI = "{http://www.openarchives.org/OAI/2.0/}"
MAX_TOKEN = 8192


class OAIError(Exception):
    """An error that the archive reports in its own words.

    Args:
        code: For example ``noRecordsMatch``.
        message: The archive's explanation.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Header:
    """One record's header.

    Attributes:
        identifier: The record's OAI identifier.
        datestamp: When it last changed, as the archive spells it.
        deleted: Whether the archive announces its deletion.
        metadata: The element below ``metadata``; None in lists of identifiers.
    """

    identifier: str
    datestamp: str
    deleted: bool
    metadata: etree._Element | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        headers: What is on it.
        token: How to go on; None on the last page.
        size: How long the whole list is, if the archive tells.
    """

    headers: tuple[Header, ...]
    token: str | None
    size: int | None


def parse(body: bytes, url: str = "") -> etree._Element:
    """Parse XML of a stranger: no entities, no DTD, no network, bounded depth and text.

    Raises:
        UnexpectedContentError: If it is malformed or declares a document type.

    Examples:
        >>> parse(b"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'/>").tag
        '{http://www.openarchives.org/OAI/2.0/}OAI-PMH'
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    # A document type is where entity bombs live; no archive needs one. It is refused before
    # the parser sees it, since the parser expands internal entities on its own.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise UnexpectedContentError("The XML declares a document type.", url=url)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnexpectedContentError(f"The XML is malformed: {error}"[:300], url=url) from error


def page_of(body: bytes, url: str = "") -> Page:
    """Read one answer to a list request or GetRecord.

    Raises:
        OAIError: If the archive reports an error.
        UnexpectedContentError: If it is no OAI-PMH document.
    """
    root = parse(body, url)
    if root.tag != f"{OAI}OAI-PMH":
        raise UnexpectedContentError("The XML is not an OAI-PMH document.", url=url)
    error = root.find(f"{OAI}error")
    if error is not None:
        raise OAIError(error.get("code", ""), (error.text or "").strip()[:300])
    headers = []
    for element in root.iter(f"{OAI}header"):
        identifier = (element.findtext(f"{OAI}identifier") or "").strip()
        if not identifier or len(identifier) > 1000:
            continue
        parent = element.getparent()
        metadata = parent.find(f"{OAI}metadata") if parent is not None else None
        headers.append(
            Header(
                identifier,
                (element.findtext(f"{OAI}datestamp") or "").strip()[:40],
                element.get("status") == "deleted",
                metadata[0] if metadata is not None and len(metadata) else None,
            )
        )
    more = next(root.iter(f"{OAI}resumptionToken"), None)
    token = (more.text or "").strip() if more is not None else ""
    size = more.get("completeListSize", "") if more is not None else ""
    if len(token) > MAX_TOKEN:
        raise UnexpectedContentError("The resumption token is absurdly long.", url=url)
    return Page(tuple(headers), token or None, int(size) if size.isdigit() else None)
