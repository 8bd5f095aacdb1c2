# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""XML of payloads."""

from __future__ import annotations

from typing import Any

from lxml import etree

from .protocol.requests import ILLEGAL_IN_XML
from .protocol.writer import XSI

LOCATION = f"{{{XSI}}}schemaLocation"


def clean(value: Any) -> Any:
    r"""Return JSON without the characters that XML 1.0 cannot hold.

    >>> clean({"title": "bell \x07", "n": [1, "\ufffe"]})
    {'title': 'bell ', 'n': [1, '']}
    """
    if isinstance(value, str):
        return ILLEGAL_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {key: clean(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(one) for one in value]
    return value


def declared(root: etree._Element, namespace: str, schema: str) -> etree._Element:
    """Return a payload whose root says which schema it satisfies.

    Args:
        root: The payload.
        namespace: As the format declares it.
        schema: Address of its XML Schema.

    Raises:
        ValueError: When the root is of another namespace than the format declares.
    """
    found = etree.QName(root).namespace
    if found != namespace:
        raise ValueError(f"the payload's namespace is {found}, the format declares {namespace}")
    pairs = (root.get(LOCATION) or "").split()
    locations = dict(zip(pairs[::2], pairs[1::2], strict=False)) | {namespace: schema}
    root.set(LOCATION, " ".join(f"{name} {where}" for name, where in locations.items()))
    return root


def written(root: etree._Element) -> bytes:
    """Return a payload as bytes that can be put into a response as they are."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xsi"])
    text: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return text.strip()
