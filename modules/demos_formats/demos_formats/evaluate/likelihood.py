# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Log-likelihood and expected events of the typed model, for many points at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from demos_formats.evaluate.interpolation import ADDITIVE, MULTIPLICATIVE
from demos_formats.histfactory.model import Channel, Model, Sample

Array = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(slots=True)
class _Template:
    """One sample, ready to be evaluated; arrays are indexed by systematic and bin."""

    contents: Array
    factors: Integers
    bin_factors: list[Integers] = field(default_factory=list)
    shifts: list[tuple[str, Integers, Array, Array]] = field(default_factory=list)
    norms: list[tuple[str, Integers, Array, Array]] = field(default_factory=list)

    def expected(self, points: Array) -> Array:
        """Gives expected events of shape (points, bins)."""
        rates = np.broadcast_to(self.contents, (len(points), len(self.contents))).copy()
        for code, index, up, down in self.shifts:
            rates += ADDITIVE[code](points[:, index], up, down)
        scale = points[:, self.factors].prod(axis=1)
        for code, index, up, down in self.norms:
            scale = scale * MULTIPLICATIVE[code](points[:, index], up, down)
        rates *= scale[:, None]
        for index in self.bin_factors:
            rates *= points[:, index]
        return rates


class Likelihood:
    """The likelihood of a model.

    Args:
        model: The model.
        analysis: Which of its analyses gives constraints and start values.

    Attributes:
        names: HS3 names of the parameters, in the order of a point's components.
        init: Start values.
        lower: Lower bounds.
        upper: Upper bounds.
        fixed: Whether a parameter is fixed.
    """

    def __init__(self, model: Model, analysis: int = 0) -> None:
        parameters = model.analyses[analysis].parameters
        self.names = list(parameters)
        self.init = np.array([p.init for p in parameters.values()], dtype=float)
        self.lower = _limits((p.lower for p in parameters.values()), -math.inf)
        self.upper = _limits((p.upper for p in parameters.values()), math.inf)
        self.fixed = np.array([p.fixed for p in parameters.values()], dtype=bool)
        self.constraints = [p.constraint for p in parameters.values()]
        index = {n: i for i, n in enumerate(self.names)}
        self.channels = [c.name for c in model.channels]
        self._templates = [[_compile(s, index) for s in c.samples] for c in model.channels]
        self.data = [_observed(c) for c in model.channels]

    def expected(self, points: ArrayLike) -> list[Array]:
        """Gives the expected events of each channel.

        Args:
            points: Parameters, shape (points, parameters) or (parameters,).

        Returns:
            One array of shape (points, bins) per channel, in events.
        """
        return [sum_of(samples) for samples in self.samples(points)]

    def samples(self, points: ArrayLike) -> list[list[Array]]:
        """Gives the expected events of each sample of each channel, as :meth:`expected` does."""
        at = np.atleast_2d(np.asarray(points, dtype=float))
        return [[t.expected(at) for t in c] for c in self._templates]

    def logpdf(self, points: ArrayLike) -> Array:
        """Gives the log-likelihood of the observed data with all constants.

        Args:
            points: Parameters, shape (points, parameters) or (parameters,).

        Returns:
            Shape (points,). A count above zero with a negative expectation gives NaN, a count of
            zero with one gives minus the expectation, as in pyhf.
        """
        at = np.atleast_2d(np.asarray(points, dtype=float))
        total = self.constraint_logpdf(at)
        for rates, data in zip(self.expected(at), self.data, strict=True):
            total = total + poisson(data, rates).sum(axis=1)
        return total

    def constraint_logpdf(self, points: ArrayLike) -> Array:
        """Gives the part of the log-likelihood that the auxiliary measurements make."""
        at = np.atleast_2d(np.asarray(points, dtype=float))
        total = np.zeros(len(at))
        for kind, term in _TERMS.items():
            chosen = [i for i, c in enumerate(self.constraints) if c and c.kind == kind]
            if chosen:
                found = [c for c in self.constraints if c and c.kind == kind]
                centre = np.array([c.centre for c in found], dtype=float)
                width = np.array([c.width for c in found], dtype=float)
                total += term(at[:, chosen], centre, width).sum(axis=1)
        return total

    def point(self, values: Mapping[str, float]) -> Array:
        """Gives a point: start values, with some parameters set by name."""
        at = self.init.copy()
        for name, value in values.items():
            at[self.names.index(name)] = value
        return at


def sum_of(parts: Sequence[Array]) -> Array:
    """Adds arrays in order."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def poisson(observed: Array, expected: Array) -> Array:
    """Gives ln Poisson(observed | expected) per bin.

    The saturated form keeps its precision for auxiliary counts of 1e11, where
    n ln(l) - l - ln(n!) loses eleven digits.

    Args:
        observed: Counts of shape (bins,), not necessarily integers.
        expected: Events of shape (points, bins).

    Returns:
        Shape (points, bins).

    >>> poisson(np.array([2.0]), np.array([[3.0]])).round(9).tolist()
    [[-1.495922603]]
    """
    large = observed >= 1
    n = np.where(large, observed, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = (expected - n) / n
        saturated = n * (np.log1p(relative) - relative)
        # A fraction of a count is no scale to compare the expectation with.
        direct = observed * np.log(expected) - expected
    few = -np.array([math.lgamma(v + 1) for v in np.where(large, 0.0, observed)])
    constant = np.array([_saturated_constant(v) for v in n])
    found = np.where(large, saturated + constant, direct + few)
    return np.where(observed > 0, found, -expected)


def _saturated_constant(n: float) -> float:
    """Gives ln Poisson(n | n) = n ln(n) - n - ln(n!)."""
    if n < 1e3:
        return n * math.log(n) - n - math.lgamma(n + 1)
    # Stirling's series: what is left after n ln(n) - n.
    return -0.5 * math.log(2 * math.pi * n) - 1 / (12 * n) + 1 / (360 * n**3)


def _gauss(at: Array, centre: Array, width: Array) -> Array:
    return -0.5 * ((at - centre) / width) ** 2 - np.log(width * math.sqrt(2 * math.pi))


def _poisson_term(at: Array, centre: Array, width: Array) -> Array:
    return poisson(centre, at * width)


def _lognormal(at: Array, centre: Array, width: Array) -> Array:
    pull = (np.log(centre) - at) / width
    return -0.5 * pull**2 - np.log(centre * width * math.sqrt(2 * math.pi))


_TERMS = {"gauss": _gauss, "poisson": _poisson_term, "lognormal": _lognormal}


def _limits(values: Iterable[float | None], missing: float) -> Array:
    return np.array([missing if v is None else v for v in values], dtype=float)


def _observed(channel: Channel) -> Array:
    return np.asarray(channel.data, dtype=float)


def _compile(sample: Sample, index: Mapping[str, int]) -> _Template:
    contents = np.asarray(sample.contents, dtype=float)
    factors: list[int] = []
    bin_factors: list[Integers] = []
    shifts: dict[str, list[tuple[int, Sequence[float], Sequence[float]]]] = {}
    norms: dict[str, list[tuple[int, float, float]]] = {}
    for m in sample.modifiers:
        if m.kind == "normfactor":
            factors.append(index[m.parameters[0]])
        elif m.kind == "histosys":
            shifts.setdefault(m.code, []).append((index[m.parameters[0]], m.hi, m.lo))
        elif m.kind == "normsys":
            norms.setdefault(m.code, []).append((index[m.parameters[0]], m.hi, m.lo))
        else:
            bin_factors.append(np.array([index[p] for p in m.parameters], dtype=np.intp))
    template = _Template(contents, np.array(factors, dtype=np.intp), bin_factors)
    for code, entries in shifts.items():
        at, hi, lo = zip(*entries, strict=True)
        up = np.asarray(hi, dtype=float) - contents
        down = contents - np.asarray(lo, dtype=float)
        template.shifts.append((code, np.array(at, dtype=np.intp), up, down))
    for code, scales in norms.items():
        at, high, low = zip(*scales, strict=True)
        template.norms.append(
            (code, np.array(at, dtype=np.intp), np.array(high, float), np.array(low, float))
        )
    return template
