# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Changes of a workspace that mean the same to every engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from demos_engine.errors import InferenceError, ModelError

Workspace = Mapping[str, Any]
Json = dict[str, Any]
FORM = "demos-histfactory/1"
"""The engine's own form of a model: like a workspace, with every convention resolved."""


def parsed(document: bytes | str | Workspace) -> Json:
    """Return a document as a dictionary.

    Args:
        document: Bytes, text or parsed.

    Returns:
        The JSON object.

    Raises:
        ModelError: It is none.
    """
    if isinstance(document, Mapping):
        return dict(document)
    try:
        found = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise ModelError("parse_error", "", str(error)) from None
    if not isinstance(found, dict):
        raise ModelError("schema_error", "", "a workspace is an object")
    return found


def defines(workspace: Workspace, name: str | None) -> bool:
    """Tell whether a modifier of a workspace defines a parameter.

    A background-only file names a parameter of interest that only a signal defines.

    Args:
        workspace: A workspace.
        name: The parameter.

    Returns:
        True if a modifier has this name.

    >>> defines({"channels": []}, "mu")
    False
    """
    return any(
        modifier["name"] == name
        for channel in workspace["channels"]
        for sample in channel["samples"]
        for modifier in sample["modifiers"]
    )


def measurement_of(workspace: Workspace, name: str | None) -> Json:
    """Return a measurement of a workspace.

    Args:
        workspace: A workspace.
        name: The measurement's name; None for the first.

    Returns:
        The measurement.

    Raises:
        ModelError: There is none of the name.
    """
    for measurement in workspace.get("measurements") or ():
        if name is None or measurement["name"] == name:
            return dict(measurement)
    raise ModelError("unresolved_reference", "/measurements", f"there is no measurement {name!r}")


def configured(
    workspace: Workspace,
    measurement: str | None,
    names: Sequence[str],
    fixed: Mapping[str, float | Sequence[float]],
    bounds: Mapping[str, Sequence[float]],
    *,
    starts: Sequence[float],
) -> Json:
    """Return a workspace whose measurement holds and bounds parameters.

    A start that would lie outside of the new bounds is moved to the nearer one.

    Args:
        workspace: A workspace; it is not changed.
        measurement: The measurement's name; None for the first.
        names: The model's parameters, one per component.
        fixed: Parameters and their values: a number for all components, or one per component.
        bounds: Parameters and their bounds.
        starts: The model's start values, one per component, shape (P,).

    Returns:
        The changed workspace.

    Raises:
        InferenceError: A parameter is unknown, or a number of values is wrong.
    """
    sizes = _sizes(names)
    chosen = measurement_of(workspace, measurement)
    if workspace.get("format") == FORM:
        parameters = _configured_form(chosen, sizes, fixed, bounds)
        return _with_parameters(workspace, chosen, parameters)
    settings = {p["name"]: dict(p) for p in chosen["config"].get("parameters") or ()}
    initial: dict[str, list[float]] = {}
    for name, start in zip(names, starts, strict=True):
        initial.setdefault(name.partition("[")[0] if name.endswith("]") else name, []).append(start)
    for name, value in fixed.items():
        size = _size(sizes, name)
        values = [value] * size if isinstance(value, int | float) else list(value)
        if len(values) != size:
            message = f"the parameter {name!r} has {size} components, not {len(values)}"
            raise InferenceError("invalid_value", message)
        known = settings.setdefault(name, {"name": name})
        known.update(inits=[float(x) for x in values], fixed=True)
        low_high = known.get("bounds")
        if low_high is not None:  # a held value may lie beyond the bounds of a free one
            known["bounds"] = [
                [min(low, x), max(high, x)]
                for (low, high), x in zip(low_high, known["inits"], strict=True)
            ]
    for name, pair in bounds.items():
        size = _size(sizes, name)
        low, high = _ordered(name, pair)
        known = settings.setdefault(name, {"name": name})
        known["bounds"] = [[low, high]] * size
        if not known.get("fixed"):
            known["inits"] = [min(max(x, low), high) for x in known.get("inits") or initial[name]]
    return _with_parameters(workspace, chosen, list(settings.values()))


def _configured_form(
    chosen: Json,
    sizes: Mapping[str, int],
    fixed: Mapping[str, float | Sequence[float]],
    bounds: Mapping[str, Sequence[float]],
) -> list[Json]:
    """Return the parameters of the engine's own form, where each component is one."""
    found = {p["name"]: dict(p) for p in chosen["config"]["parameters"]}
    for name, value in fixed.items():
        places = _components(found, sizes, name)
        values = [value] * len(places) if isinstance(value, int | float) else list(value)
        if len(values) != len(places):
            message = f"the parameter {name!r} has {len(places)} components, not {len(values)}"
            raise InferenceError("invalid_value", message)
        for place, one in zip(places, values, strict=True):
            low, high = found[place].get("bounds") or (one, one)
            wide = [min(low, float(one)), max(high, float(one))]
            found[place].update(init=float(one), fixed=True, bounds=wide)
    for name, pair in bounds.items():
        low, high = _ordered(name, pair)
        for place in _components(found, sizes, name):
            found[place]["bounds"] = [low, high]
            if not found[place].get("fixed"):
                found[place]["init"] = min(max(found[place]["init"], low), high)
    return list(found.values())


def _components(found: Mapping[str, Json], sizes: Mapping[str, int], name: str) -> list[str]:
    if name in found:
        return [name]
    size = _size(sizes, name)
    return [f"{name}[{i}]" for i in range(size)]


def _ordered(name: str, pair: Sequence[float]) -> tuple[float, float]:
    low, high = (float(x) for x in pair)
    if not low < high:
        raise InferenceError("invalid_bounds", f"the bounds of {name!r} are not ordered")
    return low, high


def _with_parameters(workspace: Workspace, chosen: Json, parameters: list[Json]) -> Json:
    config = {**chosen["config"], "parameters": parameters}
    measurements = [
        {**m, "config": config} if m["name"] == chosen["name"] else m
        for m in workspace["measurements"]
    ]
    return {**workspace, "measurements": measurements}


def unblinded(workspace: Workspace) -> Json:
    """Return a workspace with an observation of every channel: zeros where there is none.

    Args:
        workspace: A workspace; it is not changed.

    Returns:
        A workspace that can be loaded, so that Asimov data can replace its observations.

    >>> channel = {"name": "SR", "samples": [{"name": "b", "data": [1.0, 2.0], "modifiers": []}]}
    >>> unblinded({"channels": [channel], "observations": []})["observations"]
    [{'name': 'SR', 'data': [0.0, 0.0]}]
    """
    known = {o["name"]: o for o in workspace.get("observations") or ()}
    observations = [
        {"name": c["name"], "data": [0.0] * len(c["samples"][0]["data"])}
        if not _seen(known.get(c["name"]))
        else known[c["name"]]
        for c in workspace["channels"]
    ]
    return {**workspace, "observations": observations}


def _seen(observation: Json | None) -> bool:
    data = (observation or {}).get("data")
    return isinstance(data, list) and bool(data) and None not in data


def _sizes(names: Sequence[str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for name in names:
        base = name.rpartition("[")[0] if name.endswith("]") else name
        sizes[base] = sizes.get(base, 0) + 1
    return sizes


def _size(sizes: Mapping[str, int], name: str) -> int:
    if name in sizes:
        return sizes[name]
    base = name.rpartition("[")[0]
    if name.endswith("]") and base in sizes:
        message = f"{name!r} is a component: {base!r} is held or bounded as a whole"
        raise InferenceError("invalid_value", message)
    raise InferenceError("unknown_parameter", f"the model has no parameter {name!r}")
