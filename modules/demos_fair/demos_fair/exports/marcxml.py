# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""MARC 21 as XML, valid by the Library of Congress' schema."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from ..resource import Agent, Resource
from . import Export
from .xml import written, xml_safe

NAMESPACE = "http://www.loc.gov/MARC21/slim"
LEADER = "00000nmm a22000007a 4500"
"""A monograph that is a computer file, described by its publisher."""


def _field(root: etree._Element, tag: str, indicators: str, *parts: tuple[str, str | None]) -> None:
    given = [(code, xml_safe(value)) for code, value in parts if value]
    if not given:
        return
    field = etree.SubElement(
        root, f"{{{NAMESPACE}}}datafield", tag=tag, ind1=indicators[0], ind2=indicators[1]
    )
    for code, value in given:
        etree.SubElement(field, f"{{{NAMESPACE}}}subfield", code=code).text = value


def _name(root: etree._Element, tags: tuple[str, str], one: Agent) -> None:
    """Add a person or an organisation."""
    place = one.affiliations[0].name if one.affiliations else None
    if one.is_person:
        name = ("a", one.name), ("u", place), ("0", one.url), ("4", _relator(one))
        _field(root, tags[0], "1 ", *name)
    else:
        _field(root, tags[1], "2 ", ("a", one.name), ("0", one.url), ("4", _relator(one)))


def _relator(one: Agent) -> str:
    return "aut" if one.role is None else "ctb"


def element(resource: Resource) -> etree._Element:
    """Return an object as MARC's element ``record``.

    Args:
        resource: The object.

    >>> root = element(Resource("1", "https://x/1", "https://x/api/1", "T"))
    >>> [field.get("tag") for field in root if field.get("tag")]
    ['001', '245', '856']
    """
    root = etree.Element(f"{{{NAMESPACE}}}record", nsmap={None: NAMESPACE})
    etree.SubElement(root, f"{{{NAMESPACE}}}leader").text = LEADER
    etree.SubElement(root, f"{{{NAMESPACE}}}controlfield", tag="001").text = resource.id
    if resource.doi or resource.cite_doi:
        _field(root, "024", "7 ", ("a", resource.doi or resource.cite_doi), ("2", "doi"))
    if resource.language:
        _field(root, "041", "  ", ("a", resource.language))
    for position, one in enumerate(resource.creators):
        _name(root, ("700", "710") if position else ("100", "110"), one)
    _field(root, "245", "00", ("a", resource.title))
    if resource.publisher or resource.day:
        _field(root, "264", " 1", ("b", resource.publisher), ("c", resource.day))
    _field(root, "250", "  ", ("a", resource.version))
    if resource.description:
        _field(root, "520", "  ", ("a", resource.description))
    for grant in resource.grants:
        _field(root, "536", "  ", ("a", grant.funder), ("c", grant.number), ("f", grant.title))
    if resource.licence_url:
        words = resource.licence_title or resource.licence
        _field(root, "540", "  ", ("a", words), ("u", resource.licence_url))
    for subject in resource.subjects:
        _field(root, "653", "  ", ("a", subject.label))
    for one in resource.contributors:
        _name(root, ("700", "710"), one)
    for related in resource.related:
        relation = ("i", related.relation), ("o", related.identifier), ("n", related.scheme)
        _field(root, "787", "0 ", *relation)
    _field(root, "856", "40", ("u", resource.page), ("y", "Landing page"))
    for file in resource.files:
        size = f"{file.size} bytes" if file.size is not None else None
        _field(
            root,
            "856",
            "40",
            ("u", file.url),
            ("y", file.name),
            ("q", file.media_type),
            ("s", size),
        )
    return root


def _many(resources: Sequence[Resource]) -> str:
    root = etree.Element(f"{{{NAMESPACE}}}collection", nsmap={None: NAMESPACE})
    root.extend(element(one) for one in resources)
    return written(root)


EXPORT = Export(
    name="marcxml",
    title="MARCXML",
    media_type="application/marcxml+xml",
    suffix=".marc.xml",
    write=lambda resource: written(element(resource)),
    write_many=_many,
)
