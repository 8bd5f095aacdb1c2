# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Parameters, outputs and rows that several operations share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from demos_engine.operations.base import LONG, SHORT, Parameter, Schema, Values

FINITE: Final[Schema] = {"type": ["number", "null"]}
NUMBER: Final[Schema] = {"type": "number", "minimum": -1e15, "maximum": 1e15}
NAME: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 512}
BAND: Final[Schema] = {
    "type": "array",
    "items": FINITE,
    "minItems": 5,
    "maxItems": 5,
    "description": "At -2, -1, 0, +1, +2 standard deviations.",
}
BAND_NAMES: Final = ("-2 sigma", "-1 sigma", "median", "+1 sigma", "+2 sigma")

MOST_TOYS: Final = 20_000

MU: Final = Parameter(
    {
        "type": "number",
        "minimum": 0,
        "maximum": 1e6,
        "default": 1.0,
        "description": "Tested value of the parameter of interest.",
    },
    aliases=("test_poi", "poi_test"),
)


def statistics(*names: str) -> Parameter:
    """Return the parameter that chooses a test statistic.

    Args:
        names: What can be chosen; the first is the default.

    Returns:
        The parameter.
    """
    described = "Test statistic (arXiv:1007.1727)."
    return Parameter({"enum": list(names), "default": names[0], "description": described})


CALCULATOR: Final = Parameter(
    {
        "enum": ["asymptotic", "toys"],
        "default": "asymptotic",
        "description": "Where the distributions of the test statistic come from.",
    }
)
TOYS: Final = Parameter(
    {
        "type": "integer",
        "minimum": 10,
        "maximum": MOST_TOYS,
        "default": 2000,
        "description": "Pseudo-experiments per hypothesis; given, the calculator is toys.",
    },
    only_with=("calculator", "toys"),
)
SEED: Final = Parameter(
    {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**32 - 1,
        "default": 0,
        "description": "Of the pseudo-experiments: same seed, same answer.",
    },
    only_with=("calculator", "toys"),
)
CONFIDENCE_LEVEL: Final = Parameter(
    {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "default": 0.95,
        "description": "Confidence level, such as 0.95.",
    },
    decimals=12,
)
RTOL: Final = Parameter(
    {
        "type": "number",
        "minimum": 1e-8,
        "maximum": 0.1,
        "default": 1e-5,
        "description": "Relative tolerance of the limits.",
    }
)
EXPECTED: Final = Parameter(
    {
        "type": "boolean",
        "default": False,
        "description": "Take the Asimov data of the nominal model instead of the observed data.",
    }
)

ASIMOV_MU: Final = Parameter(
    {
        "type": "number",
        "minimum": 0,
        "maximum": 1e6,
        "default": 0.0,
        "description": "Parameter of interest of the Asimov data, with expected.",
    },
    only_with=("expected", True),
)


def engines(*names: str) -> Parameter:
    """Return the parameter that chooses an engine.

    Args:
        names: What can be chosen; the first is the default.

    Returns:
        The parameter.
    """
    described = "demos: the compiled engine; pyhf: the reference implementation."
    return Parameter({"enum": list(names), "default": names[0], "description": described})


BOTH: Final = engines("demos", "pyhf")
OURS: Final = engines("demos")

CLS_OUTPUTS: Final[Schema] = {
    "mu": FINITE,
    "test_stat": {"type": "string"},
    "CLs_obs": {**FINITE, "minimum": 0, "maximum": 1, "description": "Observed CLs."},
    "CLs_exp": {**BAND, "description": "Expected CLs at -2 to +2 standard deviations."},
}


def toys_are_long(parameters: Values) -> str:
    """Return the lane: pseudo-experiments and pyhf take long."""
    slow = parameters["calculator"] == "toys" or parameters["engine"] == "pyhf"
    return LONG if slow else SHORT


def asimov_mu(parameters: Values) -> float:
    """Return the signal strength that was chosen for the Asimov data."""
    return float(parameters["mu"])


def discovery_tests_zero(parameters: Values) -> tuple[str, str] | None:
    """Tell that q0 tests a signal strength of 0 and no other."""
    if parameters["test_stat"] == "q0" and parameters["mu"] != 0:
        return "mu", "The test statistic q0 tests mu = 0."
    return None


def band_rows(observed: Any, expected: Sequence[Any]) -> list[tuple[object, ...]]:
    """Return the rows of an observed value and its expected band."""
    band = [(n, x) for n, x in zip(BAND_NAMES, expected, strict=True)]
    return [("observed", observed), *band]
