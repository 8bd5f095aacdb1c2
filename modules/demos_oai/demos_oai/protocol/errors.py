# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Errors of the protocol, as section 3.6 of OAI-PMH 2.0 lists them.

ProtocolErrors
└── one or more Fault(code, message)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CODES: Final = {
    "badArgument": "The request includes illegal arguments, lacks required ones, or repeats one.",
    "badResumptionToken": "The resumptionToken is invalid or expired.",
    "badVerb": "The verb is missing, illegal or repeated.",
    "cannotDisseminateFormat": "The item or the repository does not have this metadata format.",
    "idDoesNotExist": "The identifier is unknown or illegal in this repository.",
    "noRecordsMatch": "Nothing matches the arguments from, until, set and metadataPrefix.",
    "noMetadataFormats": "There is no metadata format for this item.",
    "noSetHierarchy": "The repository does not support sets.",
}
"""Every code of the protocol with its meaning."""

WITHOUT_ATTRIBUTES: Final = frozenset({"badVerb", "badArgument"})
"""Codes after which the element ``request`` must not repeat the arguments."""


@dataclass(frozen=True)
class Fault:
    """One error of a request.

    Args:
        code: One of `CODES`.
        message: What is wrong, for people.
    """

    code: str
    message: str


class ProtocolErrors(Exception):
    """A request that is answered with errors.

    Args:
        faults: At least one.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.code}: {fault.message}" for fault in self.faults))


def refuse(code: str, message: str) -> ProtocolErrors:
    """Return the exception of one fault.

    >>> raise refuse("badVerb", "There is no verb.")
    Traceback (most recent call last):
    ...
    demos_oai.protocol.errors.ProtocolErrors: badVerb: There is no verb.
    """
    return ProtocolErrors([Fault(code, message)])
