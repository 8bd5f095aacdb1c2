# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Where items come from; each source is found by an entry point of ``demos_oai.sources``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class ItemState:
    """What harvesters may see of an item now.

    Attributes:
        identifier: its OAI identifier.
        payloads: XML by metadata prefix; a format that the item does not have is missing.
        sets: its setSpecs.
        about: XML of a container ``about`` that goes with every format, or empty.
        problems: formats that could not be made, each with the reason.
    """

    identifier: str
    payloads: Mapping[str, bytes]
    sets: Sequence[str] = ()
    about: bytes = b""
    problems: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """A source of items."""

    name: str

    def state(self, key: str) -> ItemState | None:
        """Return what anybody may see of an item; None where that is nothing."""

    def keys(self) -> Iterable[str]:
        """Yield the keys of all items that may be visible."""
