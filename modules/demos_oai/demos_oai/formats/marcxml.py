# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""MARC 21 as XML: the framework's, with a leader and fields as the schema wants them."""

import re

from invenio_rdm_records.oai import marcxml_etree
from lxml import etree

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
LEADER = re.compile(
    r"[\d ]{5}[\dA-Za-z ][\dA-Za-z][\dA-Za-z ]{3}(2| )(2| )[\d ]{5}[\dA-Za-z ]{3}(4500|    )"
)
LEADER_OF_TYPE = {
    "dataset": "00000nmm a22000007a 4500",
    "software": "00000nmm a22000007a 4500",
    "model": "00000nmm a22000007a 4500",
}
OTHER_LEADER = "00000nam a22000007a 4500"
"""Positions 6 and 7: a computer file or language material, and a monograph."""

TAG, INDICATOR = re.compile(r"[0-9A-Z]{3}"), re.compile(r"[\da-z ]")


def marcxml(pid, record):
    """Return a record as MARCXML that is valid against the Library of Congress' schema."""
    found = marcxml_etree(pid, record)
    root = found if etree.QName(found).localname == "record" else found[0]
    result = etree.Element(f"{{{NAMESPACE}}}record", nsmap={None: NAMESPACE})
    resource_type = record["_source"]["metadata"]["resource_type"]["id"].partition("-")[0]
    leader = root.findtext(f"{{{NAMESPACE}}}leader") or ""
    if not LEADER.fullmatch(leader):
        leader = LEADER_OF_TYPE.get(resource_type, OTHER_LEADER)
    etree.SubElement(result, f"{{{NAMESPACE}}}leader").text = leader
    fields = [one for one in root if etree.QName(one).localname.endswith("field")]
    # The schema wants control fields first, and every data field with a subfield.
    for name in ("controlfield", "datafield"):
        for field in fields:
            if etree.QName(field).localname == name and _is_valid(field):
                result.append(field)
    return result


def _is_valid(field):
    if not TAG.fullmatch(field.get("tag", "")):
        return False
    if etree.QName(field).localname == "controlfield":
        return bool((field.text or "").strip())
    indicators = all(INDICATOR.fullmatch(field.get(name, " ")) for name in ("ind1", "ind2"))
    return indicators and len(field) > 0
