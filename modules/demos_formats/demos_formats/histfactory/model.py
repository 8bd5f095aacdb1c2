# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A HistFactory model with every convention resolved.

The expected events of a bin are the sum over samples of (nominal + additive shifts of the histosys
modifiers) x the product of all factors; each bin is a Poisson count; each constrained parameter
has one constraint term. Lists of numbers are shared with the document they were read from, never
copied, and never changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Numbers = list[float]
Kind = Literal["normfactor", "normsys", "histosys", "shapesys", "staterror", "shapefactor"]

SCALAR: frozenset[str] = frozenset({"normfactor", "normsys", "histosys"})
"""Modifiers with one parameter; the others have one per bin."""
PER_BIN: frozenset[str] = frozenset({"shapesys", "staterror", "shapefactor"})
"""Modifiers with one parameter per bin."""
ALPHA: frozenset[str] = frozenset({"normsys", "histosys"})
"""Modifiers whose parameter counts standard deviations."""
DEFAULT_CODE = {"normsys": "code4", "histosys": "code4p"}
"""Interpolation of pyhf 0.7, ROOT and pyhs3 where a document does not say."""
CODES = {"normsys": ("code1", "code4"), "histosys": ("code0", "code2", "code4p")}
"""Interpolations that exist, by modifier."""


@dataclass(slots=True)
class Constraint:
    """The auxiliary measurement of one parameter.

    Args:
        kind: ``gauss``: Normal(centre | parameter, width); ``poisson``: Poisson(centre |
            parameter x width); ``lognormal``: LogNormal(centre | ln parameter, width).
        centre: What the auxiliary measurement observed.
        width: Standard deviation (``gauss``, ``lognormal``) or scale tau (``poisson``).
    """

    kind: Literal["gauss", "poisson", "lognormal"]
    centre: float
    width: float


@dataclass(slots=True)
class Parameter:
    """A parameter as one analysis configures it.

    Args:
        init: Start value.
        lower: Lower bound.
        upper: Upper bound.
        fixed: Whether fits keep it at ``init``.
        constraint: Its constraint term, if any.
    """

    init: float
    lower: float
    upper: float
    fixed: bool = False
    constraint: Constraint | None = None


@dataclass(slots=True)
class Modifier:
    """One modifier of one sample.

    Args:
        kind: Its type; luminosity is a ``normfactor`` with a constrained parameter.
        name: Its name in the document.
        parameters: One HS3 parameter name, or one per bin.
        lo: ``normsys``: factor at -1; ``histosys``: absolute template at -1, in events.
        hi: The same at +1.
        vals: ``shapesys`` and ``staterror``: absolute uncertainties per bin, in events.
        code: Interpolation of ``normsys`` and ``histosys``, in pyhf's names.
    """

    kind: Kind
    name: str
    parameters: list[str]
    lo: Any = None
    hi: Any = None
    vals: Numbers | None = None
    code: str = ""


@dataclass(slots=True)
class Sample:
    """One process in one channel; ``contents`` are expected events per bin."""

    name: str
    contents: Numbers
    modifiers: list[Modifier]


@dataclass(slots=True)
class Channel:
    """One region.

    Args:
        name: Name without any tool's prefix.
        distribution: Name of its HS3 distribution.
        samples: Its samples.
        data: Observed events per bin.
        axes: HS3 axes; None where the source has no bin edges.
        data_name: Name of its HS3 data.
    """

    name: str
    distribution: str
    samples: list[Sample]
    data: Numbers
    axes: list[dict[str, Any]] | None = None
    data_name: str = ""

    @property
    def bins(self) -> int:
        """Number of bins."""
        return len(self.data)


@dataclass(slots=True)
class Analysis:
    """What one measurement adds to the model: parameters of interest and a configuration."""

    name: str
    pois: list[str]
    parameters: dict[str, Parameter]


@dataclass(slots=True)
class Model:
    """A whole model; ``analyses`` has at least one entry, the first is the default.

    Args:
        channels: Its regions.
        analyses: Its measurements.
        data_order: Names of the data in the order of the source.
        unused_data: Channel name and events of data that no channel of the model takes.
    """

    channels: list[Channel]
    analyses: list[Analysis]
    data_order: list[str] = field(default_factory=list)
    unused_data: dict[str, tuple[str, Numbers]] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Parameters of the default analysis, in the model's order."""
        return self.analyses[0].parameters

    def modifiers(self) -> Iterator[tuple[Channel, Sample, Modifier]]:
        """Goes through all modifiers in document order."""
        for channel in self.channels:
            for sample in channel.samples:
                for modifier in sample.modifiers:
                    yield channel, sample, modifier
