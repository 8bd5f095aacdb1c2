# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A second reading of the constraint terms in an HS3 document.

A certificate that compared two documents through one reader would call both right where the reader
is wrong. This one shares no code with the conversion: it goes from the text of the document to the
terms, parameter by parameter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from demos_formats.hs3.dialects import Dialect

Json = Mapping[str, Any]
Term = tuple[str, float, float]
"""Kind (``gauss``, ``poisson``, ``lognormal``), observed value, width or scale."""
_TYPES: Final = {
    "gauss": "gauss",
    "gaussian": "gauss",
    "normal": "gauss",
    "poisson": "poisson",
    "lognormal": "lognormal",
    "const": "",
}


def constraint_terms(document: Json, likelihood: str, dialect: Dialect) -> dict[str, Term | None]:
    """Read the constraint term of each parameter of a HistFactory likelihood.

    Args:
        document: A valid HS3 document.
        likelihood: Name of one of its likelihoods.
        dialect: How it is read.

    Returns:
        A term per parameter, None for a parameter without one; parameters whose term this reader
        does not understand are left out.
    """
    return _Reading(document, dialect).of(likelihood)


@dataclass(slots=True)
class _Stat:
    """What the staterrors of one list of parameters add up to."""

    kind: str
    totals: list[float] = field(default_factory=list)
    squares: list[float] = field(default_factory=list)

    def add(self, contents: Sequence[float], errors: Sequence[float]) -> None:
        nothing = [0.0] * len(contents)
        totals, squares = self.totals or nothing, self.squares or nothing
        self.totals = [a + b for a, b in zip(totals, contents, strict=True)]
        self.squares = [a + e * e for a, e in zip(squares, errors, strict=True)]

    def relative(self) -> list[float]:
        return [
            math.sqrt(q) / t if t > 0 else 0.0
            for t, q in zip(self.totals, self.squares, strict=True)
        ]


class _Reading:
    def __init__(self, document: Json, dialect: Dialect) -> None:
        self.document, self.dialect = document, dialect
        self.distributions = {d["name"]: d for d in document.get("distributions", ())}
        self.functions = {f["name"]: f for f in document.get("functions", ())}
        self.data = {d["name"]: d for d in document.get("data", ())}
        self.constants = {
            p["name"]: p["value"]
            for at, point in enumerate(document.get("parameter_points", ()))
            for p in point.get("parameters", ())
            if "value" in p and (at == 0 or point["name"] != "default_values")
        }
        for point in document.get("parameter_points", ()):
            if point["name"] == "default_values":
                self.constants |= {
                    p["name"]: p["value"] for p in point.get("parameters", ()) if "value" in p
                }
        self.implied: dict[str, Term | None] = {}
        self.stated: dict[str, Term | None] = {}
        self.unclear: set[str] = set()
        self.parameters: set[str] = set()
        self.uses: dict[str, set[str]] = {}

    def of(self, name: str) -> dict[str, Term | None]:
        likelihood = next(x for x in self.document["likelihoods"] if x["name"] == name)
        channels = [self.distributions[n] for n in likelihood["distributions"]]
        own = {
            c["name"]: {p for _, m in _modifiers(c) for p in self._names(m, c)} for c in channels
        }
        self.parameters = {p for names in own.values() for p in names}
        self.uses = {
            name: {p for other, names in own.items() if other != name for p in names}
            for name in own
            if name.startswith("model_auxiliary_")
        }
        for channel, data in zip(channels, likelihood["data"], strict=True):
            self._channel(channel, data)
        for auxiliary in likelihood.get("aux_distributions", ()):
            self._state(self.distributions[auxiliary])
        found = dict.fromkeys(sorted(self.parameters)) | self.implied | self.stated
        return {p: t for p, t in found.items() if p not in self.unclear}

    def _names(self, m: Json, channel: Json) -> list[str]:
        given = m.get("parameters") or ([m["parameter"]] if "parameter" in m else None)
        bins = len(channel["samples"][0]["data"]["contents"])
        return list(given or self.dialect.parameters(m, channel["name"], bins))

    def _channel(self, channel: Json, data: Any) -> None:
        if (counts := self._counted(channel, data)) is not None:
            self.stated |= counts
            return
        stats: dict[tuple[str, ...], _Stat] = {}
        for sample, m in _modifiers(channel):
            names = self._names(m, channel)
            listed = m.get("constraints")
            if isinstance(listed, list) and len(listed) == len(names):
                for parameter, said in zip(names, listed, strict=True):
                    if said is None:
                        self.stated.setdefault(parameter, None)
                    else:
                        self._state(self.distributions[said])
            elif self._by_name(m):
                pass
            elif m["type"] in ("normsys", "histosys"):
                self._alpha(m, names[0])
            elif m["type"] == "shapesys" and "vals" in (m.get("data") or {}):
                self._shapesys(m, names, sample["data"]["contents"])
            elif m["type"] == "staterror":
                stat = stats.setdefault(tuple(names), _Stat(self._stat_kind(m, channel)))
                own = (m.get("data") or {}).get("uncertainties")
                errors = own if own is not None else sample["data"]["errors"]
                stat.add(sample["data"]["contents"], self.dialect.errors(errors))
        threshold = self.dialect.relative_threshold(channel)
        for parameters, stat in stats.items():
            for parameter, relative in zip(parameters, stat.relative(), strict=True):
                sigma = relative if relative >= threshold else 0.0
                self.implied[parameter] = self._of_width(parameter, stat.kind, sigma)

    def _counted(self, channel: Json, data: Any) -> dict[str, Term | None] | None:
        """Take auxiliary counts that were written as a channel: factors that another one uses."""
        samples = channel["samples"]
        if not channel["name"].startswith("model_auxiliary_") or not isinstance(data, str):
            return None
        modifiers = samples[0].get("modifiers", ())
        if [len(samples), *(m["type"] for m in modifiers)] != [1, "shapefactor"]:
            return None
        names = self._names(modifiers[0], channel)
        if not set(names) <= self.uses[channel["name"]]:
            return None
        rows = zip(names, self.data[data]["contents"], samples[0]["data"]["contents"], strict=True)
        return {p: ("poisson", count, scale) for p, count, scale in rows}

    def _by_name(self, m: Json) -> bool:
        """Take the distribution that a modifier names, if it names one."""
        listed = m.get("constraints")
        names = [m.get("constraint_name"), m.get("constraint")]
        names += listed[:1] if isinstance(listed, list) else []
        for name in names:
            if isinstance(name, str) and name in self.distributions:
                self._state(self.distributions[name])
                return True
        return False

    def _alpha(self, m: Json, parameter: str) -> None:
        said = m.get("constraint_type", m.get("constraint")) or self.dialect.alpha_constraint
        kind = _TYPES.get(str(said).lower(), "")
        if not kind:
            return
        centre = 0.0 if kind == "gauss" else 1.0
        if kind == "gauss" and self.dialect.named_observables:
            centre = self.constants.get(f"nom_{parameter}", centre)
        self.implied[parameter] = (kind, centre, 1.0)

    def _shapesys(self, m: Json, names: Sequence[str], contents: Sequence[float]) -> None:
        said = m.get("constraint_type", m.get("constraint")) or "Poisson"
        kind = _TYPES.get(str(said).lower(), "")
        vals = self.dialect.absolute(m["data"]["vals"], contents)
        for parameter, value, events in zip(names, vals, contents, strict=True):
            sigma = value / events if value > 0 and events > 0 else 0.0
            self.implied[parameter] = self._of_width(parameter, kind, sigma)

    def _stat_kind(self, m: Json, channel: Json) -> str:
        said = (
            self.dialect.channel_constraint(channel)
            or m.get("constraint_type", m.get("constraint"))
            or self.dialect.staterror_constraint
        )
        return _TYPES.get(str(said).lower(), "")

    def _of_width(self, parameter: str, kind: str, sigma: float) -> Term | None:
        """Return the term of a factor around 1 with a relative uncertainty."""
        if not kind or sigma <= 0:
            return None
        centre, width = (1.0, sigma) if kind == "gauss" else (sigma**-2, sigma**-2)
        if self.dialect.named_observables:
            centre = self.constants.get(f"nom_{parameter}", centre)
        return kind, centre, width

    def _state(self, distribution: Json) -> None:
        kind = distribution["type"].removesuffix("_dist")
        mentioned = [v for v in distribution.values() if isinstance(v, str)]
        if kind in ("gaussian", "normal", "lognormal"):
            other = "mu" if kind == "lognormal" else "mean"
            mean = distribution.get(other)
            implied = self.constants.get(f"nom_{mean}", self.constants.get(mean, None))
            pair = [distribution.get("x", implied), mean]
            width = self._number(distribution.get("sigma"))
            moving = [v for v in pair if v in self.parameters]
            centre = [self._number(v) for v in pair if v not in self.parameters]
            if len(moving) == 1 and centre[0] is not None and width is not None:
                name = "lognormal" if kind == "lognormal" else "gauss"
                self.stated[moving[0]] = (name, centre[0], width)
                return
        elif kind == "poisson":
            count = self._number(distribution.get("x"))
            mean = distribution.get("mean")
            function = self.functions.get(mean, {}) if isinstance(mean, str) else {}
            factors = function.get("factors", [mean]) if function else [mean]
            moving = [f for f in factors if f in self.parameters]
            scales = [self._number(f) for f in factors if f not in self.parameters]
            known = function.get("type", "product") == "product" and None not in scales
            if len(moving) == 1 and count is not None and known:
                self.stated[moving[0]] = (
                    "poisson",
                    count,
                    math.prod(s for s in scales if s is not None),
                )
                return
            mentioned += [f for f in factors if isinstance(f, str)]
        self.unclear.update(m for m in mentioned if m in self.parameters)

    def _number(self, value: Any) -> float | None:
        found = self.constants.get(value) if isinstance(value, str) else value
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _modifiers(channel: Json) -> Iterator[tuple[Json, Json]]:
    for sample in channel["samples"]:
        for m in sample.get("modifiers", ()):
            if m["type"] != "custom":
                yield sample, m
