# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The digest by which pyhf knows a workspace, whatever its indentation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

ALGORITHMS: Final[dict[str, Callable[[bytes], Any]]] = {
    "md5": lambda text: hashlib.md5(text, usedforsecurity=False),
    "sha256": hashlib.sha256,
}
"""The algorithms that a patch set may name."""


def digest(document: Any, algorithm: str = "sha256") -> str:
    """Gives the digest of a document's content, equal to ``pyhf.utils.digest``.

    The order of object members and white space do not matter; the order of lists and the spelling
    of numbers (5 or 5.0) do.

    Args:
        document: A JSON document.
        algorithm: A key of ``ALGORITHMS``.

    Returns:
        The digest in hexadecimal.

    Raises:
        KeyError: For another algorithm.

    >>> digest({"a": 2.0, "b": 3.0, "c": 1.0})
    'a38f6093800189b79bc22ef677baf90c75705af2cfc7ff594159eca54eaa7928'
    """
    text = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    return str(ALGORITHMS[algorithm](text).hexdigest())
