# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""JSON Schemas (2020-12) of inputs and parameters, derived from the model's own structure."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos_engine.operations.common import NAME, NUMBER

Schema = dict[str, Any]
Structure = Mapping[str, Any]

MAX_NAMES_LISTED = 1000
"""A patchset with more patches is checked by its names, but they are not listed in the schema."""


JSON_PATCH: Schema = {
    "type": "array",
    "maxItems": 20000,
    "items": {
        "type": "object",
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {"type": "string", "pattern": "^(/.*)?$", "maxLength": 1024},
            "from": {"type": "string", "maxLength": 1024},
            "value": {},
        },
        "required": ["op", "path"],
        "additionalProperties": False,
    },
    "description": "JSON Patch (RFC 6902) on the model's pyhf workspace.",
}

MODIFIERS: Schema = {
    "type": "array",
    "maxItems": 5000,
    "items": {
        "type": "object",
        "properties": {
            "name": NAME,
            "type": {
                "enum": [
                    "histosys",
                    "lumi",
                    "normfactor",
                    "normsys",
                    "shapefactor",
                    "shapesys",
                    "staterror",
                ]
            },
            "data": {},
        },
        "required": ["name", "type", "data"],
        "additionalProperties": False,
    },
}


def _bins(structure: Structure) -> dict[str, int]:
    return {c["name"]: int(c["bins"]) for c in structure["channels"]}


def yields_schema(structure: Structure) -> Schema:
    """Return the schema of a signal given as events per bin.

    Args:
        structure: The model's structure.

    Returns:
        A schema whose channels and numbers of bins are the model's.

    Examples:
        >>> found = yields_schema({"channels": [{"name": "SR", "bins": 2, "samples": []}]})
        >>> found["properties"]["yields"]["properties"]["SR"]["minItems"]
        2
    """
    bins = _bins(structure)
    per_channel = {
        name: {"type": "array", "items": NUMBER, "minItems": n, "maxItems": n}
        for name, n in bins.items()
    }
    return {
        "type": "object",
        "title": "Signal as yields",
        "properties": {
            "yields": {
                "type": "object",
                "description": "Expected signal events per bin, for each channel the signal is in.",
                "properties": per_channel,
                "additionalProperties": False,
                "minProperties": 1,
            },
            "sample": {**NAME, "description": "Name of the signal sample, new or existing."},
            "modifiers": {
                "type": "object",
                "description": "Systematic uncertainties of the signal, per channel, as pyhf's.",
                "properties": dict.fromkeys(bins, MODIFIERS),
                "additionalProperties": False,
            },
            "without": {
                "type": "array",
                "items": {"enum": list(bins)},
                "uniqueItems": True,
                "description": "Channels left out of the fit.",
            },
        },
        "required": ["yields", "sample"],
        "additionalProperties": False,
    }


def patch_schema(structure: Structure, names: Sequence[str]) -> Schema:
    """Return the schema of the forms that a signal may have.

    Args:
        structure: The model's structure.
        names: The patches of the model's patchset.

    Returns:
        A ``oneOf``.
    """
    forms: list[Schema] = []
    if names:
        named = {"enum": list(names)} if len(names) <= MAX_NAMES_LISTED else dict(NAME)
        forms.append({"type": "string", "title": "Name of a patch", **named})
        forms.append(
            {
                "type": "object",
                "title": "Point of the signal grid",
                "properties": {
                    "point": {
                        "type": "array",
                        "items": {"type": ["number", "string"]},
                        "minItems": 1,
                        "maxItems": 32,
                    }
                },
                "required": ["point"],
                "additionalProperties": False,
            }
        )
    forms.append(
        {
            "type": "object",
            "title": "JSON Patch",
            "properties": {"ops": JSON_PATCH},
            "required": ["ops"],
            "additionalProperties": False,
        }
    )
    forms.append(yields_schema(structure))
    return {"title": "Signal", "oneOf": forms}


FIXED: Schema = {
    "type": "object",
    "title": "Fixed parameters",
    "description": "Parameters held at a value (one number, or one per component).",
    "maxProperties": 2000,
    "propertyNames": {"maxLength": 512},
    "additionalProperties": {
        "oneOf": [NUMBER, {"type": "array", "items": NUMBER, "minItems": 1, "maxItems": 5000}]
    },
}

BOUNDS: Schema = {
    "type": "object",
    "title": "Bounds of parameters",
    "description": "Lower and upper bound instead of the model's.",
    "maxProperties": 2000,
    "propertyNames": {"maxLength": 512},
    "additionalProperties": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
}


def inputs_schema(structure: Structure, names: Sequence[str], *, grid: bool) -> Schema:
    """Return the schema of an operation's inputs.

    Args:
        structure: The model's structure.
        names: The patches of the model's patchset.
        grid: For the whole patchset rather than one signal.

    Returns:
        An object schema.
    """
    measurements = [m["name"] for m in structure.get("measurements", ())]
    properties: Schema = {"fixed": FIXED, "bounds": BOUNDS}
    if grid:
        listed = names if len(names) <= MAX_NAMES_LISTED else ()
        properties["patches"] = {
            "type": "array",
            "title": "Patches",
            "description": "Only these patches; all of them if left out.",
            "items": {"enum": list(listed)} if listed else NAME,
            "uniqueItems": True,
            "minItems": 1,
        }
    else:
        properties["patch"] = patch_schema(structure, names)
    if measurements:
        properties["measurement"] = {"enum": measurements, "title": "Measurement"}
    return {"type": "object", "properties": properties, "additionalProperties": False}
