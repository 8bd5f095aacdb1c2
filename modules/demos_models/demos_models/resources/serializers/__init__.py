# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry in the words of other catalogues. Pure translations: no database, no request."""

from .citations import BibTeXSerializer, CSLSerializer, bibtex, csl
from .datacite import DataCiteJSONSerializer, DataCiteXMLSerializer, datacite_json
from .schemaorg import ModelJSONLDSerializer, schema_org

__all__ = (
    "BibTeXSerializer",
    "CSLSerializer",
    "DataCiteJSONSerializer",
    "DataCiteXMLSerializer",
    "ModelJSONLDSerializer",
    "bibtex",
    "csl",
    "datacite_json",
    "schema_org",
)
