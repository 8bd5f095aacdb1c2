# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Reads a DEMOS document (dialect ``demos/1``) into the typed model."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import Finding, error, pointer
from demos_formats.histfactory.from_pyhf import relative_errors
from demos_formats.histfactory.model import (
    ALPHA,
    CODES,
    DEFAULT_CODE,
    PER_BIN,
    SCALAR,
    Analysis,
    Channel,
    Constraint,
    Model,
    Modifier,
    Parameter,
    Sample,
)

Json = Mapping[str, Any]
HISTFACTORY: Final = "histfactory_dist"
_BOUNDS: Final = {"alpha": (-5.0, 5.0), "factor": (0.0, 10.0), "gamma": (1e-10, 10.0)}
_AGREE: Final = 1e-9
"""Relative difference below which two statements of one constraint are the same."""


def read_document(document: Json, analysis: str | None = None) -> Model:
    """Reads a HistFactory document.

    Args:
        document: A document in the dialect ``demos/1``.
        analysis: Name of the analysis to read; by default the one of the observed data.

    Returns:
        The model; its analyses are all those of the same likelihood, the chosen one first.

    Raises:
        RefusedError: Where the likelihood is not a HistFactory one.
        FormatError: Where the document contradicts itself.
    """
    return _Reader(document).read(analysis)


def names_channel(distribution: str, names: Json) -> str:
    """Gives a channel's name: as recorded, else without ROOT's prefix.

    >>> names_channel("model_SR", {})
    'SR'
    """
    recorded = names.get("channels", {}).get(distribution)
    return str(recorded) if recorded else distribution.removeprefix("model_") or distribution


def choose(document: Json, analysis: str | None) -> tuple[Json | None, Json]:
    """Chooses an analysis and its likelihood.

    Args:
        document: Any HS3 document.
        analysis: A name, or None: the analysis of the observed data, else the first one.

    Returns:
        The analysis (None where the document has none) and the likelihood.

    Raises:
        FormatError: Where the name is unknown or there is no likelihood.
    """
    likelihoods = {x["name"]: x for x in document.get("likelihoods", ())}
    analyses = [a for a in document.get("analyses", ()) if a.get("likelihood") in likelihoods]
    if analysis is not None:
        analyses = [a for a in analyses if a["name"] == analysis]
        if not analyses:
            raise FormatError(
                error("unresolved_reference", "/analyses", f"There is no analysis {analysis!r}.")
            )
    if analyses:
        # ROOT writes the Asimov data set as a likelihood of its own, and first.
        observed = [a for a in analyses if "obsData" in a["likelihood"]]
        chosen = (observed or analyses)[0]
        return chosen, likelihoods[chosen["likelihood"]]
    if not likelihoods:
        raise RefusedError(
            error("cannot_convert", "/likelihoods", "The document has no likelihood.")
        )
    named = [x for n, x in likelihoods.items() if "obsData" in n]
    return None, (named or list(likelihoods.values()))[0]


@dataclass(slots=True)
class _Values:
    """Start values, constness and limits as one analysis sees them."""

    points: dict[str, Json]
    limits: dict[str, Json]

    def number(self, value: Any) -> float | None:
        if isinstance(value, str):
            value = self.points.get(value, {}).get("value")
        return plain_number(value)


class _Reader:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.block: Json = document.get("misc", {}).get("demos", {})
        self.index = {d["name"]: i for i, d in enumerate(document.get("distributions", ()))}
        self.functions = {f["name"]: f for f in document.get("functions", ())}
        self.data = {d["name"]: (i, d) for i, d in enumerate(document.get("data", ()))}
        self.refusals: list[Finding] = []
        self.errors: list[Finding] = []
        self.kinds: dict[str, str] = {}
        self.stat: dict[tuple[str, ...], list[tuple[Any, Any]]] = {}
        self.stat_kind: dict[tuple[str, ...], str] = {}
        self.implied: dict[str, Constraint | None] = {}

    def read(self, name: str | None) -> Model:
        chosen, likelihood = choose(self.document, name)
        self._refuse_others(likelihood)
        channels = [
            c
            for i, d in enumerate(likelihood["distributions"])
            if (c := self._channel(d, likelihood, i)) is not None
        ]
        for parameters, entries in self.stat.items():
            self._imply_staterror(parameters, entries)
        self._stop()
        analyses = []
        others = [
            (a, x)
            for a in self.document.get("analyses", ())
            for x in self.document["likelihoods"]
            if a.get("likelihood") == x["name"]
            and a is not chosen
            and x["distributions"] == likelihood["distributions"]
            and x["data"] == likelihood["data"]
        ]
        # Written order is the source's order; the chosen analysis comes first only when named.
        pairs: list[tuple[Json | None, Json]] = [(chosen, likelihood), *others]
        for entry, used in pairs:
            analyses.append(self._analysis(entry, used))
        self._stop()
        wanted = {c.data_name for c in channels}
        unused = {
            n: (c, self.data[n][1]["contents"])
            for n, c in self.block.get("unused_data", {}).items()
            if n in self.data and n not in wanted
        }
        order = [n for n in self.data if n in wanted or n in unused]
        return Model(channels, analyses, order, unused)

    def _stop(self) -> None:
        if self.errors:
            raise FormatError(self.errors)
        if self.refusals:
            raise RefusedError(self.refusals)

    def _refuse_others(self, likelihood: Json) -> None:
        distributions = self.document.get("distributions", ())
        for name in likelihood["distributions"]:
            at = self.index.get(name)
            if at is None:
                self.errors.append(
                    error(
                        "unresolved_reference",
                        "/likelihoods",
                        f"There is no distribution {name!r}.",
                    )
                )
            elif distributions[at]["type"] != HISTFACTORY:
                kind = distributions[at]["type"]
                self.refusals.append(
                    error(
                        "cannot_convert",
                        pointer("distributions", at),
                        f"The likelihood uses {name!r}, a {kind}, which is not a HistFactory "
                        "channel.",
                        "Only likelihoods made of histfactory_dist channels are binned templates.",
                    )
                )
        self._stop()

    def _channel(self, name: str, likelihood: Json, position: int) -> Channel | None:
        at = self.index[name]
        raw = self.document["distributions"][at]
        place = ("distributions", at)
        data_name, contents, data_place = self._contents(likelihood["data"], position)
        if contents is None:
            self.refusals.append(
                error("cannot_convert", data_place, f"The data of {name!r} are not binned counts.")
            )
            return None
        samples = []
        for s, sample in enumerate(raw["samples"]):
            samples.append(self._sample(sample, (*place, "samples", s), len(contents)))
        axes = list(raw.get("axes", ()))
        if len(axes) == 1 and self._counted(axes[0], len(contents)):
            axes = []
        channel = names_channel(name, self.block.get("names", {}))
        return Channel(channel, name, samples, contents, axes or None, data_name)

    def _counted(self, axis: Json, bins: int) -> bool:
        """Tells an axis whose edges only count bins, because the source has none."""
        said = axis.get("name") in self.block.get("synthetic_axes", ())
        return said and axis == {"name": axis["name"], "min": 0, "max": bins, "nbins": bins}

    def _contents(
        self, entries: Sequence[Any], position: int
    ) -> tuple[str, list[float] | None, str]:
        if position >= len(entries):
            raise FormatError(
                error("missing_observation", "/likelihoods", "A channel has no data paired to it.")
            )
        entry = entries[position]
        if isinstance(entry, str):
            if entry not in self.data:
                raise FormatError(
                    error("unresolved_reference", "/likelihoods", f"There are no data {entry!r}.")
                )
            index, found = self.data[entry]
            place = pointer("data", index)
            return entry, found.get("contents"), place
        return "", entry if isinstance(entry, list) else None, "/likelihoods"

    def _sample(self, raw: Json, place: tuple[str | int, ...], bins: int) -> Sample:
        data = raw["data"]
        contents = data["contents"]
        if len(contents) != bins:
            self._length(place, "data", len(contents), bins)
        modifiers = []
        for i, m in enumerate(raw.get("modifiers", ())):
            made = self._modifier(m, data, (*place, "modifiers", i))
            if made is not None:
                modifiers.append(made)
        return Sample(raw["name"], contents, modifiers)

    def _length(self, place: tuple[str | int, ...], key: str, have: int, want: int) -> None:
        self.errors.append(
            error("length_mismatch", pointer(*place, key), f"{have} values for {want} bins.")
        )

    def _modifier(self, m: Json, sample: Json, place: tuple[str | int, ...]) -> Modifier | None:
        kind, contents = m["type"], sample["contents"]
        bins = len(contents)
        if kind in SCALAR:
            parameters = [m["parameter"]]
            self.kinds.setdefault(parameters[0], "alpha" if kind in ALPHA else "factor")
        elif kind in PER_BIN:
            parameters = m["parameters"]
            if len(parameters) != bins:
                self._length(place, "parameters", len(parameters), bins)
                return None
            for p in parameters:
                self.kinds.setdefault(p, "factor" if kind == "shapefactor" else "gamma")
        else:
            self.refusals.append(
                error(
                    "cannot_convert",
                    pointer(*place),
                    f"The modifier {m['name']!r} is a {kind}, which has no template to convert.",
                )
            )
            return None
        made = Modifier(kind, m["name"], parameters)
        if kind in ALPHA:
            self._interpolated(made, m, bins, place)
        elif kind == "shapesys":
            made.vals = m["data"]["vals"]
            if len(made.vals) != bins:
                self._length(place, "data", len(made.vals), bins)
                return None
            self._imply_shapesys(made, contents, m.get("constraint", "Poisson"), place)
        elif kind == "staterror":
            made.vals = m.get("data", {}).get("uncertainties", sample.get("errors"))
            if made.vals is None or len(made.vals) != bins:
                self._length(place, "parameters", len(made.vals or ()), bins)
                return None
            key = tuple(parameters)
            self.stat.setdefault(key, []).append((contents, made.vals))
            constraint = m.get("constraint", "Gauss")
            if self.stat_kind.setdefault(key, constraint) != constraint:
                self._conflict(parameters[0], place)
        return made

    def _interpolated(
        self, made: Modifier, m: Json, bins: int, place: tuple[str | int, ...]
    ) -> None:
        data = m["data"]
        made.code = m.get("interpolation", DEFAULT_CODE[made.kind])
        if made.code not in CODES[made.kind]:
            self.errors.append(
                error(
                    "unsupported_type",
                    pointer(*place, "interpolation"),
                    f"{made.kind} has no interpolation {made.code!r}.",
                    f"Known: {', '.join(CODES[made.kind])}.",
                )
            )
        if made.kind == "normsys":
            made.lo, made.hi = data["lo"], data["hi"]
            return
        made.lo, made.hi = data["lo"]["contents"], data["hi"]["contents"]
        if len(made.lo) != bins or len(made.hi) != bins:
            self._length(place, "data", len(made.lo), bins)

    def _conflict(self, parameter: str, place: tuple[str | int, ...]) -> None:
        self.errors.append(
            error(
                "conflicting_constraint",
                pointer(*place),
                f"{parameter!r} has two different constraint terms.",
            )
        )

    def _imply(
        self, parameter: str, constraint: Constraint | None, place: tuple[str | int, ...]
    ) -> None:
        if parameter in self.implied and not same(self.implied[parameter], constraint):
            self._conflict(parameter, place)
        self.implied[parameter] = constraint

    def _imply_shapesys(
        self, made: Modifier, contents: Sequence[float], kind: str, place: tuple[str | int, ...]
    ) -> None:
        for p, n, v in zip(made.parameters, contents, made.vals or (), strict=True):
            if kind == "Const" or not (n > 0 and v > 0):
                self._imply(p, None, place)
            elif kind == "Poisson":
                tau = n**2 / v**2
                self._imply(p, Constraint("poisson", tau, tau), place)
            elif kind == "Gauss":
                self._imply(p, Constraint("gauss", 1.0, v / n), place)
            else:
                self._unknown_constraint(kind, place)
                return

    def _unknown_constraint(self, kind: str, place: tuple[str | int, ...]) -> None:
        self.errors.append(
            error(
                "unsupported_type",
                pointer(*place, "constraint"),
                f"Unknown constraint {kind!r}.",
                "Known: Gauss, Poisson, Const.",
            )
        )

    def _imply_staterror(self, parameters: tuple[str, ...], entries: list[tuple[Any, Any]]) -> None:
        kind = self.stat_kind[parameters]
        if kind not in ("Gauss", "Poisson", "Const"):
            self._unknown_constraint(kind, ("distributions",))
            return
        for p, sigma in zip(parameters, relative_errors(entries), strict=True):
            constraint = None
            if sigma > 0 and kind == "Gauss":
                constraint = Constraint("gauss", 1.0, sigma)
            elif sigma > 0 and kind == "Poisson":
                constraint = Constraint("poisson", sigma**-2, sigma**-2)
            self._imply(p, constraint, ("distributions",))

    def _values(self, analysis: Json | None) -> _Values:
        points = {p["name"]: p for p in self.document.get("parameter_points", ())}
        domains = {d["name"]: d for d in self.document.get("domains", ())}
        wanted = (analysis or {}).get("init")
        first = wanted if wanted in points else "default_values"
        order = [n for n in points if n != first]
        merged: dict[str, Json] = {}
        for name in (*order[::-1], *([first] if first in points else ())):
            merged.update({p["name"]: p for p in points[name].get("parameters", ())})
        named = (analysis or {}).get("domains") or [(analysis or {}).get("domain")]
        limits: dict[str, Json] = {}
        for name in ("default_domain", *named):
            if name in domains:
                limits.update({a["name"]: a for a in domains[name].get("axes", ())})
        return _Values(merged, limits)

    def _analysis(self, analysis: Json | None, likelihood: Json) -> Analysis:
        values = self._values(analysis)
        explicit = self._explicit(likelihood, values)
        parameters = {}
        for name, kind in self.kinds.items():
            point = values.points.get(name, {})
            limit = values.limits.get(name, {})
            lower, upper = _BOUNDS[kind]
            constraint = explicit.get(name, self.implied.get(name))
            # A bin without uncertainty has a factor of one for every tool.
            constant = name in self.implied and constraint is None
            parameters[name] = Parameter(
                point.get("value", 0.0 if kind == "alpha" else 1.0),
                _either(limit.get("min"), lower),
                _either(limit.get("max"), upper),
                bool(point.get("const", constant)),
                constraint,
            )
        given = analysis or {}
        wanted = given.get("parameters_of_interest") or [given.get("parameter_of_interest")]
        pois = [p for p in wanted if p in parameters]
        recorded = self.block.get("names", {}).get("measurements", {})
        name = given.get("name", likelihood["name"])
        return Analysis(recorded.get(name, name), pois, parameters)

    def _explicit(self, likelihood: Json, values: _Values) -> dict[str, Constraint]:
        found: dict[str, Constraint] = {}
        for entry in likelihood.get("aux_distributions", ()):
            at = self.index.get(entry)
            if at is None:
                self.errors.append(
                    error(
                        "unresolved_reference",
                        "/likelihoods",
                        f"There is no distribution {entry!r}.",
                    )
                )
                continue
            place = ("distributions", at)
            term = self._term(self.document["distributions"][at], values, place)
            if term is None:
                continue
            parameter, constraint = term
            if parameter in found and not same(found[parameter], constraint):
                self._conflict(parameter, place)
            found[parameter] = constraint
        return found

    def _term(
        self, raw: Json, values: _Values, place: tuple[str | int, ...]
    ) -> tuple[str, Constraint] | None:
        term = constraint_term(raw, self.kinds, self.functions, values.number)
        if term is None:
            self.refusals.append(
                error(
                    "cannot_convert",
                    pointer(*place),
                    f"The auxiliary distribution {raw['name']!r} ({raw['type']}) is not the "
                    "constraint of one parameter of the model.",
                )
            )
        return term


def _either(value: Any, default: float) -> Any:
    return default if value is None else value


def plain_number(value: Any) -> float | None:
    """Gives a number, or None for anything else that JSON has.

    >>> plain_number(1.5), plain_number(True), plain_number("a"), plain_number([1])
    (1.5, None, None, None)
    """
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def constraint_term(
    raw: Json,
    known: Container[Any],
    functions: Mapping[str, Json],
    number: Any,
) -> tuple[str, Constraint] | None:
    """Understands a distribution as the constraint of one parameter.

    Args:
        raw: A distribution.
        known: Names of the model's parameters.
        functions: The document's functions by name.
        number: Gives the value of a number or a constant's name, or None.

    Returns:
        The parameter and its constraint; None where it is something else.
    """
    kind = raw["type"].removesuffix("_dist")
    if kind in ("gaussian", "normal"):
        return _two_sided(raw, "mean", known, number, "gauss")
    if kind == "lognormal":
        return _two_sided(raw, "mu", known, number, "lognormal")
    if kind == "poisson":
        centre = number(raw.get("x"))
        parameter, tau = _scaled(raw.get("mean"), known, functions, number)
        if centre is not None and parameter is not None and tau is not None and tau > 0:
            return parameter, Constraint("poisson", centre, tau)
    return None


def _two_sided(
    raw: Json, other: str, known: Container[Any], number: Any, kind: Any
) -> tuple[str, Constraint] | None:
    width = number(raw.get("sigma"))
    parameter = raw.get(other)
    if "x" not in raw and _is(parameter, known):
        # ROOT 6.36 leaves it out: the observed value is the nominal one.
        value = number(f"nom_{parameter}")
        value = number(parameter) if value is None else value
        return (
            None if value is None or width is None else (parameter, Constraint(kind, value, width))
        )
    for parameter, centre in ((raw.get("x"), raw.get(other)), (raw.get(other), raw.get("x"))):
        if _is(parameter, known) and not _is(centre, known):
            value = number(centre)
            if value is not None and width is not None:
                return parameter, Constraint(kind, value, width)
    return None


def _is(value: Any, known: Container[Any]) -> TypeGuard[str]:
    return isinstance(value, str) and value in known


def _scaled(
    mean: Any, known: Container[Any], functions: Mapping[str, Json], number: Any
) -> tuple[str | None, float | None]:
    if _is(mean, known):
        return mean, 1.0
    function = functions.get(mean, {}) if isinstance(mean, str) else {}
    factors = function.get("factors")
    if function.get("type") != "product" or not isinstance(factors, list):
        return None, None
    parameters = [f for f in factors if _is(f, known)]
    scales = [number(f) for f in factors if not _is(f, known)]
    if len(parameters) != 1 or any(s is None for s in scales):
        return None, None
    return parameters[0], math.prod(scales)


def same(a: Constraint | None, b: Constraint | None, tolerance: float = _AGREE) -> bool:
    """Tells whether two constraint terms say the same."""
    if a is None or b is None:
        return a is b
    return (
        a.kind == b.kind
        and math.isclose(a.centre, b.centre, rel_tol=tolerance, abs_tol=1e-12)
        and math.isclose(a.width, b.width, rel_tol=tolerance)
    )
