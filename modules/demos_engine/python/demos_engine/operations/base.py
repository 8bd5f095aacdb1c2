# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What an operation says about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from demos_engine.engines.base import LoadedModel
    from demos_engine.patchset import PatchSet

Schema = dict[str, Any]
Answer = dict[str, Any]
Values = Mapping[str, Any]
Progress = Callable[[float], object]

SHORT: Final = "short"
LONG: Final = "long"


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation.

    Attributes:
        schema: Its JSON Schema; ``default`` makes it optional, ``description`` is also the help of
            the command's option.
        aliases: Other names that a request may give it.
        decimals: To how many decimals a number is told apart: ``1 - 0.05`` and ``0.95`` are one
            question. None keeps every digit.
        only_with: A parameter and its value without which this one has no meaning.
        option: The command's option; None derives ``--some-name`` from the name, an empty text
            leaves the parameter to requests.
        read: Makes the value of what was given on the command line, for options that may be
            repeated.
    """

    schema: Schema
    aliases: tuple[str, ...] = ()
    decimals: int | None = None
    only_with: tuple[str, Any] | None = None
    option: str | None = None
    read: Callable[[Sequence[str]], Any] | None = None


@dataclass(frozen=True)
class Table:
    """An answer as rows for people.

    Attributes:
        columns: The heads.
        rows: The cells: texts, and numbers that are shown rounded.
        notes: Sentences below the table.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Question:
    """What an operation is asked.

    Attributes:
        parameters: Canonical: every parameter of the operation has its value.
        progress: Called with the fraction that is done.
        signals: The patchset that an operation over a grid runs over.
    """

    parameters: Values = field(default_factory=dict)
    progress: Progress = lambda fraction: None
    signals: PatchSet | None = None


def fast(parameters: Values) -> str:
    """Return the lane of an operation that only pyhf makes slow."""
    return LONG if parameters["engine"] == "pyhf" else SHORT


@dataclass(frozen=True, eq=False)
class Operation:
    """A question that can be asked of a model: everything that lists and programs need of it.

    Attributes:
        name: As in requests.
        title: For people.
        description: One sentence; also the help of the command.
        compute: Asks a loaded model.
        parameters: By name, in the order in which they are listed.
        outputs: Properties of the answer's JSON Schema.
        table: Makes rows of an answer.
        command: The command's name where it is not the operation's.
        plot: What kind of drawing shows the answer.
        engines: Which engines can answer; the first is the default.
        needs_poi: Whether a modifier must define the parameter of interest.
        needs_patchset: Whether it runs over the signals of a patchset.
        lane: Canonical parameters to ``short`` or ``long``.
        check: Canonical parameters to what is wrong with them together: parameter and message.
        asimov: Canonical parameters to the signal strength of the Asimov data, where these are
            asked for instead of the observed data.
    """

    name: str
    title: str
    description: str
    compute: Callable[[LoadedModel, Question], Answer]
    parameters: Mapping[str, Parameter]
    outputs: Schema
    table: Callable[[Values], Table]
    command: str | None = None
    plot: str = "table"
    engines: tuple[str, ...] = ("demos", "pyhf")
    needs_poi: bool = False
    needs_patchset: bool = False
    lane: Callable[[Values], str] = fast
    check: Callable[[Values], tuple[str, str] | None] = lambda parameters: None
    asimov: Callable[[Values], float] = lambda parameters: 0.0

    @property
    def command_name(self) -> str:
        """The name of the command."""
        return self.command or self.name.replace("_", "-")

    @property
    def required(self) -> tuple[str, ...]:
        """Parameters without a default."""
        return tuple(n for n, p in self.parameters.items() if "default" not in p.schema)

    def parameters_schema(self) -> Schema:
        """Return the JSON Schema of the parameters.

        Returns:
            An object schema with defaults.
        """
        return {
            "type": "object",
            "properties": {name: one.schema for name, one in self.parameters.items()},
            "required": list(self.required),
            "additionalProperties": False,
        }

    def outputs_schema(self) -> Schema:
        """Return the JSON Schema of the answer.

        Returns:
            An object schema; a value that does not exist is null.
        """
        return {"type": "object", "properties": {**COMMON_OUTPUTS, **self.outputs}}


COMMON_OUTPUTS: Final[Schema] = {
    "outcome": {
        "enum": ["ok", "partial", "no_convergence", "not_computable", "undefined"],
        "description": "ok: every number is there.",
    },
    "status": {"type": "string", "description": "converged, or why there is no answer."},
    "engine": {"type": "object", "description": "Name and version."},
    "conventions": {"type": "object"},
    "convention": {"type": "string", "description": "What holds where tools disagree."},
    "notes": {"type": "array", "description": "Conventions that this value depends on."},
    "at_bounds": {"type": "array", "description": "Parameters that ended at a bound."},
    "lowest_bin": {"type": ["object", "null"], "description": "channel, bin (from 0), rate."},
    "findings": {"type": "array", "description": "Warnings about the model."},
}
