# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``invenio oai``."""

import json

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from invenio_db import db

from . import items
from .records.models import OAIItem, OAIStale


@click.group()
def oai():
    """OAI-PMH."""


@oai.command()
@click.option("--all", "everything", is_flag=True, help="Look at items that are up to date too.")
@with_appcontext
def rebuild(everything):
    """Bring all items up to date; datestamps move only where something changed."""
    marked = items.mark_outdated(everything=everything)
    changed = total = 0
    while pending():
        changed += items.refresh_stale(100)
        total += 1
        if total > 2 + marked // 50:
            break
    click.echo(json.dumps({"looked_at": marked, "changed": changed, "failed": failed()}))


@oai.command()
@with_appcontext
def status():
    """Print how many items there are, wait, or could not be made."""
    count = db.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(OAIItem.deleted))
    ).one()
    problems = db.session.execute(
        sa.select(OAIItem.identifier, OAIItem.problem).where(OAIItem.problem.isnot(None)).limit(100)
    ).all()
    parked = db.session.execute(
        sa.select(OAIStale.source, OAIStale.key, OAIStale.error).where(
            OAIStale.attempts >= items.ATTEMPTS
        )
    ).all()
    click.echo(
        json.dumps(
            {
                "items": count[0],
                "deleted": count[1],
                "waiting": pending(),
                "parked": [{"source": s, "key": k, "error": e} for s, k, e in parked],
                "problems": [{"identifier": i, "problem": p} for i, p in problems],
            }
        )
    )


def pending():
    """Return how many items are due."""
    return db.session.scalar(
        sa.select(sa.func.count())
        .select_from(OAIStale)
        .where(OAIStale.due <= sa.func.now(), OAIStale.attempts < items.ATTEMPTS)
    )


def failed():
    """Return how many items could not be looked at."""
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(OAIStale).where(OAIStale.attempts > 0)
    )
