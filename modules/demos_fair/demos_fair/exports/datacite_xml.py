# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DataCite's kernel 4.7 as XML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from ..resource import Resource
from . import Export
from .datacite_json import KERNEL, document
from .xml import written, xml_safe

SCHEMA = "http://schema.datacite.org/meta/kernel-4.7/metadata.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def _add(parent: etree._Element, name: str, value: Any = None, **attributes: Any) -> etree._Element:
    """Add an element with a text and those attributes that have a value."""
    element = etree.SubElement(parent, f"{{{KERNEL}}}{name}")
    element.text = None if value is None else str(value)
    for key, given in attributes.items():
        if given:
            element.set(key, given)
    return element


def _list(root: etree._Element, name: str, items: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Add a list where it has items, and yield each item with the list's element."""
    parent = None
    for item in items:
        if parent is None:
            parent = _add(root, name)
        yield parent, item


def _agent(parent: etree._Element, kind: str, given: Mapping[str, Any]) -> None:
    one = _add(parent, kind, contributorType=given.get("contributorType"))
    _add(one, f"{kind}Name", given["name"], nameType=given.get("nameType"))
    for name in ("givenName", "familyName"):
        if given.get(name):
            _add(one, name, given[name])
    for identifier in given.get("nameIdentifiers", ()):
        _add(
            one,
            "nameIdentifier",
            identifier["nameIdentifier"],
            nameIdentifierScheme=identifier["nameIdentifierScheme"],
            schemeURI=identifier["schemeUri"],
        )
    for place in given.get("affiliation", ()):
        _add(
            one,
            "affiliation",
            place["name"],
            affiliationIdentifier=place.get("affiliationIdentifier"),
            affiliationIdentifierScheme=place.get("affiliationIdentifierScheme"),
            schemeURI=place.get("schemeUri"),
        )


def element(resource: Resource) -> etree._Element:
    """Return an object as DataCite's element ``resource``.

    Args:
        resource: The object.

    >>> root = element(Resource("1", "https://x/1", "https://x/api/1", "T", doi="10.1/x"))
    >>> root[0].text, root[0].get("identifierType")
    ('10.1/x', 'DOI')
    """
    found = xml_safe(document(resource))
    root = etree.Element(f"{{{KERNEL}}}resource", nsmap={None: KERNEL, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{KERNEL} {SCHEMA}")
    kind = "DOI" if resource.doi else "URL"
    _add(root, "identifier", resource.doi or resource.page, identifierType=kind)
    for parent, one in _list(root, "creators", found["creators"]):
        _agent(parent, "creator", one)
    for parent, one in _list(root, "titles", found["titles"]):
        _add(parent, "title", one["title"])
    _add(root, "publisher", found["publisher"]["name"])
    _add(root, "publicationYear", found.get("publicationYear"))
    types = found["types"]
    _add(
        root,
        "resourceType",
        types["resourceType"],
        resourceTypeGeneral=types["resourceTypeGeneral"],
    )
    for parent, one in _list(root, "subjects", found.get("subjects", ())):
        _add(parent, "subject", one["subject"], valueURI=one.get("valueUri"))
    for parent, one in _list(root, "contributors", found.get("contributors", ())):
        _agent(parent, "contributor", one)
    for parent, one in _list(root, "dates", found.get("dates", ())):
        _add(
            parent,
            "date",
            one["date"],
            dateType=one["dateType"],
            dateInformation=one.get("dateInformation"),
        )
    if found.get("language"):
        _add(root, "language", found["language"])
    _lists(root, found)
    return root


def _lists(root: etree._Element, found: Mapping[str, Any]) -> None:
    for parent, one in _list(root, "alternateIdentifiers", found.get("alternateIdentifiers", ())):
        _add(
            parent,
            "alternateIdentifier",
            one["alternateIdentifier"],
            alternateIdentifierType=one["alternateIdentifierType"],
        )
    for parent, one in _list(root, "relatedIdentifiers", found.get("relatedIdentifiers", ())):
        _add(
            parent,
            "relatedIdentifier",
            one["relatedIdentifier"],
            relatedIdentifierType=one["relatedIdentifierType"],
            relationType=one["relationType"],
            resourceTypeGeneral=one.get("resourceTypeGeneral"),
        )
    for name in ("sizes", "formats"):
        for parent, one in _list(root, name, found.get(name, ())):
            _add(parent, name[:-1], one)
    if found.get("version"):
        _add(root, "version", found["version"])
    for parent, one in _list(root, "rightsList", found.get("rightsList", ())):
        _add(
            parent,
            "rights",
            one.get("rights"),
            rightsURI=one.get("rightsUri"),
            rightsIdentifier=one.get("rightsIdentifier"),
            rightsIdentifierScheme=one.get("rightsIdentifierScheme"),
            schemeURI=one.get("schemeUri"),
        )
    for parent, one in _list(root, "descriptions", found.get("descriptions", ())):
        _add(parent, "description", one["description"], descriptionType=one["descriptionType"])
    for parent, one in _list(root, "fundingReferences", found.get("fundingReferences", ())):
        reference = _add(parent, "fundingReference")
        _add(reference, "funderName", one["funderName"])
        if one.get("funderIdentifier"):
            _add(
                reference,
                "funderIdentifier",
                one["funderIdentifier"],
                funderIdentifierType=one["funderIdentifierType"],
            )
        if one.get("awardNumber"):
            _add(reference, "awardNumber", one["awardNumber"], awardURI=one.get("awardUri"))
        if one.get("awardTitle"):
            _add(reference, "awardTitle", one["awardTitle"])


def _many(resources: Sequence[Resource]) -> str:
    root = etree.Element("resources")
    root.extend(element(one) for one in resources)
    return written(root)


EXPORT = Export(
    name="datacite-xml",
    title="DataCite XML",
    media_type="application/vnd.datacite.datacite+xml",
    suffix=".datacite.xml",
    write=lambda resource: written(element(resource)),
    write_many=_many,
)
