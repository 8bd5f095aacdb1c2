# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the nested custom fields accept."""

import marshmallow as ma
from marshmallow import fields, validate
from marshmallow_utils.fields import SanitizedUnicode

from ..registry.identifiers import normalise

ENERGY_UNITS = ("MeV", "GeV", "TeV")
LUMINOSITY_UNITS = ("ub-1", "nb-1", "pb-1", "fb-1", "ab-1")
RESULT_QUANTITIES = ("cls_obs", "cls_exp", "upper_limit_obs", "upper_limit_exp", "mu_hat")
MAX_TEXT = 1000
MAX_ITEMS = 100
MAX_QUANTITY = 1e15
"""The largest number of a quantity; 1000 inverse attobarn in inverse microbarn."""


def text(**kwargs):
    """Give a field for one line of text."""
    return SanitizedUnicode(validate=validate.Length(min=1, max=MAX_TEXT), **kwargs)


def identifier(*schemes, **kwargs):
    """Give a field for an identifier of one of some schemes.

    Args:
        *schemes: names of schemes as ``registry.identifiers`` knows them.
        **kwargs: for the field.
    """

    def check(value):
        found = normalise(value)
        if found is None or found[0] not in schemes:
            raise ma.ValidationError(f"This is not a valid identifier: {' or '.join(schemes)}.")

    return SanitizedUnicode(validate=check, **kwargs)


def quantity(units):
    """Give the schema of a positive number with a unit.

    Args:
        units: the units that are known.
    """
    return ma.Schema.from_dict(
        {
            "value": fields.Float(
                required=True,
                allow_nan=False,
                validate=validate.Range(min=0, min_inclusive=False, max=MAX_QUANTITY),
            ),
            "unit": SanitizedUnicode(
                required=True,
                validate=validate.OneOf(units, error=f"The unit is one of {', '.join(units)}."),
            ),
        },
        name="QuantitySchema",
    )


EnergySchema = quantity(ENERGY_UNITS)
LuminositySchema = quantity(LUMINOSITY_UNITS)


class ReferencesSchema(ma.Schema):
    """Where else the analysis is described or kept."""

    hepdata = identifier("hepdata", "doi", "url")
    inspire = SanitizedUnicode(
        validate=validate.Regexp(r"^\d{1,12}$", error="An INSPIRE record number has digits only.")
    )
    arxiv = identifier("arxiv")
    doi = identifier("doi")
    zenodo = identifier("doi", "url")
    github = identifier("url")


class ContainerSchema(ma.Schema):
    """The container image that runs the model."""

    image = SanitizedUnicode(
        required=True,
        validate=[
            validate.Length(max=MAX_TEXT),
            validate.Regexp(
                r"^[a-z0-9]+(?:[._-][a-z0-9]+)*(?::\d+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
                r"(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$",
                error="Write an image as registry/name:tag or registry/name@sha256:digest.",
            ),
        ],
    )
    registry = text()
    uuid = fields.UUID()


class DeclaredResultSchema(ma.Schema):
    """A result of the publication that the model should give again."""

    quantity = SanitizedUnicode(required=True, validate=validate.OneOf(RESULT_QUANTITIES))
    values = fields.List(
        fields.Float(allow_nan=False), required=True, validate=validate.Length(min=1, max=5)
    )
    """One number; for ``*_exp`` the five from -2 to +2 standard deviations."""

    tolerance = fields.Float(
        load_default=0.05, allow_nan=False, validate=validate.Range(min=0, max=1)
    )
    """Relative to the declared value."""

    mu = fields.Float(load_default=1.0, allow_nan=False)
    """The tested signal strength."""

    patch = text()
    """The name of a patch in the deposit's patch set."""

    measurement = text()
    file = text()
    """The model file, where the deposit has several."""

    def get_attribute(self, obj, attr, default):
        """Read a member of a draft, which may lack it: a dictionary has a method ``values``."""
        return obj.get(attr, default)
