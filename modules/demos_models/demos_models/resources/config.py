# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Configuration of the models' resource."""

import marshmallow as ma
from demos_formats.hs3.dialects import writable
from flask_resources import JSONSerializer, ResponseHandler
from flask_resources.parsers import MultiDictSchema
from invenio_records_resources.resources.records.args import SearchRequestArgsSchema
from invenio_records_resources.resources.records.config import RecordResourceConfig
from invenio_records_resources.services.base.config import ConfiguratorMixin
from marshmallow import fields, validate

from .problems import problem_handlers
from .serializers import HANDLERS


class ModelSearchArgsSchema(SearchRequestArgsSchema):
    """Arguments of a search."""

    q = fields.String(validate=validate.Length(max=2000))
    max_page_size = 100


class ArgsSchema(MultiDictSchema):
    """Arguments of one entry or of a part of it; unknown ones are refused."""

    class Meta:
        """Refuse what is not listed."""

        unknown = ma.RAISE

    token = fields.String()
    """A secret link's token, which the framework reads."""

    @ma.pre_load
    def name_unknown(self, data, **kwargs):
        """Name the parameters that there are where one is unknown."""
        if unknown := sorted(set(data) - set(self.fields)):
            there = ", ".join(name for name in sorted(self.fields) if name != "token") or "none"
            message = f"There is no such parameter. There are: {there}."
            raise ma.ValidationError({name: [message] for name in unknown})
        return data


class ReadArgsSchema(ArgsSchema):
    """Arguments of an entry, and of a part that has versions."""

    version = fields.String(validate=validate.Length(max=64))


class FileArgsSchema(ReadArgsSchema):
    """Arguments of a download."""

    format = fields.String(
        load_default="source",
        validate=validate.OneOf(["source", "demos", "hs3", "pyhf", "pyhf-settings"]),
    )
    dialect = fields.String(validate=validate.OneOf(writable()))


class PatchsetArgsSchema(ReadArgsSchema):
    """Arguments of a patchset's download."""

    sha256 = fields.String(validate=validate.Regexp("^[0-9a-f]{64}$"))


class ModelResourceConfig(RecordResourceConfig, ConfiguratorMixin):
    """Configuration of the models' resource."""

    blueprint_name = "demos_models"
    url_prefix = "/models"
    routes = {
        "list": "",
        # Aliases such as DOIs have slashes, and name the version whose parts are meant.
        "item": "/<path:pid_value>",
        "file": "/<path:pid_value>/file",
        "structure": "/<path:pid_value>/structure",
        "checks": "/<path:pid_value>/checks",
        "patches": "/<path:pid_value>/patches",
        "patchset": "/<path:pid_value>/patchset",
        "versions": "/<path:pid_value>/versions",
    }
    request_view_args = {"pid_value": ma.fields.Str()}
    request_read_args = ReadArgsSchema
    request_file_args = FileArgsSchema
    request_patchset_args = PatchsetArgsSchema
    request_search_args = ModelSearchArgsSchema
    response_handlers = {
        "application/json": ResponseHandler(JSONSerializer()),
        **HANDLERS,
    }
    error_handlers = problem_handlers()
