# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""XML of responses, written as bytes piece by piece.

Payloads are stored as XML and copied as they are, so that a page of many records costs no
parsing and no tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from .dates import GRANULARITY, datestamp
from .errors import WITHOUT_ATTRIBUTES, Fault
from .repository import Format, Identity, Item, SetInfo
from .requests import ILLEGAL_IN_XML

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"


def text(value: str) -> bytes:
    r"""Return a text as content of an element.

    >>> text("a < b & \x07")
    b'a &lt; b &amp; '
    """
    return escape(ILLEGAL_IN_XML.sub("", value)).encode()


def attribute(name: str, value: str) -> bytes:
    """Return an attribute with a space before it."""
    return f" {name}={quoteattr(ILLEGAL_IN_XML.sub('', value))}".encode()


def element(name: str, value: str) -> bytes:
    """Return an element with a text.

    >>> element("setSpec", "models")
    b'<setSpec>models</setSpec>'
    """
    return b"<%b>%b</%b>" % (name.encode(), text(value), name.encode())


def begin(moment: datetime, base_url: str, arguments: Mapping[str, str]) -> bytes:
    """Return the beginning of a response, with its element ``request``."""
    attributes = b"".join(attribute(name, value) for name, value in arguments.items())
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<OAI-PMH xmlns="%b" xmlns:xsi="%b" xsi:schemaLocation="%b %b">'
        b"%b<request%b>%b</request>"
        % (
            *(NAMESPACE.encode(), XSI.encode(), NAMESPACE.encode(), SCHEMA.encode()),
            *(element("responseDate", datestamp(moment)), attributes, text(base_url)),
        )
    )


END = b"</OAI-PMH>\n"


def wrapped(verb: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the element of a verb around its pieces."""
    yield b"<%b>" % verb.encode()
    yield from pieces
    yield b"</%b>" % verb.encode()


def errors(
    moment: datetime, base_url: str, arguments: Mapping[str, str], faults: Sequence[Fault]
) -> bytes:
    """Return the response to a request that cannot be answered.

    The arguments are repeated unless they themselves are wrong.
    """
    repeated = {} if WITHOUT_ATTRIBUTES & {fault.code for fault in faults} else arguments
    listed = b"".join(
        b"<error%b>%b</error>" % (attribute("code", fault.code), text(fault.message))
        for fault in faults
    )
    return begin(moment, base_url, repeated) + listed + END


def identity(found: Identity) -> Iterator[bytes]:
    """Yield the content of Identify."""
    yield element("repositoryName", found.name)
    yield element("baseURL", found.base_url)
    yield element("protocolVersion", "2.0")
    for email in found.emails:
        yield element("adminEmail", email)
    yield element("earliestDatestamp", datestamp(found.earliest))
    yield element("deletedRecord", "persistent")
    yield element("granularity", GRANULARITY)
    yield element("compression", "gzip")
    for description in found.descriptions:
        yield b"<description>%b</description>" % description


def metadata_format(found: Format) -> bytes:
    """Return a metadata format."""
    return b"<metadataFormat>%b%b%b</metadataFormat>" % (
        element("metadataPrefix", found.prefix),
        element("schema", found.schema),
        element("metadataNamespace", found.namespace),
    )


def set_info(found: SetInfo) -> bytes:
    """Return a set; its description is Dublin Core, as the guidelines advise."""
    description = b""
    if found.description:
        description = (
            b'<setDescription><oai_dc:dc xmlns:oai_dc="%b" '
            b'xmlns:dc="http://purl.org/dc/elements/1.1/" xsi:schemaLocation="%b %b">%b'
            b"</oai_dc:dc></setDescription>"
            % (
                *(DC.encode(), DC.encode(), DC_SCHEMA.encode()),
                element("dc:description", found.description),
            )
        )
    return b"<set>%b%b%b</set>" % (
        element("setSpec", found.spec),
        element("setName", found.name or found.spec),
        description,
    )


def header(item: Item) -> bytes:
    """Return an item's header."""
    return b"<header%b>%b%b%b</header>" % (
        attribute("status", "deleted") if item.deleted else b"",
        element("identifier", item.identifier),
        element("datestamp", datestamp(item.datestamp)),
        b"".join(element("setSpec", spec) for spec in item.sets),
    )


def record(item: Item) -> Iterator[bytes]:
    """Yield an item as a record."""
    yield b"<record>" + header(item)
    if not item.deleted:
        yield b"<metadata>"
        yield item.metadata
        yield b"</metadata>"
        for about in item.abouts:
            yield b"<about>%b</about>" % about
    yield b"</record>"


def resumption_token(
    value: str, *, cursor: int, total: int, expires: datetime | None = None
) -> bytes:
    """Return the element that ends a page of a list with several pages.

    Args:
        value: The token; empty on the last page.
        cursor: How many items came before this page.
        total: Length of the whole list.
        expires: When the token becomes invalid.
    """
    attributes = attribute("expirationDate", datestamp(expires)) if expires else b""
    attributes += attribute("completeListSize", str(total)) + attribute("cursor", str(cursor))
    return b"<resumptionToken%b>%b</resumptionToken>" % (attributes, text(value))
