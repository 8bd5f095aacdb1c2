# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Results carry finite numbers only."""

import json
import math
from typing import Any


def finite(value: Any) -> tuple[Any, list[str]]:
    """Replace every number that JSON cannot say by null and tell where it stood.

    Args:
        value: a tree of dictionaries, lists, tuples and scalars (NumPy's included).

    Returns:
        The tree in plain JSON types, and JSON pointers of the numbers that are not finite.

    Examples:
        >>> finite({"a": [1.0, float("nan")]})
        ({'a': [1.0, None]}, ['/a/1'])
    """
    undefined: list[str] = []

    def walk(node: Any, place: str) -> Any:
        if isinstance(node, dict):
            escaped = {k: str(k).replace("~", "~0").replace("/", "~1") for k in node}
            return {str(k): walk(v, f"{place}/{escaped[k]}") for k, v in node.items()}
        if isinstance(node, (list, tuple)):
            return [walk(v, f"{place}/{i}") for i, v in enumerate(node)]
        if hasattr(node, "tolist"):
            return walk(node.tolist(), place)
        if isinstance(node, float) and not math.isfinite(node):
            undefined.append(place)
            return None
        return node

    return walk(value, ""), undefined


def dump(result: dict[str, Any]) -> bytes:
    """Write a result as JSON; what is undefined is null and listed under ``undefined``.

    Args:
        result: the operation's answer.

    Returns:
        UTF-8 JSON.

    Examples:
        >>> dump({"outcome": "ok", "x": float("inf")})
        b'{"outcome":"undefined","x":null,"undefined":["/x"]}'
    """
    plain, undefined = finite(result)
    if undefined:
        if plain.get("outcome", "ok") == "ok":
            plain["outcome"] = "undefined"
        plain["undefined"] = undefined
    return json.dumps(plain, allow_nan=False, separators=(",", ":")).encode()
