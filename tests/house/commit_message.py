# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Check the first line of a commit message: ``commit_message.py FILE``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TYPES = "build|bench|chore|ci|docs|feat|fix|perf|refactor|revert|style|test"
SHAPE = re.compile(rf"({TYPES})(\([a-z0-9-]+\))?!?: \S(.*[^.\s])?")


def fault_of(message: str) -> str | None:
    """Return what is wrong with a message, or None.

    Args:
        message: The whole message.
    """
    first = message.partition("\n")[0]
    if first.startswith(("Merge ", "Revert ", "fixup! ", "squash! ")):
        return None
    if not SHAPE.fullmatch(first):
        return f"{first!r}: write `type(scope): what it does`, type one of {TYPES}"
    return None


if __name__ == "__main__":
    fault = fault_of(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(fault or "", end="")
    sys.exit(fault is not None)
