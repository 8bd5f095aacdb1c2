# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which fit parameters the modifiers of a workspace define, by pyhf's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SCALAR: Final = {"histosys", "lumi", "normfactor", "normsys"}
"""Modifier types whose parameter has one component whatever the number of bins."""
CONSTRAINTS: Final = {
    "histosys": "gaussian",
    "lumi": "gaussian",
    "normfactor": "none",
    "normsys": "gaussian",
    "shapefactor": "none",
    "shapesys": "poisson",
    "staterror": "gaussian",
}
"""Constraint term of the parameter of each modifier type."""
Place = tuple[int, int, int]
"""Indices of channel, sample and modifier."""


@dataclass(slots=True)
class Parameter:
    """One parameter and the modifiers that share it.

    Args:
        name: Its name.
        first: Where each modifier type first uses it.
        channels: Bins of each channel that uses it, by the channel's index, per modifier type
            that goes bin by bin.
        samples: Channels in which each sample has a staterror of this name.
        repeated: Uses of a shapesys after the first one; pyhf allows none.
    """

    name: str
    first: dict[str, Place] = field(default_factory=dict)
    channels: dict[str, dict[int, int]] = field(default_factory=dict)
    samples: dict[str, set[int]] = field(default_factory=dict)
    repeated: list[Place] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The modifier type that uses it first."""
        return next(iter(self.first))

    @property
    def constraint(self) -> str:
        """``none``, ``gaussian`` or ``poisson``."""
        return CONSTRAINTS[self.type]

    @property
    def components(self) -> int:
        """Number of fit parameters: 1, or one per bin."""
        if self.type in SCALAR:
            return 1
        bins = self.channels[self.type]
        return sum(bins.values()) if self.type == "staterror" else next(iter(bins.values()))


def parameters(workspace: Mapping[str, Any]) -> dict[str, Parameter]:
    """Collects the parameters of a workspace that passes the schema.

    Args:
        workspace: The document.

    Returns:
        Parameters by name, in the order in which modifiers first use them.
    """
    found: dict[str, Parameter] = {}
    done: set[tuple[str, str]] = set()  # scalar ones: nearly all modifiers repeat one of them
    for c, channel in enumerate(workspace["channels"]):
        bins = len(channel["samples"][0]["data"])
        for s, sample in enumerate(channel["samples"]):
            for m, modifier in enumerate(sample["modifiers"]):
                key = name, type_ = modifier["name"], modifier["type"]
                if key in done:
                    continue
                parameter = found.get(name)
                if parameter is None:
                    parameter = found[name] = Parameter(name)
                if type_ not in parameter.first:
                    parameter.first[type_] = (c, s, m)
                elif type_ == "shapesys":
                    parameter.repeated.append((c, s, m))
                if type_ in SCALAR:
                    done.add(key)
                    continue
                parameter.channels.setdefault(type_, {})[c] = bins
                if type_ == "staterror":
                    parameter.samples.setdefault(sample["name"], set()).add(c)
    return found
