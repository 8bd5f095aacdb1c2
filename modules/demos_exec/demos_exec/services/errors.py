# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What can go wrong with a run's request, in the words of the API."""


class RunError(Exception):
    """An error that becomes a problem document.

    Args:
        message: for people.
        extra: further members of the problem document.
        retry_after: seconds after which it is worth trying again.
    """

    code = 400
    title = "Bad request"

    def __init__(self, message, extra=None, retry_after=None):
        super().__init__(message)
        self.message, self.extra, self.retry_after = message, extra or {}, retry_after


class InvalidRunError(RunError):
    """A request that the model's schemas refuse."""

    title = "The request cannot be run"

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

    code, title = 404, "Not found"


class RunGoneError(RunError):
    """The run's owner deleted it."""

    code, title = 410, "Gone"


class NotReadyError(RunError):
    """There are no results, or not yet."""

    code, title = 404, "No results"


class NotExecutableError(RunError):
    """The model cannot be run here."""

    code, title = 409, "Not executable"


class NotCancellableError(RunError):
    """The run has ended, and its owner knows how."""

    code, title = 409, "The run has ended"


class StillOpenError(RunError):
    """Only a run that has ended can be deleted."""

    code, title = 409, "The run has not ended"


class IdempotencyError(RunError):
    """The same idempotency key with another request."""

    code, title = 422, "Idempotency key used for another request"


class QuotaError(RunError):
    """Too many runs."""

    code, title = 429, "Too many runs"


class BusyError(RunError):
    """The platform takes no more runs for now."""

    code, title = 503, "No runs for now"


class TooLargeError(RunError):
    """The request's body is too large."""

    code, title = 413, "Request too large"
