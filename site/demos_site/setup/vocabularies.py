# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Vocabularies: small ones at once, full ones in the background."""

import os
from pathlib import Path

from invenio_access.permissions import system_identity
from invenio_rdm_records.fixtures.vocabularies import PrioritizedVocabulariesFixtures
from invenio_vocabularies.records.models import VocabularyType


def vocabularies(app):
    """Load the vocabularies that were never loaded.

    ``DEMOS_VOCABULARIES=full`` takes the framework's lists (9,000 languages among them)
    instead of ours; the worker then loads them, entry by entry.
    """
    if VocabularyType.query.count():
        return False
    full = os.environ.get("DEMOS_VOCABULARIES") == "full"
    PrioritizedVocabulariesFixtures(
        system_identity,
        app_data_folder=Path(app.instance_path) / "app_data" / ("full" if full else ""),
        delay=full,
    ).load()
    return True
