# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DCAT-AP as RDF/XML."""

from importlib.resources import files

from flask import Response
from invenio_rdm_records.oai import dcat_etree

NAMESPACE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SCHEMA_PATH = "/schemas/rdf-xml/1.0.xsd"
"""Below the site's address: the W3C publishes no XML Schema of RDF/XML."""


def dcat(pid, record):
    """Return a record as RDF/XML."""
    return dcat_etree(pid, record)


def schema():
    """Serve the XML Schema of RDF/XML documents."""
    body = (files(__package__) / "rdf-xml-1.0.xsd").read_bytes()
    response = Response(body, mimetype="application/xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
