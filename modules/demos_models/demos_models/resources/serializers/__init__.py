# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry in the words of other catalogues. Pure translations: no database, no request."""

from .datacite import DataCiteJSONSerializer, DataCiteXMLSerializer, datacite_json
from .schemaorg import ModelJSONLDSerializer, schema_org

__all__ = (
    "DataCiteJSONSerializer",
    "DataCiteXMLSerializer",
    "ModelJSONLDSerializer",
    "datacite_json",
    "schema_org",
)
