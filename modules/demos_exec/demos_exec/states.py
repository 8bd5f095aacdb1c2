# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A run's states and the closed list of reasons why it ended without a result."""

ACCEPTED, RUNNING, SUCCESSFUL = "accepted", "running", "successful"
FAILED, DISMISSED = "failed", "dismissed"
OPEN = (ACCEPTED, RUNNING)
TERMINAL = (SUCCESSFUL, FAILED, DISMISSED)

QUEUED, PREPARING, COLLECTING = "queued", "preparing", "collecting"
CANCELLING, DONE = "cancelling", "done"

USER, MODEL, SYSTEM = "user", "model", "system"

REASONS = {
    "invalid_input": USER,
    "cancelled": USER,
    "quota_exceeded": USER,
    "image_not_allowed": MODEL,
    "image_pull_failed": MODEL,
    "image_digest_mismatch": MODEL,
    "timeout": MODEL,
    "out_of_memory": MODEL,
    "too_many_processes": MODEL,
    "nonzero_exit": MODEL,
    "no_output": MODEL,
    "invalid_output": MODEL,
    "output_too_large": MODEL,
    "log_flood": MODEL,
    "backend_unavailable": SYSTEM,
    "backend_lost": SYSTEM,
    "worker_lost": SYSTEM,
    "remote_error": SYSTEM,
    "system_error": SYSTEM,
}
"""Reason to whose fault it is: the user's, the model's or the system's."""

RETRIED = frozenset({"backend_unavailable", "backend_lost", "worker_lost"})
"""Reasons after which the same run is tried again."""

MAX_ATTEMPTS = 3
