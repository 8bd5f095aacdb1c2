# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The generated environment file: secrets, remembered settings, derived variables."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path


def read(path: Path) -> dict[str, str]:
    """Read a file of ``KEY='value'`` lines as a shell would.

    Args:
        path: The file; a missing one is empty.

    Returns:
        The variables, in the file's order.
    """
    try:
        lexer = shlex.shlex(path.read_text(encoding="utf-8"), posix=True)
    except FileNotFoundError:
        return {}
    lexer.whitespace_split = True
    return dict(token.split("=", 1) for token in lexer if "=" in token)


def dump(values: Mapping[str, str]) -> str:
    """Write variables so that a shell and `read` give them back.

    >>> print(dump({"A": "it's", "B": "x"}), end="")
    A='it'"'"'s'
    B=x
    """
    return "".join(f"{key}={shlex.quote(value)}\n" for key, value in values.items())


def write(path: Path, text: str) -> bool:
    """Write a file that only its owner may read, at once or not at all.

    Args:
        path: The file.
        text: Its content.

    Returns:
        Whether anything changed.
    """
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    part.replace(path)
    return True
