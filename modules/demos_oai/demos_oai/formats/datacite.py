# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DataCite's kernel 4.7, alone and in DataCite's wrapper for OAI-PMH."""

from flask import current_app
from invenio_rdm_records.oai import datacite_etree
from lxml import etree

KERNEL = "http://datacite.org/schema/kernel-4"
VERSION = "4.7"
SCHEMA = f"http://schema.datacite.org/meta/kernel-{VERSION}/metadata.xsd"
WRAPPER = "http://schema.datacite.org/oai/oai-1.1/"
WRAPPER_SCHEMA = f"{WRAPPER}oai.xsd"


def datacite(pid, record):
    """Return a record as DataCite's ``resource``.

    What the framework writes for kernel 4.5 is valid in 4.7, which only adds to it.
    """
    # The framework's tree gets its namespace only when it is written.
    return etree.fromstring(etree.tostring(datacite_etree(pid, record)))


def oai_datacite(pid, record):
    """Return a record in the wrapper ``oai_datacite``."""
    config = current_app.config
    root = etree.Element(f"{{{WRAPPER}}}oai_datacite", nsmap={None: WRAPPER})
    symbol = (
        config.get("DATACITE_DATACENTER_SYMBOL") or config.get("DATACITE_USERNAME") or "UNKNOWN"
    )
    for name, text in (("schemaVersion", VERSION), ("datacentreSymbol", symbol)):
        etree.SubElement(root, f"{{{WRAPPER}}}{name}").text = text
    payload = etree.SubElement(root, f"{{{WRAPPER}}}payload")
    resource = datacite(pid, record)
    location = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    resource.set(location, f"{KERNEL} {SCHEMA}")
    payload.append(resource)
    return root
