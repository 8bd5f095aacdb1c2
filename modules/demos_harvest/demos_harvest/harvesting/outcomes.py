# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What comes of an item."""

from dataclasses import dataclass
from datetime import timedelta

CHANGED = ("registered", "updated")
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True)
class Result:
    """What came of an item.

    Attributes:
        outcome: A field of ``Counts``.
        item_id: The row it is kept in; another one than asked for, where a peer has several
            names for one record.
        models: How many entries of the registry are new or changed by it.
        failure: For one that failed, the record and the reason's name.
    """

    outcome: str
    item_id: int
    models: int = 0
    failure: str = ""
