# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Files that lack their SPDX header: ``headers.py FILE …``."""

from __future__ import annotations

import sys
from pathlib import Path

ENDINGS = {
    ".py",
    ".pyi",
    ".rs",
    ".js",
    ".mjs",
    ".ts",
    ".tsx",
    ".less",
    ".css",
    ".sh",
    ".toml",
    ".yml",
}
HEADER = "SPDX-License-Identifier: MIT"


def lacking(files: list[Path]) -> list[Path]:
    """Return the files without the header in their first lines."""
    return [
        file
        for file in files
        if file.suffix in ENDINGS and file.stat().st_size
        if HEADER not in "\n".join(file.read_text(encoding="utf-8").splitlines()[:6])
    ]


if __name__ == "__main__":
    bad = lacking([Path(name) for name in sys.argv[1:]])
    print("\n".join(f"{file}: no SPDX header" for file in bad))
    sys.exit(bool(bad))
