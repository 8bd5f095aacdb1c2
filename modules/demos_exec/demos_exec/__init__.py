# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Runs: registered models are executed in containers on a user's signal.

The package has three parts that never share a process:

* the portal's side (``ext``, ``services``, ``resources``, ``tasks``), which imports Invenio;
* the pool (``pool``), a supervisor of warm workers that imports the standard library alone;
* the worker (``worker``), the program inside the sandbox, which imports the engine.

This module therefore imports nothing.
"""

__version__ = "0.1.0"
