# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The record API of the registry's works."""

import json
from functools import cache
from importlib.resources import files

from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_records.systemfields import ConstantField, DictField
from invenio_records_resources.records.api import Record
from invenio_records_resources.records.systemfields import IndexField
from invenio_records_resources.records.systemfields.pid import ModelPIDField, ModelPIDFieldContext
from jsonschema import Draft7Validator
from sqlalchemy.exc import NoResultFound

from .models import EntryMetadata

MODEL_SCHEMA = "records/jsonschemas/demosmodels/model-v1.0.0.json"


@cache
def _validator():
    schema = json.loads((files("demos_models") / MODEL_SCHEMA).read_text(encoding="utf-8"))
    return Draft7Validator(schema)


class ModelContext(ModelPIDFieldContext):
    """Resolves a ``demos_id``; an unknown one is a missing identifier."""

    def resolve(self, pid_value, registered_only=True):
        """Resolve an identifier.

        Args:
            pid_value: the ``demos_id``.
            registered_only: part of the base's signature.

        Raises:
            PIDDoesNotExistError: no work has this identifier.
        """
        try:
            return super().resolve(str(pid_value), registered_only=registered_only)
        except NoResultFound as error:
            raise PIDDoesNotExistError("demos", pid_value) from error


class Entry(Record):
    """A work of the registry: one statistical model through all its versions.

    The JSON holds the entry as the system sees it, merged from all sources. What a
    reader gets is computed for the reader.
    """

    model_cls = EntryMetadata
    schema = ConstantField("$schema", "local://demosmodels/model-v1.0.0.json")
    index = IndexField("demosmodels-model-v1.0.0", search_alias="demosmodels")
    pid = ModelPIDField("pid", context_cls=ModelContext)
    metadata = DictField("metadata")

    @staticmethod
    def checked(document):
        """Check what a work's row is to hold against the schema.

        The framework compiles the schema each time; a pallet has hundreds of models.

        Args:
            document: the row's JSON.

        Returns:
            The document.

        Raises:
            jsonschema.ValidationError: it is against the schema.
        """
        _validator().validate(document)
        return document
