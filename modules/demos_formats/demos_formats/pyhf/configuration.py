# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Checks of a measurement: its parameter of interest and its parameter configurations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from demos_formats.findings import Finding, error, pointer, warning
from demos_formats.pyhf.parameters import Parameter
from demos_formats.schema import short

_LUMI_NEEDS: Final = ("inits", "bounds", "auxdata", "sigmas")
_LISTS: Final = ("inits", "bounds", "auxdata", "factors", "sigmas")
_MEANINGLESS: Final[dict[str, tuple[str, ...]]] = {
    "none": ("auxdata", "sigmas", "factors"),
    "gaussian": ("factors",),
    "poisson": ("sigmas",),
}
_DEFAULT_BOUNDS: Final = {
    "histosys": (-5.0, 5.0),
    "normfactor": (0.0, 10.0),
    "normsys": (-5.0, 5.0),
    "shapefactor": (0.0, 10.0),
    "shapesys": (1e-10, 10.0),
    "staterror": (1e-10, 10.0),
}
_DEFAULT_INIT: Final = {"histosys": 0.0, "normsys": 0.0}
At = tuple[str | int, ...]


def configuration(
    measurement: Mapping[str, Any], at: At, found: Mapping[str, Parameter]
) -> Iterator[Finding]:
    """Checks the ``config`` of one measurement.

    Args:
        measurement: The measurement.
        at: Steps to its ``config``.
        found: The parameters that modifiers define.

    Yields:
        Errors and warnings.
    """
    config = measurement["config"]
    yield from _poi(measurement, at, found)
    configured: dict[str, int] = {}
    for i, entry in enumerate(config["parameters"]):
        name = entry["name"]
        if configured.setdefault(name, i) != i:
            yield error(
                "duplicate_name",
                pointer(*at, "parameters", i, "name"),
                f"The parameter {short(name)} is configured already at "
                f"{pointer(*at, 'parameters', configured[name])}.",
            )
        parameter = found.get(name)
        if parameter is None:
            if name != config["poi"]:
                yield warning(
                    "unknown_parameter",
                    pointer(*at, "parameters", i, "name"),
                    f"No modifier defines {short(name)}: this configuration has no effect.",
                )
        else:
            yield from _entry(entry, (*at, "parameters", i), parameter)
    for name, parameter in found.items():
        if "lumi" in parameter.first and name not in configured:
            yield error(
                "missing_parameter_config",
                pointer(*at, "parameters"),
                f"The measurement {short(measurement['name'])} does not say the luminosity and "
                f"its uncertainty: parameter {short(name)} has no configuration.",
                f"Give {', '.join(_LUMI_NEEDS)}.",
            )


def _poi(
    measurement: Mapping[str, Any], at: At, found: Mapping[str, Parameter]
) -> Iterator[Finding]:
    poi = measurement["config"]["poi"]
    if not poi:
        yield warning(
            "poi_undefined",
            pointer(*at, "poi"),
            f"The measurement {short(measurement['name'])} names no parameter of interest.",
        )
    elif poi not in found:
        yield warning(
            "poi_undefined",
            pointer(*at, "poi"),
            f"No modifier defines the parameter of interest {short(poi)}: a background-only "
            "model, as they are published together with signal patches.",
            "Apply a signal patch, or fit without a parameter of interest.",
        )


def _entry(entry: Mapping[str, Any], at: At, parameter: Parameter) -> Iterator[Finding]:
    n = parameter.components
    complete = True
    for key in _LISTS:
        if key in entry and len(entry[key]) != n:
            complete = False
            yield error(
                "length_mismatch",
                pointer(*at, key),
                f"{len(entry[key])} values for the parameter {short(parameter.name)}, "
                f"which has {n}.",
            )
    for key in _MEANINGLESS[parameter.constraint]:
        if key in entry:
            yield error(
                "conflicting_constraint",
                pointer(*at, key),
                f"A {parameter.type} has no {key}: its constraint is {parameter.constraint}.",
            )
    if "lumi" in parameter.first:
        missing = [key for key in _LUMI_NEEDS if key not in entry]
        if missing:
            yield error(
                "missing_parameter_config",
                pointer(*at),
                f"The luminosity parameter {short(parameter.name)} needs {', '.join(missing)}.",
            )
    if any(value <= 0 for value in entry.get("sigmas", ())):
        yield error(
            "negative_uncertainty",
            pointer(*at, "sigmas"),
            f"The width of the constraint of {short(parameter.name)} is not positive.",
        )
    if complete:
        yield from _bounds(entry, at, parameter)


def _bounds(entry: Mapping[str, Any], at: At, parameter: Parameter) -> Iterator[Finding]:
    bounds = entry.get("bounds")
    for i, pair in enumerate(bounds or ()):
        if len(pair) != 2:
            yield error(
                "invalid_bounds",
                pointer(*at, "bounds", i),
                f"Bounds are a lower and an upper value, here are {len(pair)}.",
            )
            return
        if pair[0] >= pair[1] and not (pair[0] == pair[1] and entry.get("fixed")):
            yield error(
                "invalid_bounds",
                pointer(*at, "bounds", i),
                f"The lower bound {pair[0]} is not below the upper bound {pair[1]}.",
            )
            return
    if "lumi" in parameter.first and not (bounds and "inits" in entry):
        return
    n = parameter.components
    limits = bounds or [_DEFAULT_BOUNDS[parameter.type]] * n
    inits = entry.get("inits") or [_DEFAULT_INIT.get(parameter.type, 1.0)] * n
    for i, (init, (low, high)) in enumerate(zip(inits, limits, strict=True)):
        if not low <= init <= high:
            where = ("inits", i) if "inits" in entry else ("bounds", i)
            yield error(
                "invalid_bounds",
                pointer(*at, *where),
                f"The initial value {init} of {short(parameter.name)} is outside its bounds "
                f"[{low}, {high}].",
            )
