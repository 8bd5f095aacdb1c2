# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The script and the style sheet of the portal's own pages, as they were built last."""

import json
from functools import lru_cache
from pathlib import Path

from flask import current_app

MANIFEST = Path("demos") / "dist" / "manifest.json"


def portal_assets(kind):
    """Return the built files of a kind, relative to the static folder.

    Pages are readable without them, so nothing fails where they are not built.

    Args:
        kind: ``js`` or ``css``.
    """
    path = Path(current_app.static_folder) / MANIFEST
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return []
    return _read(path, changed)[kind]


@lru_cache(maxsize=4)
def _read(path, changed):
    return json.loads(path.read_text())
