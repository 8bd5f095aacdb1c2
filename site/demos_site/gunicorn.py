# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Gunicorn's hooks: ``gunicorn --config python:demos_site.gunicorn``."""

import gc


def when_ready(server):
    """Keep the loaded application out of garbage collection, before workers are forked.

    It is more than a million objects that live as long as the process. Each full collection
    would look at all of them, a pause of some 0.3 s in the middle of a request, and would make
    every worker copy the memory that it shares with the others.
    """
    gc.collect()
    gc.freeze()
