# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a peer's answers must look like for us to read them, pinned and watched.

Beside a peer's mapper lies ``contract.json``: for each kind of answer a JSON Schema of the members
that the mapper relies on, and when and against what it was pinned. A peer that renames a member or
changes its type is noticed by name, instead of its records losing their models or metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

import jsonschema_rs

from ..http.errors import PeerError


class ContractDriftError(PeerError):
    """The peer's answer has another form than the one that was agreed on; the field is named.

    Args:
        message: What does not fit.
        field: JSON pointer of the place.
        answer: Which of the peer's answers.
    """

    code = "contract_drift"

    def __init__(self, message: str, *, field: str, answer: str, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.field = field
        self.answer = answer

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON."""
        return {**super().to_dict(), "field": self.field, "answer": self.answer}


@dataclass(frozen=True)
class Contract:
    """The forms of a peer's answers.

    Attributes:
        pinned: When they were written down.
        source: What they were taken from.
        answers: JSON Schemas by kind of answer.

    Examples:
        >>> contract = Contract("2026-11-30", "an example", {"one": {
        ...     "type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}})
        >>> contract.check("one", {"id": 1, "more": True})
        >>> contract.check("one", {"id": "1"})
        Traceback (most recent call last):
        demos_harvest.peers.contract.ContractDriftError: one/id: "1" is not of type "integer"
    """

    pinned: str
    source: str
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, package: str | None) -> Contract:
        """Read ``contract.json`` of a peer's package."""
        text = files(package or "").joinpath("contract.json").read_text(encoding="utf-8")
        return cls(**json.loads(text))

    @cached_property
    def _validators(self) -> dict[str, Any]:
        return {
            name: jsonschema_rs.validator_for(dict(schema)) for name, schema in self.answers.items()
        }

    def check(self, answer: str, document: Any, url: str = "") -> None:
        """Compare an answer with its form.

        Args:
            answer: Which of the peer's answers it is.
            document: The answer.
            url: Where it came from.

        Raises:
            ContractDriftError: If it does not fit; the first place is named.
        """
        found = next(iter(self._validators[answer].iter_errors(document)), None)
        if found is None:
            return
        pointer = "".join(f"/{_escaped(part)}" for part in found.instance_path)
        message = f"{answer}{pointer}: {found.message[:300]}"
        raise ContractDriftError(message, field=pointer, answer=answer, url=url)


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
