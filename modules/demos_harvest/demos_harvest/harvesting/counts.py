# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a run did, in records of the peer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

NAMED = 5
"""Failed records that a run names."""


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
        failures: The first records that failed, each with the reason's name.
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
    failures: list[str] = field(default_factory=list)

    def add(self, outcome: str, models: int = 0, failure: str = "") -> None:
        """Count one record."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.models += models
        if failure and len(self.failures) < NAMED:
            self.failures.append(failure)

    def to_dict(self) -> dict[str, int]:
        """Return the counts as JSON, always in the same order.

        Examples:
            >>> list(Counts(seen=1).to_dict())[:3]
            ['seen', 'registered', 'updated']
        """
        return ordered({k: v for k, v in asdict(self).items() if k != "failures"})

    @property
    def accounted(self) -> int:
        """How many records have an outcome."""
        return sum(v for k, v in self.to_dict().items() if k not in ("seen", "models"))

    @property
    def problem(self) -> dict[str, str] | None:
        """What to say of a run in which records failed.

        Examples:
            >>> counts = Counts()
            >>> counts.add("failed", failure="ins1: not_found")
            >>> counts.problem["message"]
            '1 record failed: ins1: not_found.'
        """
        if not self.failed:
            return None
        more = self.failed - len(self.failures)
        named = ", ".join([*self.failures, *([f"and {more} more"] if more else [])])
        noun = "record" if self.failed == 1 else "records"
        return {"code": "items_failed", "message": f"{self.failed} {noun} failed: {named}."}


def ordered(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts in the order of the fields, whatever order a database keeps them in."""
    return {f.name: counts[f.name] for f in fields(Counts) if f.name in counts}
