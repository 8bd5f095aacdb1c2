# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What can go wrong with a request about runs: HTTP status, code and title of each error.

RunError
├── InvalidRunError        invalid_run             400
├── RunNotFoundError       run_not_found           404
├── RunGoneError           run_deleted             410
├── NotReadyError          no_results              404
├── NotExecutableError     not_executable          409
│   └── NotPreparedError   not_executable          409
├── NotCancellableError    run_ended               409
├── StillOpenError         run_open                409
├── IdempotencyError       idempotency_key_reused  422
├── QuotaError             quota_exceeded          429
├── BusyError              busy                    503
└── TooLargeError          request_too_large       413
"""

from .states import REASONS


class RunError(Exception):
    """An error that becomes a problem document.

    Attributes:
        code: the name of the kind of problem, which ends the document's ``type``.
        status: the HTTP status.
        title: the kind of problem, for people.

    Args:
        message: for people.
        extra: further members of the problem document.
        retry_after: seconds after which it is worth trying again.
    """

    code = "bad_request"
    status = 400
    title = "Bad request"

    def __init__(self, message, extra=None, retry_after=None):
        super().__init__(message)
        self.message, self.extra, self.retry_after = message, extra or {}, retry_after


class InvalidRunError(RunError):
    """A request that the model's schemas refuse."""

    code, title = "invalid_run", "The request cannot be run"

    def __init__(self, errors):
        """Keep the errors.

        Args:
            errors: list of ``pointer`` and ``messages``.
        """
        first = errors[0]
        place = f"{first['pointer']}: " if first["pointer"] else ""
        super().__init__(f"{place}{first['messages'][0]}", {"errors": errors})


class RunNotFoundError(RunError):
    """There is no such run."""

    code, status, title = "run_not_found", 404, "No such run"


class RunGoneError(RunError):
    """The run's owner deleted it."""

    code, status, title = "run_deleted", 410, "The run was deleted"


class NotReadyError(RunError):
    """There are no results, or not yet."""

    code, status, title = "no_results", 404, "No results"


class NotExecutableError(RunError):
    """The model cannot be run here.

    Args:
        reason: why, in a word.
        message: for people.
        retry_after: seconds after which it is worth trying again.
    """

    code, status, title = "not_executable", 409, "Not executable"

    def __init__(self, reason, message, retry_after=None):
        super().__init__(message, {"executable": False, "reason": reason}, retry_after)


class NotPreparedError(NotExecutableError):
    """The model can be run once something is prepared, and nobody has asked for that yet.

    Args:
        what: what the model's runtime has to prepare.
        message: for people.
        retry_after: seconds after which it is worth trying again.
    """

    def __init__(self, what, message, retry_after):
        super().__init__("preparing", message, retry_after)
        self.what = what


class NotCancellableError(RunError):
    """The run has ended, and its owner was told how."""

    code, status, title = "run_ended", 409, "The run has ended"


class StillOpenError(RunError):
    """Only a run that has ended can be deleted."""

    code, status, title = "run_open", 409, "The run has not ended"


class IdempotencyError(RunError):
    """The same idempotency key with another request."""

    code, status = "idempotency_key_reused", 422
    title = "Idempotency key used for another request"


class QuotaError(RunError):
    """Too many runs, or too much computing."""

    code, status, title = "quota_exceeded", 429, "Quota used up"


class BusyError(RunError):
    """The platform takes no more runs for now."""

    code, status, title = "busy", 503, "No runs for now"


class TooLargeError(RunError):
    """The request's body is too large."""

    code, status, title = "request_too_large", 413, "Request too large"


ERRORS = (
    InvalidRunError,
    RunNotFoundError,
    RunGoneError,
    NotReadyError,
    NotExecutableError,
    NotCancellableError,
    StillOpenError,
    IdempotencyError,
    QuotaError,
    BusyError,
    TooLargeError,
)
"""One class for each code."""

EXECUTABLE = {
    "no_container": "The model is no HistFactory model and names no container that could run it.",
    "preparing": "What the model needs is being fetched and inspected; ask again a little later.",
}
"""Further reasons why a model cannot be run."""

CODES = {
    **{error.code: error.__doc__.partition("\n")[0] for error in ERRORS},
    **{name: reason.meaning for name, reason in REASONS.items()},
    **EXECUTABLE,
}
"""Every code of this package, with one sentence; the documentation's table is made from it."""
