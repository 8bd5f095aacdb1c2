# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Entries as XML of the format ``demos``. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from demos_fair.exports.xml import xml_safe
from lxml import etree

from ..registry.references import references_in

NAMESPACE = "https://demos-portal.org/schemas/demos-oai/1.0"
SCHEMA_FILE = "demos-oai-1.0.xsd"
SCHEMA_PATH = "demos-oai/1.0.xsd"
"""Below the site's ``/schemas``."""

COUNTS = ("channels", "bins", "samples", "parameters")
DOCUMENTS = {"source": "file", "demos": "demos", "hs3": "hs3", "pyhf": "pyhf"}
"""Formats of documents and the links that lead to them."""


def deposit_etree(record_id: str, url: str, entries: Iterable[Mapping[str, Any]]) -> etree._Element:
    """Give a deposit with its models.

    Args:
        record_id: the deposit.
        url: its landing page.
        entries: its models with their links, as anybody may see them.

    Returns:
        The root element, valid against ``demos-oai-1.0.xsd``.

    >>> etree.tostring(deposit_etree("1", "https://example.org/records/1", [])).decode()
    ... # doctest: +NORMALIZE_WHITESPACE
    '<deposit xmlns="https://demos-portal.org/schemas/demos-oai/1.0" id="1"
     url="https://example.org/records/1"/>'
    """
    root = etree.Element(f"{{{NAMESPACE}}}deposit", nsmap={None: NAMESPACE}, id=record_id, url=url)
    for entry in entries:
        _model(etree.SubElement(root, f"{{{NAMESPACE}}}model"), xml_safe(entry))
    return root


def _model(parent: etree._Element, entry: Mapping[str, Any]) -> None:
    metadata, links = entry["metadata"], entry.get("links") or {}
    readable = bool(entry.get("structure"))
    _add(parent, "demosId", entry["demos_id"])
    _add(parent, "url", links.get("self_html", f"urn:uuid:{entry['demos_id']}"))
    _add(parent, "title", metadata["title"] or "Untitled model")
    _add(parent, "description", metadata.get("description"))
    for creator in _creators_of(metadata):
        _add(
            parent, "creator", creator["name"], type=creator.get("type"), orcid=creator.get("orcid")
        )
    for name in metadata.get("collaborations") or ():
        _add(parent, "collaboration", name)
    _add(parent, "experiment", metadata.get("experiment"))
    for energy in metadata.get("energies") or ():
        _add(parent, "energy", repr(float(energy["value"])), unit=energy["unit"])
    if luminosity := metadata.get("luminosity"):
        _add(parent, "luminosity", repr(float(luminosity["value"])), unit=luminosity["unit"])
    _add(parent, "analysis", metadata.get("analysis_id"))
    for keyword in metadata.get("keywords") or ():
        _add(parent, "keyword", keyword)
    _add(parent, "licence", metadata.get("licence"))
    _add(parent, "kind", entry["kind"])
    _add(parent, "format", entry.get("format"), dialect=entry.get("dialect"))
    version = entry.get("version") or {}
    _attributes(
        parent,
        "version",
        number=version.get("number", 1),
        of=version.get("count", 1),
        digest=version.get("digest"),
    )
    publication = metadata.get("publication") or {}
    if any(publication.values()):
        _attributes(
            parent,
            "publication",
            doi=publication.get("doi"),
            arxiv=publication.get("arxiv"),
            inspire=publication.get("inspire_id"),
        )
    for host, one in references_in(metadata.get("external_references") or {}):
        value = one.get("doi") or one.get("url") or one.get("record_id")
        _add(parent, "reference", value, host=host)
    if container := metadata.get("container"):
        keys = ("image", "registry", "digest", "uuid")
        _attributes(parent, "container", **{k: container.get(k) for k in keys})
    if readable:
        _structure(parent, entry["structure"])
    for source in entry.get("sources") or ():
        keys = ("host", "url", "filename", "sha256", "size")
        _attributes(parent, "source", **{k: source.get(k) for k in keys})
    for format_, link in DOCUMENTS.items() if readable else ():
        _add(parent, "document", links.get(link), format=format_)


def _structure(parent: etree._Element, structure: Mapping[str, Any]) -> None:
    counts = {name: structure.get(f"n_{name}") for name in COUNTS}
    element = _attributes(parent, "structure", **counts)
    for poi in sorted({m.get("poi") for m in structure.get("measurements") or ()} - {None, ""}):
        _add(element, "poi", poi)


def _add(parent: etree._Element, name: str, text: str | None, **attributes: Any) -> None:
    """Add an element with a text; none where there is no text."""
    if text:
        _attributes(parent, name, **attributes).text = text


def _attributes(parent: etree._Element, name: str, **attributes: Any) -> etree._Element:
    """Add an element with those of the attributes that say something."""
    known = {k: str(v) for k, v in attributes.items() if v not in (None, "")}
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", known)


def _creators_of(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the creators, or the collaborations where there are none."""
    return list(metadata.get("creators") or ()) or [
        {"name": name, "type": "organizational"} for name in metadata.get("collaborations") or ()
    ]
