# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Runs that somebody asks for and that happen in the background."""

from flask import current_app
from invenio_db import db
from kombu.exceptions import OperationalError

from .records.models import HarvestRun, now
from .tasks import harvest_in_background


def start_in_background(peer, **arguments):
    """Create a run and hand it to a worker.

    Args:
        peer: The peer.
        **arguments: ``since``, ``ids``, ``retry`` as ``harvest`` takes them.

    Returns:
        The ``HarvestRun``; ``failed`` if there is no broker to hand it over.
    """
    arguments = {key: value for key, value in arguments.items() if value}
    run = HarvestRun(peer=peer, arguments=arguments, status="accepted")
    db.session.add(run)
    db.session.commit()
    try:
        harvest_in_background.delay(peer, str(run.id), **arguments)
    except (OperationalError, OSError) as error:
        current_app.logger.warning("No run of %s: %s", peer, error)
        run.status = "failed"
        run.error = {"code": "no_broker", "message": "Background work is not possible now."}
        run.finished_at = now()
        db.session.commit()
    return run
