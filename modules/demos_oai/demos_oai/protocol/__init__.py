# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The OAI-PMH 2.0 protocol, without any framework.

The specification is at https://www.openarchives.org/OAI/openarchivesprotocol.html.
"""

from .errors import CODES, Fault, ProtocolErrors
from .repository import Format, Identity, Item, Repository, Selection, SetInfo
from .requests import Request, parse
from .server import Server
from .tokens import Token, TokenSigner

__all__ = (
    "CODES",
    "Fault",
    "Format",
    "Identity",
    "Item",
    "ProtocolErrors",
    "Repository",
    "Request",
    "Selection",
    "Server",
    "SetInfo",
    "Token",
    "TokenSigner",
    "parse",
)
