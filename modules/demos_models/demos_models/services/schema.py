# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What may be sent to the registry over REST."""

import marshmallow as ma
from marshmallow import fields, validate


class AccessSchema(ma.Schema):
    """Who may read a source."""

    record = fields.String(load_default="public", validate=validate.OneOf(["public", "restricted"]))
    files = fields.String(load_default="public", validate=validate.OneOf(["public", "restricted"]))


def _text(length=255, **kwargs):
    return fields.String(validate=validate.Length(min=1, max=length), **kwargs)


class SourceSchema(ma.Schema):
    """Where a model is hosted."""

    host = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, max=64),
            validate.NoneOf(["portal"], error="Deposits of the portal register themselves."),
        ],
    )
    key = _text(1000, required=True)
    url = fields.Url(schemes={"http", "https"})
    record_id = _text()
    filename = _text(1000)
    licence = _text()
    version = _text()
    lineage = _text()
    access = fields.Nested(AccessSchema, load_default=lambda: AccessSchema().load({}))


class PublicationSchema(ma.Schema):
    """The paper."""

    doi = _text()
    arxiv = _text()
    inspire_id = _text(32)


class QuantitySchema(ma.Schema):
    """A number with its unit."""

    value = fields.Float(required=True, allow_nan=False)
    unit = _text(32, required=True)


class AffiliationSchema(ma.Schema):
    """Where somebody works."""

    name = _text(1000)
    ror = _text(64)


class ReferenceSchema(ma.Schema):
    """The same model at another host."""

    host = _text(64)
    record_id = _text(allow_none=True)
    doi = _text(allow_none=True)
    url = _text(1000, allow_none=True)
    repo = _text(allow_none=True)
    commit = _text(64, allow_none=True)


class CreatorSchema(ma.Schema):
    """Who made the model."""

    name = _text(required=True)
    type = fields.String(validate=validate.OneOf(["personal", "organizational"]))
    family_name = _text()
    given_name = _text()
    orcid = _text(64)
    ror = _text(64)
    role = _text(64)
    affiliations = fields.List(fields.Nested(AffiliationSchema), validate=validate.Length(max=100))


class MetadataSchema(ma.Schema):
    """The fields of the metadata block that a producer may give."""

    title = _text(1000, required=True)
    description = _text(100_000)
    creators = fields.List(fields.Nested(CreatorSchema), validate=validate.Length(max=10_000))
    contributors = fields.List(fields.Nested(CreatorSchema), validate=validate.Length(max=10_000))
    collaborations = fields.List(_text(), validate=validate.Length(max=100))
    experiment = _text()
    energies = fields.List(fields.Nested(QuantitySchema), validate=validate.Length(max=100))
    luminosity = fields.Nested(QuantitySchema)
    keywords = fields.List(_text(), validate=validate.Length(max=1000))
    licence = _text()
    analysis_id = _text()
    publication_date = _text(32)
    kind = fields.String(
        validate=validate.OneOf(["histfactory", "hs3", "combine", "container", "other"])
    )
    publication = fields.Nested(PublicationSchema)
    external_references = fields.Dict(keys=_text(64), values=fields.Raw())
    container = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))
    aliases = fields.List(_text(1000), validate=validate.Length(max=100))

    @ma.validates("external_references")
    def check_references(self, value, **kwargs):
        """Refuse a reference that is no text, no reference and no list of these."""
        for name, reference in value.items():
            items = reference if isinstance(reference, list) else [reference]
            if len(items) > 100 or not all(_is_reference(item) for item in items):
                message = "This is neither a text nor a reference, nor a list of these."
                raise ma.ValidationError({name: [message]})


def _is_reference(item):
    if isinstance(item, dict):
        return not ReferenceSchema().validate(item)
    return isinstance(item, str) and 0 < len(item) <= 1000


class ModelSchema(ma.Schema):
    """A registration: a source, the metadata, and what the content is."""

    source = fields.Nested(SourceSchema, required=True)
    metadata = fields.Nested(MetadataSchema, required=True)
    content = fields.Raw(allow_none=True, load_default=None)
    """The document itself as JSON; bytes are sent as ``multipart/form-data``."""
