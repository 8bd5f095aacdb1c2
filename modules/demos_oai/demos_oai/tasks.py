# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What workers do."""

from celery import shared_task

from . import items

LIMIT = 500
"""Items of one task; a worker is free for others in between."""


@shared_task(ignore_result=True, time_limit=900)
def refresh_stale():
    """Look at the items that are stale."""
    items.refresh_stale(LIMIT)


@shared_task(ignore_result=True, time_limit=3600)
def reconcile():
    """Find items that no change has marked, and look at them."""
    items.mark_outdated()
    items.refresh_stale(LIMIT)
