# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Signals of the registry."""

from blinker import Namespace

_signals = Namespace()

entry_stored = _signals.signal("demos-models-entry-stored")
"""Sent within the transaction that stores an entry anew, with ``work_id`` (the entry's UUID) and
``record_ids`` (the deposits that hold it). What a receiver writes is committed with the entry."""
