#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Resolve ``Pipfile`` anew: ``pipenv lock``, without the addresses of package sources.

Which source a machine installs from is its own affair; the hashes say what is installed.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "Pipfile.lock"


def without_sources(lock: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a lock file without any package source.

    >>> without_sources({"_meta": {"sources": [{"name": "x"}]}, "default": {"a": {"index": "x"}}})
    {'_meta': {'sources': []}, 'default': {'a': {}}}
    """
    cleaned = {
        section: {
            name: {k: v for k, v in entry.items() if k != "index"}
            for name, entry in packages.items()
        }
        for section, packages in lock.items()
        if section != "_meta"
    }
    return {"_meta": {**lock["_meta"], "sources": []}, **cleaned}


def main() -> None:
    """Write the lock file."""
    # The oldest Python that is served by the lock decides: Debian 12's 3.11.2 needs packages and
    # releases that a later 3.11 does not.
    env = {"PIPENV_IGNORE_VIRTUALENVS": "1", "PIPENV_PYTHON": "/usr/bin/python3", **os.environ}
    subprocess.run(["pipenv", "lock"], cwd=LOCK.parent, env=env, check=True)
    LOCK.write_text(json.dumps(without_sources(json.loads(LOCK.read_text())), indent=4) + "\n")


if __name__ == "__main__":
    main()
