# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A run's states and the closed list of reasons why it ended without a result."""

from typing import NamedTuple

ACCEPTED, RUNNING, SUCCESSFUL = "accepted", "running", "successful"
FAILED, DISMISSED = "failed", "dismissed"
OPEN = (ACCEPTED, RUNNING)
TERMINAL = (SUCCESSFUL, FAILED, DISMISSED)

QUEUED, PREPARING, COLLECTING = "queued", "preparing", "collecting"
CANCELLING, DONE = "cancelling", "done"

USER, MODEL, SYSTEM = "user", "model", "system"


class Reason(NamedTuple):
    """Why a run ended without a result.

    Attributes:
        fault: whose it is: the user's, the model's or the system's.
        meaning: one sentence.
    """

    fault: str
    meaning: str


REASONS = {
    "invalid_input": Reason(USER, "The request does not fit the model; `pointer` says where."),
    "cancelled": Reason(USER, "The run's owner ended it."),
    "quota_exceeded": Reason(USER, "More was asked for than the owner may have."),
    "image_not_allowed": Reason(MODEL, "The portal does not run the model's container image."),
    "image_pull_failed": Reason(MODEL, "The container image cannot be fetched."),
    "image_digest_mismatch": Reason(MODEL, "The container image is not the one that is named."),
    "timeout": Reason(MODEL, "The run was not done within its time limit."),
    "out_of_memory": Reason(MODEL, "The run needs more memory than it may have."),
    "too_many_processes": Reason(MODEL, "The run needs more processes than it may have."),
    "nonzero_exit": Reason(MODEL, "The container ended with an exit code other than 0 and 2."),
    "no_output": Reason(MODEL, "The container wrote no `result.json`."),
    "invalid_output": Reason(MODEL, "The output is no JSON object of finite numbers."),
    "output_too_large": Reason(MODEL, "The output is larger than it may be."),
    "log_flood": Reason(MODEL, "The container wrote more to its log than it may."),
    "backend_unavailable": Reason(SYSTEM, "The place where it should run does not answer."),
    "backend_lost": Reason(SYSTEM, "The place where it ran stopped, or answers no more."),
    "worker_lost": Reason(SYSTEM, "The worker ended in the middle of the run."),
    "remote_error": Reason(SYSTEM, "A remote system that runs it reported an error."),
    "system_error": Reason(SYSTEM, "The portal failed; its operator can see why."),
}
"""The closed list of reasons."""

RETRIED = frozenset({"backend_unavailable", "backend_lost", "worker_lost"})
"""Reasons after which the same run is tried again."""

MAX_ATTEMPTS = 3
