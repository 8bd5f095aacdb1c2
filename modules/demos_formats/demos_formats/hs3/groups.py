# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Per-bin parameters of one channel, and the constraint terms that its modifiers imply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demos_formats.histfactory.from_pyhf import relative_errors
from demos_formats.histfactory.model import PER_BIN, Constraint

Json = Mapping[str, Any]


@dataclass(slots=True)
class Group:
    """One list of per-bin parameters.

    Args:
        parameters: Their names, one per bin.
        uses: (sample, modifier) pairs that use exactly this list.
    """

    parameters: tuple[str, ...]
    uses: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The type of the first modifier."""
        return str(self.uses[0][1]["type"])

    @property
    def constraint(self) -> str:
        """What the first modifier says: Gauss, Poisson, Const, or nothing."""
        default = {"shapesys": "Poisson", "staterror": "Gauss"}.get(self.kind, "")
        return str(self.uses[0][1].get("constraint", default))

    def uncertainties(self) -> list[float]:
        """Relative uncertainty per bin, all samples together."""
        if self.kind == "staterror":
            return relative_errors(
                (s["data"]["contents"], absolute_errors(s, m)) for s, m in self.uses
            )
        sample, modifier = self.uses[0]
        pairs = zip(sample["data"]["contents"], modifier["data"]["vals"], strict=True)
        return [v / n if n > 0 and v > 0 else 0.0 for n, v in pairs]

    def implied(self) -> list[Constraint | None]:
        """Constraint terms that the modifiers imply, one per bin; None is no term."""
        if self.kind == "shapefactor" or self.constraint == "Const":
            return [None] * len(self.parameters)
        if self.constraint == "Poisson" and self.kind == "shapesys":
            sample, modifier = self.uses[0]
            pairs = zip(sample["data"]["contents"], modifier["data"]["vals"], strict=True)
            taus = [n**2 / v**2 if n > 0 and v > 0 else 0.0 for n, v in pairs]
            return [Constraint("poisson", t, t) if t else None for t in taus]
        sigmas = self.uncertainties()
        if self.constraint == "Poisson":
            return [Constraint("poisson", s**-2, s**-2) if s else None for s in sigmas]
        return [Constraint("gauss", 1.0, s) if s else None for s in sigmas]


def absolute_errors(sample: Json, modifier: Json) -> Sequence[float]:
    """Gives the absolute uncertainties of a staterror on a sample, in events."""
    own = modifier.get("data", {}).get("uncertainties")
    found = own if own is not None else sample["data"].get("errors")
    return found if found is not None else [0.0] * len(sample["data"]["contents"])


def groups(channel: Json) -> dict[tuple[str, ...], Group]:
    """Collects the per-bin parameter lists of a canonical channel, in document order."""
    found: dict[tuple[str, ...], Group] = {}
    for sample in channel["samples"]:
        for m in sample.get("modifiers", ()):
            if "parameters" in m and m["type"] in PER_BIN:
                key = tuple(m["parameters"])
                found.setdefault(key, Group(key)).uses.append((sample, m))
    return found
