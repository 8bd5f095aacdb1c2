# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A request's inputs in their one canonical form: equal questions meet in the result store."""

from collections.abc import Sequence
from typing import Any

from demos_engine.operations.canonical import floats

Json = Any


def canonical_inputs(
    inputs: dict[str, Json], measurements: Sequence[str], patches: Sequence[str]
) -> dict[str, Json]:
    """Return the inputs that an equal question always has.

    What says nothing is left out, numbers are floats, and chosen patches have the patchset's order.
    The operations of a JSON Patch stay as they are.

    Args:
        inputs: Valid inputs.
        measurements: The model's measurements.
        patches: The patches of the model's patchset.

    Returns:
        The inputs.

    Examples:
        >>> canonical_inputs({"fixed": {"b": [1, 2], "a": 2}, "measurement": "m"}, ["m"], [])
        {'fixed': {'a': 2.0, 'b': [1.0, 2.0]}}
    """
    found: dict[str, Json] = {}
    for name in sorted(inputs):
        value = inputs[name]
        if value is None or value in ({}, []):
            continue
        if name == "measurement" and measurements and value == measurements[0]:
            continue
        if name in ("fixed", "bounds"):
            value = {k: floats(value[k]) for k in sorted(value)}
        elif name == "patches":
            wanted = set(value)
            value = [p for p in patches if p in wanted]
            if len(value) == len(patches):
                continue
        elif name == "patch":
            value = _signal(value)
        found[name] = value
    return found


def _signal(signal: Json) -> Json:
    if not isinstance(signal, dict) or "yields" not in signal:
        return signal
    found = {**signal, "yields": {k: floats(v) for k, v in sorted(signal["yields"].items())}}
    for name in ("modifiers", "without"):
        if not found.get(name, True):
            del found[name]
    if "without" in found:
        found["without"] = sorted(found["without"])
    return found
