# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""JSON text of what has been in the database."""

import json
from typing import Any

import orjson


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """Write JSON, also of integers beyond 64 bits.

    A database gives back 1e20 as an integer of 21 digits, which the fast writer refuses.

    Args:
        value: plain JSON; numbers must be finite.
        sort_keys: whether names come in order.

    Returns:
        UTF-8, without spaces.

    Examples:
        >>> dumps({"b": 10**20, "a": 1.5}, sort_keys=True)
        b'{"a":1.5,"b":100000000000000000000}'
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None)
    except TypeError:
        text = json.dumps(
            value, sort_keys=sort_keys, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode()
