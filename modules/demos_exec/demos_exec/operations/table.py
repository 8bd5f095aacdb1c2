# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of the platform's operations. A new one is an entry here and a method of an engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demos_exec.operations.schemas import NAME, NUMBER

Schema = dict[str, Any]

SHORT, LONG = "short", "long"
FINITE = {"type": ["number", "null"]}
BAND: Schema = {
    "type": "array",
    "items": FINITE,
    "minItems": 5,
    "maxItems": 5,
    "description": "At -2, -1, 0, +1, +2 standard deviations.",
}


def _engines(*names: str) -> Schema:
    return {
        "enum": list(names),
        "default": names[0],
        "description": "demos: the compiled engine; pyhf: the reference implementation.",
    }


BOTH = _engines("demos", "pyhf")
OURS = _engines("demos")
SEED: Schema = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "default": 0}
TEST: Schema = {
    "test_poi": {
        "type": "number",
        "minimum": 0,
        "maximum": 1e6,
        "default": 1.0,
        "description": "Tested value of the parameter of interest.",
    },
    "test_stat": {"enum": ["qtilde", "q"], "default": "qtilde"},
    "calculator": {"enum": ["asymptotic", "toys"], "default": "asymptotic"},
    "toys": {
        "type": "integer",
        "minimum": 10,
        "maximum": 20000,
        "default": 2000,
        "description": "Pseudo-experiments per hypothesis (calculator toys).",
    },
    "seed": SEED,
}


def _toys_are_long(parameters: dict[str, Any]) -> str:
    slow = parameters["calculator"] == "toys" or parameters["engine"] == "pyhf"
    return LONG if slow else SHORT


def _pyhf_is_long(parameters: dict[str, Any]) -> str:
    return LONG if parameters["engine"] == "pyhf" else SHORT


def _always_long(parameters: dict[str, Any]) -> str:
    return LONG


def _size_of_scan(parameters: dict[str, Any]) -> str:
    points = 1
    for axis in parameters["axes"]:
        points *= len(axis["values"])
    return LONG if points > 100 else _pyhf_is_long(parameters)


@dataclass(frozen=True)
class Operation:
    """What the platform's worker can compute.

    Attributes:
        name: as in requests.
        title: for people.
        description: one sentence.
        parameters: properties of the parameters' schema.
        outputs: properties of the result's schema.
        needs_poi: whether something must define the parameter of interest.
        needs_patchset: whether it runs over a patchset.
        lane: parameters (with defaults) to ``short`` or ``long``.
        required: parameters without a default.
    """

    name: str
    title: str
    description: str
    parameters: Schema
    outputs: Schema
    needs_poi: bool = False
    needs_patchset: bool = False
    lane: Callable[[dict[str, Any]], str] = _pyhf_is_long
    required: tuple[str, ...] = field(default=())

    def parameters_schema(self) -> Schema:
        """Give the schema of the parameters.

        Returns:
            An object schema with defaults.
        """
        return {
            "type": "object",
            "properties": self.parameters,
            "required": list(self.required),
            "additionalProperties": False,
        }

    def outputs_schema(self) -> Schema:
        """Give the schema of the result.

        Returns:
            An object schema; a value that does not exist is null and named in ``outcome``.
        """
        common: Schema = {
            "outcome": {
                "enum": ["ok", "partial", "no_convergence", "not_computable", "undefined"],
                "description": "ok: every number is there.",
            },
            "status": {"type": "string"},
            "engine": {"type": "object"},
            "conventions": {"type": "object"},
        }
        return {"type": "object", "properties": {**common, **self.outputs}}


_CLS_OUTPUTS: Schema = {
    "CLs_obs": {**FINITE, "minimum": 0, "maximum": 1, "description": "Observed CLs."},
    "CLs_exp": {**BAND, "description": "Expected CLs at -2 to +2 standard deviations."},
}

_ALL = (
    Operation(
        "cls",
        "CLs of a signal",
        "Observed and expected CLs of one signal strength.",
        {**TEST, "engine": BOTH},
        _CLS_OUTPUTS,
        needs_poi=True,
        lane=_toys_are_long,
    ),
    Operation(
        "upper_limit",
        "Upper limit",
        "Observed and expected upper limit on the signal strength.",
        {
            "level": {
                "type": "number",
                "exclusiveMinimum": 0,
                "exclusiveMaximum": 1,
                "default": 0.05,
                "description": "1 - confidence level.",
            },
            "rtol": {"type": "number", "minimum": 1e-8, "maximum": 0.1, "default": 1e-4},
            "engine": BOTH,
        },
        {"observed": FINITE, "expected": BAND},
        needs_poi=True,
    ),
    Operation(
        "fit",
        "Maximum likelihood fit",
        "Best-fit parameters with uncertainties.",
        {
            "correlations": {"type": "boolean", "default": False},
            "engine": BOTH,
        },
        {"twice_nll": FINITE, "parameters": {"type": "array"}},
    ),
    Operation(
        "scan",
        "Likelihood scan",
        "Profile likelihood over one or two parameters.",
        {
            "axes": {
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "items": {
                    "type": "object",
                    "properties": {
                        "parameter": NAME,
                        "values": {
                            "type": "array",
                            "items": NUMBER,
                            "minItems": 2,
                            "maxItems": 201,
                        },
                    },
                    "required": ["parameter", "values"],
                    "additionalProperties": False,
                },
            },
            "engine": BOTH,
        },
        {"axes": {"type": "array"}, "delta_twice_nll": {"type": "array"}},
        lane=_size_of_scan,
        required=("axes",),
    ),
    Operation(
        "yields",
        "Expected events",
        "Events per channel and sample before and after the fit.",
        {"engine": BOTH},
        {"channels": {"type": "array"}},
    ),
    Operation(
        "pulls",
        "Pulls",
        "How far the fit moves each constrained parameter, in units of its constraint.",
        {"engine": OURS},
        {"pulls": {"type": "array"}},
    ),
    Operation(
        "impacts",
        "Impacts",
        "How far each parameter's uncertainty moves the parameter of interest.",
        {"engine": OURS},
        {"impacts": {"type": "array"}},
        needs_poi=True,
        lane=_always_long,
    ),
    Operation(
        "grid",
        "CLs of a signal grid",
        "Observed and expected CLs of every signal of the model's patchset.",
        {**TEST, "engine": BOTH},
        {"labels": {"type": "array"}, "points": {"type": "array"}},
        needs_patchset=True,
        lane=_toys_are_long,
    ),
)

OPERATIONS = {operation.name: operation for operation in _ALL}
"""Name to operation."""
