# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Errors of the services, and the codes of everything that can go wrong here.

The tree::

    HarvestError
    ├── UnknownPeerError        unknown_peer
    ├── UnknownRunError         unknown_run
    ├── UnknownDoubtError       unknown_doubt
    ├── AlreadyRunningError     already_running
    ├── NoBrokerError           no_broker
    ├── ImportRefusedError      import_refused
    ├── BadReferenceError       bad_reference
    ├── NoSuchFileError         no_such_file
    ├── SeveralFilesError       several_files
    ├── NotMirroredError        not_mirrored
    ├── UndecidedError          undecided
    ├── UnusableFileError       the file's own code, such as invalid_model
    └── LookupFailedError       the peer's own code, such as unavailable
    PeerError                   see ``http.errors``
    MappingError                unreadable_record; see ``peers.types``
"""

from .http.errors import PeerError
from .peers.contract import ContractDriftError
from .peers.oaipmh.archive import ListTooLongError


class HarvestError(Exception):
    """What cannot be done, with its reason.

    Args:
        message: The reason, for people.
        **extra: Further members of the problem document.
    """

    code = "harvest_error"
    status = 400

    def __init__(self, message, **extra):
        """Keep the reason."""
        super().__init__(message)
        self.message = message
        self.extra = extra


class UnknownPeerError(HarvestError, LookupError):
    """There is no such peer."""

    code = "unknown_peer"
    status = 404


class UnknownRunError(HarvestError, LookupError):
    """There is no such run of a harvest."""

    code = "unknown_run"
    status = 404


class UnknownDoubtError(HarvestError, LookupError):
    """There is no such doubtful registration, or no such model."""

    code = "unknown_doubt"
    status = 404


class AlreadyRunningError(HarvestError):
    """Another run of the same peer is under way."""

    code = "already_running"
    status = 409


class NoBrokerError(HarvestError):
    """Background work is not possible now; try again later."""

    code = "no_broker"
    status = 503


class ImportRefusedError(HarvestError):
    """The model cannot be made a record; the message says why."""

    code = "import_refused"
    status = 409


class BadReferenceError(HarvestError):
    """The text is no identifier or address that is understood here."""

    code = "bad_reference"


class NoSuchFileError(HarvestError):
    """The record has no such model file, or the file no such model."""

    code = "no_such_file"
    status = 404


class SeveralFilesError(HarvestError):
    """Several files or models have this name; the answer lists them."""

    code = "several_files"
    status = 300


class NotMirroredError(HarvestError):
    """The file's bytes are not kept here; its licence does not allow it, or it is only a link."""

    code = "not_mirrored"
    status = 409


class UndecidedError(HarvestError):
    """A curator has to say first what the file belongs to."""

    code = "undecided"
    status = 409


class UnusableFileError(HarvestError):
    """The file was fetched and cannot be used.

    Args:
        note: The error that was noted on the file.
    """

    code = "invalid_model"
    status = 422

    def __init__(self, note):
        """Take the file's own code."""
        super().__init__(note.get("message", ""))
        self.code = note.get("code", self.code)
        self.errors = note.get("errors")


class LookupFailedError(HarvestError):
    """The record is not here and its peer did not give it.

    Args:
        status: HTTP status of the answer.
        problem: What went wrong, as JSON.
    """

    code = "lookup_failed"
    status = 502

    def __init__(self, status, problem):
        """Keep both."""
        super().__init__(problem["message"])
        self.status = status
        self.problem = problem
        self.code = problem.get("code", self.code)


_NOTES = {
    "oai_error": "The archive refuses by OAI-PMH; the message has its own words.",
    "items_failed": "A run went through, and some records failed; the first ones are named.",
    "internal_error": "A fault of this portal's; it is in the log.",
    "unreadable_record": "A peer's answer lacks what it must have; the message names the place.",
    "bad_identifier": "The peer has no records of such a name.",
}
"""Codes that no exception stands for."""


def _tree(root):
    for found in root.__subclasses__():
        yield found
        yield from _tree(found)


def _codes():
    """Return every code with what it means.

    Examples:
        >>> CODES["bot_challenge"]
        'Bot protection stands before the peer: never to be taken for a missing record.'
    """
    found = dict(_NOTES)
    roots = (HarvestError, PeerError, ContractDriftError, ListTooLongError)
    for error in (*roots, *_tree(HarvestError), *_tree(PeerError)):
        found.setdefault(error.code, (error.__doc__ or "").strip().splitlines()[0])
    return dict(sorted(found.items()))


CODES = _codes()
"""Every code that a problem document, a run, a record or a file can carry, with its meaning."""
