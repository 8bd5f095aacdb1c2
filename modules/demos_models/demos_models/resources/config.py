# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Configuration of the models' resource."""

import marshmallow as ma
from demos_formats.hs3.dialects import writable
from flask_resources import JSONSerializer, ResponseHandler
from invenio_records_resources.resources.records.args import SearchRequestArgsSchema
from invenio_records_resources.resources.records.config import RecordResourceConfig
from invenio_records_resources.services.base.config import ConfiguratorMixin
from marshmallow import fields, validate

from .problems import problem_handlers
from .serializers import (
    DataCiteJSONSerializer,
    DataCiteXMLSerializer,
    ModelJSONLDSerializer,
)


class ModelSearchArgsSchema(SearchRequestArgsSchema):
    """Arguments of a search."""

    q = fields.String(validate=validate.Length(max=2000))
    max_page_size = 100


class ModelResourceConfig(RecordResourceConfig, ConfiguratorMixin):
    """Configuration of the models' resource."""

    blueprint_name = "demos_models"
    url_prefix = "/models"
    routes = {
        "list": "",
        # Aliases such as DOIs have slashes; the parts of an entry go by its id.
        "item": "/<pid_value>",
        "alias": "/<path:pid_value>",
        "file": "/<pid_value>/file",
        "structure": "/<pid_value>/structure",
        "checks": "/<pid_value>/checks",
        "patches": "/<pid_value>/patches",
        "patchset": "/<pid_value>/patchset",
        "versions": "/<pid_value>/versions",
    }
    request_view_args = {"pid_value": ma.fields.Str()}
    request_read_args = {"version": ma.fields.Str(validate=validate.Length(max=64))}
    request_file_args = {
        "format": ma.fields.Str(
            load_default="source",
            validate=validate.OneOf(["source", "demos", "hs3", "pyhf", "pyhf-settings"]),
        ),
        "dialect": ma.fields.Str(validate=validate.OneOf(writable())),
        "version": ma.fields.Str(validate=validate.Length(max=64)),
    }
    request_patchset_args = {
        "sha256": ma.fields.Str(validate=validate.Regexp("^[0-9a-f]{64}$")),
        "version": ma.fields.Str(validate=validate.Length(max=64)),
    }
    request_search_args = ModelSearchArgsSchema
    response_handlers = {
        "application/json": ResponseHandler(JSONSerializer()),
        "application/ld+json": ResponseHandler(ModelJSONLDSerializer()),
        "application/vnd.datacite.datacite+json": ResponseHandler(DataCiteJSONSerializer()),
        "application/vnd.datacite.datacite+xml": ResponseHandler(DataCiteXMLSerializer()),
    }
    error_handlers = problem_handlers()
