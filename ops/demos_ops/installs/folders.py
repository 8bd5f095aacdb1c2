# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Flask's instance folder: links to the checkout, so that an edit is seen at once."""

from __future__ import annotations

from ..instance import Instance
from ..steps import Job

LINKED = ("invenio.cfg", "templates", "app_data", "translations")


def install(instance: Instance, job: Job) -> bool:
    """Make the folder and its links."""
    changed = False
    (instance.app / "data").mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        target, link = instance.root / name, instance.app / name
        if not target.exists() or (link.is_symlink() and link.readlink() == target):
            continue
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        changed = True
    return changed
