# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How long a request may take, estimated from its size before anything is run.

One fit of the compiled engine takes time that grows with the cube of the number of parameters
(the Hessian is factorised in each iteration) and with the product of parameters and bins (the
rates and their derivatives). The estimate puts requests in order and refuses what is hopeless;
it is no forecast.
"""

from collections.abc import Iterable, Mapping
from typing import Any

SECONDS_PER_FIT = 3e-5
SECONDS_PER_CUBE = 2e-9
SECONDS_PER_RATE = 2e-7
PYHF = 100.0
"""How much longer the reference implementation takes, on models of some size."""

TOYS = 4
"""Fits of one pseudo-experiment, of both hypotheses: with and without the tested value."""

FITS: Mapping[str, float] = {
    "fit": 2,
    "yields": 3,
    "pulls": 2,
    "cls": 6,
    "significance": 4,
    "upper_limit": 40,
    "grid": 6,
    "scan": 2,
    "impacts": 2,
    "gof": 3,
    "contour": 5,
    "toys": 2,
}
"""About how many fits an operation makes; of a grid, a scan and a contour at each point, of impacts
for each parameter."""

UNKNOWN = 10.0
"""Fits of an operation that is not listed."""

PER_BIN = ("shapesys", "staterror", "shapefactor")
"""Types of modifiers that have a parameter for each bin."""


def size_of(structure: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many parameters and bins a model has.

    Args:
        structure: the model's structure.

    Returns:
        Parameters and bins.
    """
    channels = structure.get("channels") or ()
    bins = sum(int(c.get("bins") or 0) for c in channels)
    return int(structure.get("n_parameters") or 0), bins


def added_by(patch: Any, bins: int) -> int:
    """Return how many parameters a signal adds at most.

    Args:
        patch: the request's ``inputs.patch``.
        bins: of the model.

    Returns:
        The number; 0 for the name of a patch, whose size is the depositor's.

    Examples:
        >>> one, each = {"name": "a", "type": "normsys"}, {"name": "b", "type": "shapesys"}
        >>> added_by({"yields": {"SR": [1, 2]}, "modifiers": {"SR": [one, each]}}, 4)
        5
        >>> value = {"modifiers": [{"name": "a", "type": "normsys", "data": {}}]}
        >>> added_by({"ops": [{"op": "add", "path": "/x", "value": value}]}, 4)
        1
    """
    if not isinstance(patch, dict):
        return 0
    found: dict[str, str] = {}
    for modifier in _modifiers([patch.get("modifiers"), patch.get("ops")]):
        found[modifier["name"]] = modifier["type"]
    return sum(bins if kind in PER_BIN else 1 for kind in found.values())


def _modifiers(todo: list[Any]) -> Iterable[dict[str, str]]:
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if isinstance(value.get("name"), str) and isinstance(value.get("type"), str):
                yield value
            todo += value.values()
        elif isinstance(value, list):
            todo += value


def estimate(request: Mapping[str, Any], size: tuple[int, int], points: int = 1) -> float:
    """Return how many seconds of one processor a request may take.

    Args:
        request: ``operation``, ``inputs``, ``parameters``, with defaults.
        size: parameters and bins of the model.
        points: patches of the model's patchset, for an operation that runs over all of them.

    Returns:
        Seconds.

    Examples:
        >>> estimate({"operation": "cls", "inputs": {}, "parameters": {}}, (3, 2)) < 0.01
        True
        >>> many = [{"name": f"m{i}", "type": "normsys"} for i in range(2500)]
        >>> inputs = {"patch": {"yields": {"SR": [1, 1]}, "modifiers": {"SR": many}}}
        >>> estimate({"operation": "cls", "inputs": inputs, "parameters": {}}, (3, 2)) > 100
        True
    """
    operation, parameters = request["operation"], request.get("parameters") or {}
    count, bins = size
    count += added_by((request.get("inputs") or {}).get("patch"), bins)
    fits = FITS.get(operation, UNKNOWN)
    if operation == "impacts":
        fits *= count
    elif operation == "grid":
        fits *= max(1, points)
    elif operation == "contour":
        fits *= len(parameters.get("levels") or ()) * int(parameters.get("points") or 0)
    elif operation == "scan":
        for axis in parameters.get("axes") or ():
            fits *= len(axis["values"])
    if parameters.get("calculator") == "toys" or operation == "toys":
        fits += TOYS * int(parameters.get("toys") or 0)
    one = SECONDS_PER_FIT + SECONDS_PER_CUBE * count**3 + SECONDS_PER_RATE * count * bins
    return fits * one * (PYHF if parameters.get("engine") == "pyhf" else 1.0)
