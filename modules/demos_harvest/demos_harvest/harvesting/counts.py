# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a run did, in records of the peer."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass
class Counts:
    """Records by outcome; they add up to ``seen``.

    Attributes:
        seen: Records that the peer listed, or that were asked for.
        registered: Records whose models are new here.
        updated: Records with new content or metadata, new versions among them.
        unchanged: Records that are as they were.
        deleted: Records that are gone at the peer.
        failed: Records that could not be taken; they are tried again.
        doubtful: Records with a model that a curator must place.
        skipped: Records without a model.
        models: Entries of the registry that the first three concern.
    """

    seen: int = 0
    registered: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    failed: int = 0
    doubtful: int = 0
    skipped: int = 0
    models: int = 0

    def add(self, outcome: str, models: int = 0) -> None:
        """Count one record."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.models += models

    def to_dict(self) -> dict[str, int]:
        """Return the counts as JSON."""
        return asdict(self)
