# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The custom fields and how they are searched."""

from invenio_records_resources.services.custom_fields import BaseCF, KeywordCF
from marshmallow import fields, validate

from .schemas import (
    MAX_ITEMS,
    MAX_TEXT,
    ContainerSchema,
    DeclaredResultSchema,
    EnergySchema,
    LuminositySchema,
    ReferencesSchema,
)

DOUBLE = {"type": "double"}
KEYWORD = {"type": "keyword", "ignore_above": 8191}


class NestedCF(BaseCF):
    """A custom field that is an object, or a list of objects."""

    def __init__(self, name, schema, many=False, numbers=(), **kwargs):
        """Set what the field accepts.

        Args:
            name: the field's name with its namespace.
            schema: a marshmallow schema class.
            many: whether it is a list.
            numbers: names of the schema's fields that are searched as numbers.
            **kwargs: for the base class.
        """
        super().__init__(name, **kwargs)
        self._schema, self._many, self._numbers = schema, many, numbers

    @property
    def field(self):
        """Give the marshmallow field."""
        nested = fields.Nested(self._schema)
        if self._many:
            return fields.List(nested, validate=validate.Length(max=MAX_ITEMS))
        return nested

    @property
    def mapping(self):
        """Give the search mapping."""
        return {
            "type": "object",
            "properties": {
                name: DOUBLE if name in self._numbers else KEYWORD for name in self._schema().fields
            },
        }


def _keyword(name, multiple=False):
    limits = {"validate": validate.Length(min=1, max=MAX_TEXT)}
    return KeywordCF(name=name, multiple=multiple, field_args=limits)


NAMESPACES = {"demos": None}

CUSTOM_FIELDS = [
    _keyword("demos:experiment"),
    _keyword("demos:collaboration", multiple=True),
    _keyword("demos:analysis"),
    NestedCF("demos:energy", EnergySchema, many=True, numbers=("value",)),
    NestedCF("demos:luminosity", LuminositySchema, numbers=("value",)),
    NestedCF("demos:references", ReferencesSchema),
    _keyword("demos:framework"),
    NestedCF("demos:container", ContainerSchema),
    NestedCF(
        "demos:results", DeclaredResultSchema, many=True, numbers=("values", "tolerance", "mu")
    ),
]
