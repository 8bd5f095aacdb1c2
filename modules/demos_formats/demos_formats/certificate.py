# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Certificates: whether two documents of any format are the same statistical model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from demos_formats import reference
from demos_formats.convert import convert_hs3_to_demos
from demos_formats.demos.read import choose, read_document, same
from demos_formats.document import Document, Source, load
from demos_formats.errors import FormatError, RefusedError
from demos_formats.evaluate import Likelihood
from demos_formats.evaluate.constraints import constraint_terms
from demos_formats.features import features
from demos_formats.findings import error
from demos_formats.histfactory.from_pyhf import interpolation as codes_of
from demos_formats.histfactory.from_pyhf import read_workspace
from demos_formats.histfactory.model import SCALAR, Analysis, Constraint, Model, Parameter
from demos_formats.histfactory.to_form import form_names
from demos_formats.hs3.detect import SECTIONS
from demos_formats.hs3.dialects import find, recognise
from demos_formats.hs3.dialects.base import STANDARD
from demos_formats.hs3.legal import restored
from demos_formats.inference import to_form
from demos_formats.pyhf import validate as validate_pyhf
from demos_formats.version import PACKAGE

Array = NDArray[np.float64]
TOLERANCE: Final = 1e-8
"""Largest difference of log-likelihood differences between equal models, absolute."""
YIELD_TOLERANCE: Final = 1e-9
"""Largest difference of expected events, relative (absolute below one event)."""
_ROUNDING: Final = 1e-12
_READINGS_AGREE: Final = 1e-6
"""Relative difference of two readings of one constraint: documents hold rounded numbers."""
_NOTES: Final = 25


@dataclass(frozen=True, slots=True)
class Certificate:
    """The result of a comparison.

    Args:
        equivalent: Whether both documents are the same model.
        max_abs_difference: Largest difference between the documents' log-likelihood differences
            to the first point; None where the likelihood could not be evaluated. pyhf's values
            count unless it rounds them coarser than the tolerance.
        points: Number of points in parameter space.
        seed: Seed of the random points.
        tools: Which tool evaluated ``a`` and ``b``, with versions; ``inference`` is the engine,
            which evaluated both where it is installed.
        channels: Per channel: name, bins, largest difference of expected events.
        notes: What differs, constant offsets, and known disagreements of tools.
    """

    equivalent: bool
    max_abs_difference: float | None
    points: int
    seed: int
    tools: dict[str, str]
    channels: list[dict[str, Any]]
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Gives the certificate as a JSON object."""
        return {
            "equivalent": self.equivalent,
            "max_abs_difference": self.max_abs_difference,
            "points": self.points,
            "seed": self.seed,
            "tools": self.tools,
            "channels": self.channels,
            "notes": self.notes,
        }


def certify(
    a: Source | Document,
    b: Source | Document,
    *,
    seed: int = 20261121,
    points: int = 10,
    settings: Mapping[str, Any] | None = None,
) -> Certificate:
    """Compare two documents: yields, log-likelihood differences, constraints and settings.

    Args:
        a: A pyhf workspace, HS3 or DEMOS document: a path, bytes, text, parsed or
            loaded.
        b: Another one.
        seed: Seed of the random points.
        points: Number of points; the first is where fits start.
        settings: pyhf's ``modifier_settings`` for workspaces; None takes those with which the
            other document was made, else pyhf's default.

    Returns:
        The certificate.

    Raises:
        FormatError: Where a document is no valid model.
    """
    return _Comparison(a, b, seed, max(points, 3), settings).run()


@dataclass(slots=True)
class _Side:
    """One document, read."""

    document: Mapping[str, Any]
    format: str
    dialect: str = ""
    canonical: Mapping[str, Any] = field(default_factory=dict)
    model: Model | None = None
    pyhf_names: dict[tuple[str, int], str] = field(default_factory=dict)
    settings: Mapping[str, Any] | None = None

    @property
    def loaded(self) -> Model:
        """The model, where there is one."""
        assert self.model is not None
        return self.model


class _Comparison:
    def __init__(self, a: Any, b: Any, seed: int, points: int, settings: Any) -> None:
        self.seed, self.count = seed, points
        self.notes: list[str] = []
        self.differences: list[str] = []
        self.a, self.b = _parsed(a), _parsed(b)
        for side in (self.a, self.b):
            if side.format != "pyhf":
                _load_hs3(side)
        for side, other in ((self.a, self.b), (self.b, self.a)):
            if side.format == "pyhf":
                _load_pyhf(side, settings or _recorded(other))

    def run(self) -> Certificate:
        if self.a.model is None or self.b.model is None:
            return self._by_structure()
        names = self._names()
        if names is None:
            return self._made(None, 0, {"a": _OWN, "b": _OWN}, [])
        return self._by_value(names)

    def _made(
        self,
        difference: float | None,
        points: int,
        tools: dict[str, str],
        channels: list[dict[str, Any]],
    ) -> Certificate:
        shown = self.differences[:_NOTES]
        if len(self.differences) > _NOTES:
            shown.append(f"... and {len(self.differences) - _NOTES} more differences.")
        return Certificate(
            not self.differences,
            difference,
            points,
            self.seed,
            tools,
            channels,
            [*shown, *self.notes],
        )

    # -- what is no HistFactory model ------------------------------------------------------

    def _by_structure(self) -> Certificate:
        for section in SECTIONS:
            have, want = (_by_name(side.canonical.get(section, ())) for side in (self.a, self.b))
            for name in sorted(have.keys() | want.keys()):
                if have.get(name) != want.get(name):
                    self.differences.append(f"{section}: {name!r} differs.")
        self.notes.append(
            "Not (only) HistFactory channels: the documents were compared object by object, no "
            "likelihood was evaluated."
        )
        tool = f"{_OWN} (object by object)"
        return self._made(None, 0, {"a": tool, "b": tool}, [])

    # -- HistFactory -----------------------------------------------------------------------

    def _names(self) -> dict[str, str] | None:
        """Pairs the parameters: HS3 name in ``a`` by HS3 name in ``b``."""
        a, b = self.a.loaded, self.b.loaded
        for model in (a, b):
            if not model.channels:
                self.differences.append("A document has no channel.")
                return None
        have = {c.name: c for c in a.channels}
        want = {c.name: c for c in b.channels}
        if have.keys() != want.keys():
            gone = sorted(have.keys() ^ want.keys())
            self.differences.append(f"Channels in one document only: {', '.join(gone)}.")
            return None
        pairs = {
            self.a.pyhf_names[k]: n
            for k, n in self.b.pyhf_names.items()
            if k in self.a.pyhf_names and n in b.parameters
        }
        pairs = {x: y for x, y in pairs.items() if x in a.parameters}
        taken = set(pairs.values())
        for name in a.parameters:
            if name not in pairs and name in b.parameters and name not in taken:
                pairs[name] = name
        taken = set(pairs.values())
        left = _signatures(a, set(a.parameters) - pairs.keys())
        right = _signatures(b, set(b.parameters) - taken)
        for signature in left.keys() & right.keys():
            if len(left[signature]) == len(right[signature]) == 1:
                pairs[left[signature][0]] = right[signature][0]
        missing = [
            *sorted(set(a.parameters) - pairs.keys()),
            *sorted(set(b.parameters) - set(pairs.values())),
        ]
        if missing:
            shown = ", ".join(missing[:10])
            self.differences.append(f"Parameters in one document only: {shown}.")
            return None
        return pairs

    def _by_value(self, names: dict[str, str]) -> Certificate:
        a, b = Likelihood(self.a.loaded), Likelihood(self.b.loaded)
        self._settings(names)
        order = [b.names.index(names[n]) for n in a.names]
        at = self._points(a)
        to_b = np.empty_like(at)
        to_b[:, order] = at
        channels = self._yields(a, b, at, to_b)
        values = [a.logpdf(at), b.logpdf(to_b)]
        worst = self._differences(values[0], values[1], 0.0, "the two documents")
        tools = {"a": _OWN, "b": _OWN}
        for key, side, likelihood, points, other in (
            ("a", self.a, a, at, values[1]),
            ("b", self.b, b, to_b, values[0]),
        ):
            if side.format != "pyhf":
                continue
            theirs = self._by_pyhf(side, likelihood, points)
            if theirs is None:
                continue
            tools[key] = f"pyhf {reference.version()}"
            noise = _noise(likelihood, points)
            found = self._differences(theirs, other, noise, "pyhf and this package")
            if noise > TOLERANCE:
                self.notes.append(
                    f"pyhf rounds this likelihood to about {noise:.1e} (huge auxiliary counts); "
                    "the difference given is that of this package's values."
                )
            elif found is not None and worst is not None:
                worst = max(worst, found)
        for key, side, likelihood, points in (("a", self.a, a, at), ("b", self.b, b, to_b)):
            self._second_reading(key, side)
            self._by_inference(side, likelihood, points, tools)
        self._global_observables()
        self._axes()
        self._interpolation()
        self._known()
        return self._made(worst, len(at), tools, channels)

    def _by_pyhf(self, side: _Side, likelihood: Likelihood, points: Array) -> Array | None:
        listed = [likelihood.names.index(n) for n in side.pyhf_names.values()]
        try:
            return reference.logpdf(side.document, points[:, listed], side.settings)
        except ImportError:
            self.notes.append("pyhf is not installed: workspaces were evaluated by this package.")
            return None

    def _second_reading(self, key: str, side: _Side) -> None:
        """Compare the constraints with those that another reader finds in the document."""
        if side.format == "pyhf":
            return
        _, likelihood = choose(side.document, None)
        terms = constraint_terms(side.document, likelihood["name"], find(side.dialect))
        parameters = side.loaded.parameters
        for name, term in terms.items():
            if name not in parameters:
                continue
            read = parameters[name].constraint
            again = None if term is None else Constraint(*term)  # type: ignore[arg-type]
            still = parameters[name].fixed and (read is None or again is None)
            if not still and not same(read, again, _READINGS_AGREE):
                self.differences.append(
                    f"{key}: two readings of the constraint of {name!r} differ: "
                    f"{_shown(read)} and {_shown(again)}."
                )

    def _by_inference(
        self, side: _Side, likelihood: Likelihood, points: Array, tools: dict[str, str]
    ) -> None:
        """Compare with the likelihood that the engine computes from the same document."""
        if side.format == "pyhf":
            names = {h: f"{n}[{i}]" for (n, i), h in side.pyhf_names.items()}
            names |= {h: n for (n, i), h in side.pyhf_names.items() if h in _scalars(side.loaded)}
            document: Any = side.document
            settings = {t: {"interpcode": c} for t, c in codes_of(side.settings).items()}
        else:
            block = side.canonical["misc"]["demos"]
            names = form_names(side.loaded, block.get("parameters", ()))
            document, settings = to_form(side.canonical), {}
        ordered = [names[n] for n in likelihood.names]
        try:
            found = reference.engine_logpdf(document, settings, ordered, points)
        except ImportError:
            return
        except ValueError as e:
            self.notes.append(f"Inference does not take a document: {e}")
            return
        tools["inference"] = f"demos-engine {reference.engine()}"
        self._differences(found, likelihood.logpdf(points), 0.0, "inference and this package")

    def _settings(self, names: dict[str, str]) -> None:
        a, b = self.a.loaded.analyses, self.b.loaded.analyses
        pairs: list[tuple[Analysis, Analysis]] = [(a[0], b[0])]
        by_name = {x.name: x for x in b}
        pairs += [(x, by_name[x.name]) for x in a[1:] if x.name in by_name]
        for x, y in pairs:
            for name, other in names.items():
                for what in self._different(x.parameters[name], y.parameters[other]):
                    self.differences.append(f"{x.name}: {name!r} has another {what}.")
            if sorted(names[p] for p in x.pois) != sorted(y.pois):
                self.differences.append(f"{x.name}: other parameters of interest.")
        alone = {x.name for x in a[1:]} ^ {y.name for y in b[1:]}
        if alone:
            self.notes.append(f"Measurements in one document only: {', '.join(sorted(alone))}.")

    def _different(self, x: Parameter, y: Parameter) -> Iterator[str]:
        if x.fixed != y.fixed:
            yield "fixed flag"
        if x.init != y.init:
            yield "start value"
        if (x.lower, x.upper) != (y.lower, y.upper):
            yield "range"
        # pyhf cannot leave out the constraint of a factor, it can only fix the factor.
        forced = (x.fixed and y.fixed) and (
            (self.a.format == "pyhf" and y.constraint is None)
            or (self.b.format == "pyhf" and x.constraint is None)
        )
        if not forced and not same(x.constraint, y.constraint):
            yield "constraint"

    def _global_observables(self) -> None:
        """Finds observed values of constraints that a document lets float."""
        for label, side in (("first", self.a), ("second", self.b)):
            for name in _floating(side.document):
                self.differences.append(
                    f"{name!r}, the observed value of a constraint, is not constant in the "
                    f"{label} document."
                )

    def _points(self, likelihood: Likelihood) -> Array:
        """Gives the start point and random ones where the likelihood is finite."""
        random = np.random.default_rng(self.seed)
        init = likelihood.init
        lower, upper = likelihood.lower, likelihood.upper
        reach = 1.5
        if "code2" in self.features:
            # pyhf's code2 has a step at one standard deviation: stay inside.
            reach = 1.0
            alpha = np.array([same(c, STANDARD) for c in likelihood.constraints])
            lower = np.where(alpha, np.maximum(lower, np.minimum(init, -1.0)), lower)
            upper = np.where(alpha, np.minimum(upper, np.maximum(init, 1.0)), upper)
        spread = np.where(init == 0, reach, 0.1 * np.abs(init))
        # Where a factor has no uncertainty, tools differ in constants of its constraint.
        still = np.array(
            [f and c is None for f, c in zip(likelihood.fixed, likelihood.constraints, strict=True)]
        )
        spread[still] = 0.0
        found = [init]
        # The components are drawn by name, so that the order of a document does not matter.
        ranks = np.argsort(np.argsort(np.array(likelihood.names)))
        while len(found) < self.count:
            step = random.uniform(-1, 1, len(init))[ranks] * spread
            point = np.clip(init + step, lower, upper)
            for _ in range(30):
                if np.isfinite(likelihood.logpdf(point)[0]):
                    break
                point = (point + init) / 2
            found.append(point)
        return np.array(found)

    def _yields(self, a: Likelihood, b: Likelihood, at: Array, to_b: Array) -> list[dict[str, Any]]:
        index = {n: i for i, n in enumerate(b.channels)}
        ours, theirs = a.samples(at), b.samples(to_b)
        channels = []
        for i, name in enumerate(a.channels):
            j = index[name]
            labels = [
                [s.name for s in m.channels[k].samples]
                for m, k in ((self.a.loaded, i), (self.b.loaded, j))
            ]
            entry = {"name": name, "bins": len(a.data[i]), "max_abs_yield_difference": None}
            channels.append(entry)
            if a.data[i].shape != b.data[j].shape or sorted(labels[0]) != sorted(labels[1]):
                self.differences.append(f"Channel {name!r} has other bins or samples.")
                continue
            if not np.array_equal(a.data[i], b.data[j]):
                self.differences.append(f"Channel {name!r} has other observed data.")
            worst = 0.0
            for label, mine in zip(labels[0], ours[i], strict=True):
                other = theirs[j][labels[1].index(label)]
                scale = np.maximum(1.0, np.abs(mine))
                gap = np.abs(mine - other)
                worst = max(worst, float(np.max(gap)))
                if np.any(gap > YIELD_TOLERANCE * scale) or not np.all(np.isfinite(gap)):
                    self.differences.append(
                        f"Channel {name!r}: sample {label!r} expects other events."
                    )
            entry["max_abs_yield_difference"] = worst
        return channels

    def _differences(self, x: Array, y: Array, noise: float, who: str) -> float | None:
        """Compares log-likelihood differences to the first finite point."""
        if not np.array_equal(np.isfinite(x), np.isfinite(y)):
            self.differences.append("One likelihood is not finite where the other is.")
            return None
        finite = np.flatnonzero(np.isfinite(x))
        if not len(finite):
            self.differences.append("The likelihood is not finite anywhere.")
            return None
        base = finite[0]
        dx, dy = x[finite] - x[base], y[finite] - y[base]
        allowed = TOLERANCE + noise + _ROUNDING * float(np.max(np.abs(dx)))
        worst = float(np.max(np.abs(dx - dy)))
        if worst > allowed:
            self.differences.append(
                f"Log-likelihood differences between {who} differ by {worst:.3g}."
            )
        offset = float(x[base] - y[base])
        if abs(offset) > TOLERANCE + noise:
            self.notes.append(f"Constant offset of the log-likelihood, {who}: {offset:.6g}.")
        return worst

    def _axes(self) -> None:
        want = {c.name: c.axes for c in self.b.loaded.channels}
        for channel in self.a.loaded.channels:
            a, b = channel.axes, want[channel.name]
            if (
                (a is not None and b is not None and _binning(a) != _binning(b))
                or self._made_up(a)
                or self._made_up(b)
            ):
                self.differences.append(f"Channel {channel.name!r} has other bin edges.")
            elif (a is None) != (b is None):
                note = "Bin edges are in one document only; the likelihood does not need them."
                if note not in self.notes:
                    self.notes.append(note)

    def _made_up(self, axes: list[dict[str, Any]] | None) -> bool:
        """Tells edges that a document says it counted, but that are not a count."""
        said = {
            name
            for side in (self.a, self.b)
            for name in side.canonical.get("misc", {}).get("demos", {}).get("synthetic_axes", ())
        }
        return any(a.get("name") in said for a in axes or ())

    def _interpolation(self) -> None:
        a, b = (
            {(m.kind, m.code) for _, _, m in side.loaded.modifiers() if m.code}
            for side in (self.a, self.b)
        )
        if a != b:
            codes = [", ".join(sorted(" ".join(c) for c in x)) or "none" for x in (a, b)]
            self.differences.append(f"Interpolation: {codes[0]} against {codes[1]}.")
            if "pyhf" in (self.a.format, self.b.format):
                self.notes.append(
                    "A pyhf workspace does not store its interpolation: give the settings with "
                    "which it is used."
                )

    @cached_property
    def features(self) -> set[str]:
        """What the models have on which tools disagree."""
        return features(self.a.loaded) | features(self.b.loaded)

    def _known(self) -> None:
        for side in (self.a, self.b):
            source = side.canonical.get("misc", {}).get("demos", {}).get("source", {})
            told = find(side.dialect).disagreements if side.dialect else {}
            for feature, text in told.items():
                note = f"Known disagreement ({side.dialect}): {text}"
                avoided = feature == "negative_template" and source.get("clipped") is False
                if feature in self.features and not avoided and note not in self.notes:
                    self.notes.append(note)
        if "code2" in self.features and "pyhf" in (self.a.format, self.b.format):
            self.notes.append(
                "Known disagreement (pyhf): its code2 has a step at one standard deviation; "
                "points were kept inside."
            )


_OWN: Final = f"{PACKAGE['name']} {PACKAGE['version']}"


def _parsed(given: Source | Document) -> _Side:
    document = given if isinstance(given, Document) else load(given)
    if document.format not in ("pyhf", "hs3", "demos"):
        raise FormatError(error("wrong_format", "", f"Not a model: {document.format}."))
    return _Side(document.content, document.format)


def _load_pyhf(side: _Side, settings: Mapping[str, Any] | None) -> None:
    errors = [f for f in validate_pyhf(side.document) if f.severity == "error"]
    if errors:
        raise FormatError(errors)
    read = read_workspace(side.document, settings)
    side.model, side.settings = read.model, settings
    side.pyhf_names = {(n.pyhf, n.index): n.hs3 for n in read.names}


def _load_hs3(side: _Side) -> None:
    side.dialect = recognise(side.document)
    side.canonical = convert_hs3_to_demos(side.document)
    side.document = restored(side.document)
    try:
        side.model = read_document(side.canonical)
    except RefusedError:
        side.model = None
    block = side.canonical["misc"]["demos"]
    side.pyhf_names = {(p["pyhf"], p["index"]): p["hs3"] for p in block.get("parameters", ())}


def _recorded(side: _Side) -> Mapping[str, Any] | None:
    """Gives the interpolation with which a document was made from a workspace."""
    block = side.canonical.get("misc", {}).get("demos", {})
    found: Mapping[str, Any] | None = block.get("modifier_settings")
    return found


def _scalars(model: Model) -> set[str]:
    """Return the parameters of modifiers that have one."""
    return {m.parameters[0] for _, _, m in model.modifiers() if m.kind in SCALAR}


def _shown(constraint: Constraint | None) -> str:
    """Return a constraint in words."""
    if constraint is None:
        return "none"
    return f"{constraint.kind} ({constraint.centre:g}, {constraint.width:g})"


def _signatures(model: Model, wanted: set[str]) -> dict[frozenset[Any], list[str]]:
    """Tells parameters apart by where they act."""
    uses: dict[str, list[Any]] = {n: [] for n in wanted}
    for channel, sample, m in model.modifiers():
        for i, p in enumerate(m.parameters):
            if p in uses:
                kind = m.kind if len(m.parameters) == 1 else "bins"
                uses[p].append((channel.name, sample.name, kind, i))
    found: dict[frozenset[Any], list[str]] = {}
    for name, entries in uses.items():
        found.setdefault(frozenset(entries), []).append(name)
    return found


def _floating(document: Mapping[str, Any]) -> list[str]:
    """Names the global observables that are said not to be constant.

    They are ROOT's ``nom_...``; first exports said nothing of constness, which is no statement.
    """
    points = document.get("parameter_points", ())
    found = {
        p["name"]: None
        for point in points
        for p in point.get("parameters", ())
        if p["name"].startswith("nom_") and p.get("const") is False
    }
    return list(found)


def _binning(axes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = ("min", "max", "nbins", "edges")
    return [{k: a[k] for k in keys if k in a} for a in axes]


def _noise(likelihood: Likelihood, points: Array) -> float:
    """Estimates how far n ln(l) - l - ln(n!) is rounded, as pyhf computes it."""
    size = 0.0
    for rates, data in zip(likelihood.expected(points), likelihood.data, strict=True):
        size = max(size, _size(data, np.abs(rates)))
    terms = [(i, c) for i, c in enumerate(likelihood.constraints) if c and c.kind == "poisson"]
    for i, c in terms:
        rates = np.abs(points[:, [i]] * c.width)
        size = max(size, _size(np.array([c.centre]), rates))
    return 16 * float(np.finfo(float).eps) * size * max(1.0, math.sqrt(len(terms)))


def _size(data: Array, rates: Array) -> float:
    safe = np.maximum(rates, 1e-300)
    return float(
        np.max(data * np.abs(np.log(safe)) + rates + data * np.abs(np.log(data + 1)), initial=0.0)
    )


def _by_name(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {x["name"]: x for x in items}
