# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Vocabularies: small ones at once, full ones in the background."""

import logging
import os
from importlib.resources import files
from pathlib import Path

from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_pidstore.errors import PIDAlreadyExists
from invenio_rdm_records.fixtures.vocabularies import VocabulariesFixture
from invenio_vocabularies.records.models import VocabularyType
from sqlalchemy.exc import IntegrityError


def vocabularies(app):
    """Load the vocabularies, once; a load that was cut short is taken up again.

    ``DEMOS_VOCABULARIES=full`` takes the framework's lists (9,000 languages among them)
    instead of ours; the worker then loads them, entry by entry. A portal that has ours gets
    the rest when it is switched.
    """
    full = os.environ.get("DEMOS_VOCABULARIES") == "full"
    done, extent = Path(app.instance_path) / ".vocabularies-loaded", "full" if full else "reduced"
    if done.exists() and done.read_text() == extent and VocabularyType.query.count():
        return False
    logging.getLogger(app.logger.name).setLevel(logging.WARNING)  # it tells each entry
    ours = Path(app.instance_path) / "app_data" / ("full" if full else "")
    theirs = Path(str(files("invenio_rdm_records.fixtures") / "data"))
    loaded = set()
    for folder in (ours, theirs):
        for _, entry in VocabulariesFixture(system_identity, folder / "vocabularies.yaml").read():
            if not loaded.intersection(_covered(entry)):
                _load(entry, in_background=full)
            loaded.update(_covered(entry))
    done.write_text(extent)
    return True


def _covered(entry):
    return {f"{entry.service_str}:{name}" for name in entry.covered_ids}


def _load(entry, in_background):
    """Create the entries of one vocabulary that do not exist."""
    entry.pre_load(system_identity, ignore=set())
    for data in entry.iterate(set()):
        try:
            entry.create_record(data, delay=in_background)
        except (PIDAlreadyExists, IntegrityError):
            db.session.rollback()
