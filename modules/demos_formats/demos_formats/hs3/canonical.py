# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Rewrites the HistFactory channels of a document from one dialect to another.

Everything else in the document (other distributions, domains, Asimov data ...) stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from functools import cached_property
from typing import Any, Final

from demos_formats.demos.read import constraint_term, plain_number, same
from demos_formats.demos.write import DEFAULT_POINT, explicit_constraint
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import error, pointer
from demos_formats.histfactory.model import ALPHA, CODES, PER_BIN, Constraint
from demos_formats.histfactory.names import Namespace
from demos_formats.hs3 import auxiliary
from demos_formats.hs3.detect import HISTFACTORY, SECTIONS
from demos_formats.hs3.dialects.base import IMPLIED, STANDARD, Dialect
from demos_formats.hs3.groups import Group, absolute_errors, groups
from demos_formats.hs3.released import reach, restore
from demos_formats.hs3.standins import stand_in

Json = Mapping[str, Any]
_ROOT_RANGE: Final = (-5.0, 5.0)
"""What ROOT gives a parameter that counts standard deviations and has no range."""
_CONSTRAINT_KEYS = ("constraint", "constraint_name", "constraint_type", "constraints")
_BY_BIN = {
    "gauss": "Gauss",
    "normal": "Gauss",
    "gaussian": "Gauss",
    "poisson": "Poisson",
    "const": "Const",
}
_BY_PARAMETER = {
    "gauss": "Gauss",
    "normal": "Gauss",
    "gaussian": "Gauss",
    "poisson": "Poisson",
    "lognormal": "LogNormal",
    "const": "Const",
}


def to_canonical(document: Json, dialect: Dialect) -> dict[str, Any]:
    """Rewrites a document to the dialect ``demos/1``.

    Args:
        document: A valid HS3 document; it is not changed, but shares parts with the result.
        dialect: How to read it.

    Returns:
        The document with canonical HistFactory channels.

    Raises:
        FormatError: Where it contradicts itself.
    """
    document, counts = auxiliary.read(document)
    return _ToCanonical(document, dialect, counts).rewrite()


def from_canonical(document: Json, dialect: Dialect, *, clipped: bool = False) -> dict[str, Any]:
    """Rewrites a document of the dialect ``demos/1`` to another one.

    Args:
        document: The document; it is not changed, but shares parts with the result.
        dialect: What to write.
        clipped: Whether templates are left to a reader that clips negative ones at zero.

    Returns:
        The document in the other dialect.

    Raises:
        RefusedError: For what the dialect cannot say.
    """
    return _FromCanonical(document, dialect, clipped).rewrite()


def namespace(document: Json) -> Namespace:
    """Collects all names of a document."""
    taken: set[str] = set()
    for section in SECTIONS:
        taken.update(x["name"] for x in document.get(section, ()) if "name" in x)
    for section in ("parameter_points", "domains"):
        key = "parameters" if section == "parameter_points" else "axes"
        for entry in document.get(section, ()):
            taken.update(p["name"] for p in entry.get(key, ()))
    return Namespace(taken)


class _Rewriting:
    """A document whose sections are replaced, never changed in place."""

    def __init__(self, document: Json, dialect: Dialect) -> None:
        self.document = document
        self.dialect = dialect
        self.names = namespace(document)
        self.distributions = list(document.get("distributions", ()))
        self.functions = list(document.get("functions", ()))
        self.likelihoods = [dict(x) for x in document.get("likelihoods", ())]
        self.by_name = {d["name"]: d for d in self.distributions}
        self.channels = [d for d in self.distributions if d["type"] == HISTFACTORY]

    def result(self) -> dict[str, Any]:
        made = dict(self.document)
        made["distributions"] = self.distributions
        if self.likelihoods:
            made["likelihoods"] = self.likelihoods
        if self.functions or "functions" in made:
            made["functions"] = self.functions
        return made

    def auxiliary(self, channel: str, name: str) -> None:
        """Adds a constraint to the likelihoods of a channel, once."""
        for likelihood in self.likelihoods:
            if channel in likelihood.get("distributions", ()):
                have = likelihood.setdefault("aux_distributions", [])
                if name not in have:
                    likelihood["aux_distributions"] = [*have, name]

    def term(self, raw: Json, known: Container[Any]) -> tuple[str, Constraint] | None:
        functions = {f["name"]: f for f in self.functions}
        return constraint_term(raw, known, functions, self.number)

    def number(self, value: Any) -> float | None:
        return plain_number(self.values.get(value) if isinstance(value, str) else value)

    @property
    def values(self) -> dict[str, Any]:
        """Values of named constants; the default point counts most."""
        if not hasattr(self, "_values"):
            points = self.document.get("parameter_points", ())
            ordered = sorted(points, key=lambda p: p["name"] == DEFAULT_POINT)
            if not any(p["name"] == DEFAULT_POINT for p in points):
                ordered = ordered[::-1]
            self._values = {
                p["name"]: p.get("value") for point in ordered for p in point.get("parameters", ())
            }
        return self._values

    def default_values(self) -> dict[str, Any]:
        """Values of the point that ROOT loads."""
        for point in self.document.get("parameter_points", ()):
            if point["name"] == DEFAULT_POINT:
                return {p["name"]: p.get("value") for p in point.get("parameters", ())}
        return {}

    def add(self, parameter: str, constraint: Constraint) -> str:
        name = self.names.reserve(f"{parameter}Constraint")
        made = explicit_constraint(name, parameter, constraint, self.functions, self.names)
        self.distributions.append(made)
        self.by_name[name] = made
        return name


class _ToCanonical(_Rewriting):
    def __init__(self, document: Json, dialect: Dialect, counts: Mapping[str, Constraint]) -> None:
        super().__init__(document, dialect)
        self.counts = counts
        self.named: dict[str, str] = {}
        self.implied: dict[str, tuple[Constraint | None, str]] = {}
        self.unstated: dict[str, str] = {}
        self.used: dict[str, list[str]] = {}
        self.constant: set[str] = set()
        self.by_function = {f["name"]: f for f in self.functions}
        self.restored: set[str] = set()

    def rewrite(self) -> dict[str, Any]:
        nominal = self.default_values() if self.dialect.named_observables else {}
        rewritten = {
            c["name"]: self._channel(c, at)
            for at, c in enumerate(self.distributions)
            if c["type"] == HISTFACTORY
        }
        self.distributions = [rewritten.get(d["name"], d) for d in self.distributions]
        self.functions = [f for f in self.functions if f["name"] not in self.restored]
        for parameter, count in self.counts.items():
            if parameter in self.used:
                name = self.add(parameter, count)
                for channel in self.used[parameter]:
                    self.auxiliary(channel, name)
        explicit = self._explicit()
        for parameter, place in self.unstated.items():
            if parameter not in explicit:
                self.implied.setdefault(parameter, (STANDARD, place))
        for parameter, (constraint, place) in self.implied.items():
            if parameter in explicit:
                self._must_agree(explicit[parameter], constraint, parameter, place)
                continue
            if constraint is None:
                self.constant.add(parameter)
                continue
            name = self._standard(parameter, constraint, nominal)
            for channel in self.used[parameter]:
                self.auxiliary(channel, name)
        for parameter, name in self.named.items():
            for channel in self.used[parameter]:
                self.auxiliary(channel, name)
        for written in rewritten.values():
            self._global_observables(written, nominal)
        made = self.result()
        if self.restored and not self.functions:
            del made["functions"]
        if self.constant:
            made["parameter_points"] = self._with_constants()
        return made

    def _standard(self, parameter: str, constraint: Constraint, nominal: Json) -> str:
        observed = f"nom_{parameter}"
        name = self.add(parameter, constraint)
        if observed in nominal and constraint.kind == "gauss":
            self.by_name[name]["mean"] = observed
        return name

    def _must_agree(
        self, explicit: Constraint, implied: Constraint | None, parameter: str, place: str
    ) -> None:
        if not same(explicit, implied):
            raise FormatError(
                error(
                    "conflicting_constraint",
                    place,
                    f"{parameter!r} has an explicit constraint distribution and a modifier that "
                    "states another constraint.",
                )
            )

    def _explicit(self) -> dict[str, Constraint]:
        found = {}
        listed = [n for x in self.likelihoods for n in x.get("aux_distributions", ())]
        for name in listed:
            term = self.term(self.by_name.get(name, {"type": ""}), self.used)
            if term is not None:
                found[term[0]] = term[1]
        return found

    def _channel(self, channel: Json, at: int) -> dict[str, Any]:
        stated = self.dialect.channel_constraint(channel)
        samples = []
        for s, given in enumerate(channel["samples"]):
            sample, functions = restore(given, self.by_function)
            self.restored |= functions
            if "errors" in sample["data"]:
                errors = self.dialect.errors(sample["data"]["errors"])
                sample = {**sample, "data": {**sample["data"], "errors": errors}}
            modifiers = [
                self._modifier(
                    m,
                    sample,
                    channel,
                    stated,
                    ("distributions", at, "samples", s, "modifiers", i),
                )
                for i, m in enumerate(sample.get("modifiers", ()))
            ]
            samples.append({**sample, "modifiers": modifiers})
        made = {
            k: v
            for k, v in channel.items()
            if k not in ("samples", "staterror", "default_interpolation")
        }
        made["axes"] = [_axis(a) for a in channel.get("axes", ())]
        made["samples"] = samples
        threshold = self.dialect.relative_threshold(channel)
        if threshold > 0:
            self._fix_below(threshold, made)
        return made

    def _modifier(
        self, m: Json, sample: Json, channel: Json, stated: str | None, place: tuple[str | int, ...]
    ) -> dict[str, Any]:
        contents, name = sample["data"]["contents"], channel["name"]
        if m["type"] in PER_BIN and isinstance(m.get("constraints"), list):
            return self._by_bin(m, name, len(contents), place)
        code = self.dialect.interpolation(m, channel) if m["type"] in ALPHA else ""
        if code and code not in CODES[m["type"]]:
            codes = [
                self.dialect.interpolation(x, channel) if x["type"] in ALPHA else ""
                for x in sample["modifiers"]
            ]
            m, code = stand_in(
                m, codes, sample, pointer(*place), in_order=self.dialect.adds_in_order
            )
        kind = m["type"]
        kept = _without_conventions(m)
        if kind in ("normfactor", *ALPHA):
            parameter = m.get("parameter") or self.dialect.parameters(m, name, 1)[0]
            made = kept | {"parameter": parameter}
            self._use(parameter, name)
            self._scalar_constraint(m, parameter, pointer(*place))
            if kind in ALPHA:
                made["interpolation"] = code
                made["data"] = {k: v for k, v in m["data"].items() if k != "interpolation"}
            if kind == "normsys":
                made["data"] |= {side: self._factor(m["data"][side]) for side in ("hi", "lo")}
            return made
        if kind not in PER_BIN:
            return dict(m)
        parameters = m.get("parameters") or self.dialect.parameters(m, name, len(contents))
        made = kept | {"parameters": parameters}
        for parameter in parameters:
            self._use(parameter, name)
        if kind != "shapefactor":
            made["constraint"] = self._bin_constraint(m, stated, place)
        if kind == "shapesys":
            made["data"] = {**m["data"], "vals": self.dialect.absolute(m["data"]["vals"], contents)}
        elif "data" in m:
            made["data"] = m["data"]
        return made

    def _factor(self, factor: float) -> float:
        """Give a factor that is not positive the value that the dialect's readers take."""
        smallest = self.dialect.smallest_factor
        return smallest if factor <= 0 and smallest is not None else factor

    def _use(self, parameter: str, channel: str) -> None:
        channels = self.used.setdefault(parameter, [])
        if channel not in channels:
            channels.append(channel)

    def _by_bin(
        self, m: Json, channel: str, bins: int, place: tuple[str | int, ...]
    ) -> dict[str, Any]:
        """Write per-bin factors whose constraints are named one by one as free ones with these.

        A bin without a name is not constrained; one whose uncertainty is zero does not move.
        """
        parameters = m.get("parameters") or self.dialect.parameters(m, channel, bins)
        vals = (m.get("data") or {}).get("vals")
        if not len(m["constraints"]) == len(parameters) == bins:
            raise FormatError(
                error(
                    "length_mismatch",
                    pointer(*place, "constraints"),
                    f"{len(m['constraints'])} constraints and {len(parameters)} parameters for "
                    f"{bins} bins.",
                )
            )
        for i, (parameter, said) in enumerate(zip(parameters, m["constraints"], strict=True)):
            self._use(parameter, channel)
            if said is None:
                if vals is not None and vals[i] == 0:
                    self.constant.add(parameter)
                continue
            where = pointer(*place, "constraints", i)
            if said not in self.by_name:
                raise FormatError(
                    error("unresolved_reference", where, f"There is no distribution {said!r}.")
                )
            self._name_constraint(parameter, said, where)
        return {**_without_conventions(m), "type": "shapefactor", "parameters": parameters}

    def _name_constraint(self, parameter: str, distribution: str, place: str) -> None:
        if self.named.setdefault(parameter, distribution) != distribution:
            raise FormatError(
                error(
                    "conflicting_constraint",
                    place,
                    f"{parameter!r} is constrained by {distribution!r} here and by "
                    f"{self.named[parameter]!r} elsewhere.",
                )
            )

    def _scalar_constraint(self, m: Json, parameter: str, place: str) -> None:
        named = self._reference(m)
        if named is not None:
            self._name_constraint(parameter, named, place)
            return
        if m["type"] == "normfactor":
            return
        stated = m.get("constraint_type", m.get("constraint"))
        said = str(stated or self.dialect.alpha_constraint)
        if stated is None and self.dialect.alpha_constraint is None:
            return
        if stated is None and not self.dialect.constrains_alpha:
            self.unstated.setdefault(parameter, place)
            return
        meant = _BY_PARAMETER.get(said.lower())
        if meant is None:
            raise FormatError(
                error(
                    "unresolved_reference",
                    f"{place}/constraint",
                    f"{said!r} is neither a constraint type nor a distribution.",
                )
            )
        constraint = None if meant == "Const" else IMPLIED[meant]
        known = self.implied.setdefault(parameter, (constraint, place))
        if known[0] != constraint:
            raise FormatError(
                error(
                    "conflicting_constraint",
                    place,
                    f"{parameter!r} has another constraint type on another modifier.",
                )
            )

    def _reference(self, m: Json) -> str | None:
        """Gives the distribution that a modifier names as its constraint."""
        several = m.get("constraints")
        first = several[0] if isinstance(several, list) and len(several) == 1 else None
        for said in (m.get("constraint_name"), m.get("constraint"), first):
            if isinstance(said, str) and said in self.by_name:
                return said
        said = m.get("constraint_name")
        if said is not None:
            raise FormatError(
                error(
                    "unresolved_reference",
                    "/distributions",
                    f"The constraint {said!r} of modifier {m['name']!r} does not exist.",
                )
            )
        return None

    def _bin_constraint(self, m: Json, stated: str | None, place: tuple[str | int, ...]) -> str:
        if m["type"] == "staterror":
            own = m.get("constraint_type", m.get("constraint"))
            if stated and own and stated.lower() != str(own).lower():
                raise FormatError(
                    error(
                        "conflicting_constraint",
                        pointer(*place),
                        f"The channel constrains its staterrors by {stated!r}, this one says "
                        f"{own!r}.",
                    )
                )
            said = stated or own or self.dialect.staterror_constraint
        else:
            said = m.get("constraint_type", m.get("constraint")) or "Poisson"
        if str(said).lower() not in _BY_BIN:
            raise FormatError(
                error(
                    "unsupported_type",
                    pointer(*place, "constraint"),
                    f"Unknown constraint {said!r}.",
                    "Known: Gauss, Poisson, Const.",
                )
            )
        return _BY_BIN[str(said).lower()]

    def _fix_below(self, threshold: float, channel: dict[str, Any]) -> None:
        """Takes the uncertainty from bins where ROOT ignores it."""
        for group in groups(channel).values():
            if group.kind != "staterror":
                continue
            small = [s < threshold for s in group.uncertainties()]
            pairs = zip(group.parameters, small, strict=True)
            self.constant.update(p for p, below in pairs if below)
            for sample, m in group.uses:
                kept = [
                    0.0 if below else e
                    for e, below in zip(absolute_errors(sample, m), small, strict=True)
                ]
                if "uncertainties" in m.get("data", {}):
                    m["data"] = {**m["data"], "uncertainties": kept}
                else:
                    sample["data"] = {**sample["data"], "errors": kept}

    def _global_observables(self, channel: Json, nominal: Json) -> None:
        """Writes out constraints whose observed value is not the one that the bins imply."""
        for group in groups(channel).values():
            for parameter, term in zip(group.parameters, group.implied(), strict=True):
                observed = nominal.get(f"nom_{parameter}")
                if term is None or observed is None:
                    continue
                moved = Constraint(term.kind, observed, term.width)
                if not same(moved, term, 1e-6):
                    self.auxiliary(channel["name"], self.add(parameter, moved))

    def _with_constants(self) -> list[Any]:
        points = list(self.document.get("parameter_points", ()))
        if not points:
            points = [{"name": self.names.reserve(DEFAULT_POINT), "parameters": []}]
        made = []
        for point in points:
            have = {p["name"] for p in point.get("parameters", ())}
            parameters = [
                p if p["name"] not in self.constant else {**p, "const": True}
                for p in point.get("parameters", ())
            ]
            for name in sorted(self.constant - have):
                value = 0.0 if name in self.implied else 1.0
                parameters.append({"name": name, "value": value, "const": True})
            made.append({**point, "parameters": parameters})
        return made


def _without_conventions(m: Json) -> dict[str, Any]:
    """Return what a modifier has besides what its dialect decides how to read."""
    gone = (*_CONSTRAINT_KEYS, "parameter", "parameters", "interpolation", "data")
    return {k: v for k, v in m.items() if k not in gone}


def _axis(axis: Json) -> dict[str, Any]:
    """Writes an axis with limits and either a number of bins or edges."""
    made = dict(axis)
    if "bounds" in made and "edges" not in made:
        made["edges"] = made.pop("bounds")
    edges = made.get("edges")
    if isinstance(edges, list) and edges:
        made.setdefault("min", edges[0])
        made.setdefault("max", edges[-1])
    return made


class _FromCanonical(_Rewriting):
    def __init__(self, document: Json, dialect: Dialect, clipped: bool) -> None:
        super().__init__(document, dialect)
        self.clipped = clipped
        self.dropped: set[str] = set()
        self.explicit: dict[str, tuple[str, Constraint]] = {}
        self.counted: dict[tuple[str, ...], tuple[dict[str, Any], dict[str, Any]]] = {}

    def rewrite(self) -> dict[str, Any]:
        self._find_explicit()
        rewritten = {}
        observed: dict[str, float] = {}
        for channel in self.channels:
            found = groups(channel)
            written = self.dialect.write_channel(channel, found, self)
            rewritten[channel["name"]] = written
            for group in found.values():
                observed |= self.dialect.observed(group, self)
        self.distributions = [
            rewritten.get(d["name"], d) for d in self.distributions if d["name"] not in self.dropped
        ]
        self.distributions += [channel for channel, _ in self.counted.values()]
        if self.dropped:
            for likelihood in self.likelihoods:
                if "aux_distributions" in likelihood:
                    likelihood["aux_distributions"] = [
                        n for n in likelihood["aux_distributions"] if n not in self.dropped
                    ]
        made = self.result()
        if self.counted:
            made["data"] = [*made["data"], *(data for _, data in self.counted.values())]
        if observed and "parameter_points" in made:
            made["parameter_points"] = [
                _with_observed(p, observed) if p["name"] == DEFAULT_POINT else p
                for p in made["parameter_points"]
            ]
        return self.dialect.finish(made)

    def _find_explicit(self) -> None:
        known = {
            p
            for c in self.channels
            for s in c["samples"]
            for m in s.get("modifiers", ())
            for p in (m["parameters"] if m["type"] in PER_BIN else [m.get("parameter")])
            if isinstance(p, str)
        }
        listed = dict.fromkeys(n for x in self.likelihoods for n in x.get("aux_distributions", ()))
        for name in listed:
            term = self.term(self.by_name.get(name, {"type": ""}), known)
            if term is None:
                continue
            parameter, constraint = term
            have = self.explicit.setdefault(parameter, (name, constraint))
            if not same(have[1], constraint):
                raise RefusedError(
                    error(
                        "cannot_convert",
                        "/likelihoods",
                        f"Two analyses constrain {parameter!r} differently; other HS3 readers "
                        "keep one constraint per document.",
                        "Convert one measurement at a time.",
                    )
                )

    def constant(self, parameter: str) -> bool:
        """Tells whether a parameter never moves."""
        said = [
            p.get("const", False)
            for point in self.document.get("parameter_points", ())
            for p in point.get("parameters", ())
            if p["name"] == parameter
        ]
        return bool(said) and all(said)

    def reach(self, parameter: str) -> tuple[float, float]:
        """Gives the range of a parameter over all domains."""
        return self.ranges.get(parameter, _ROOT_RANGE)

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Ranges that the domains give; a side that one leaves open reaches far."""
        found: dict[str, tuple[float, float]] = {}
        for domain in self.document.get("domains", ()):
            for axis in domain.get("axes", ()):
                low, high = found.get(axis["name"], (math.inf, -math.inf))
                left, right = reach(axis.get("min"), axis.get("max"))
                found[axis["name"]] = (min(low, left), max(high, right))
        return found

    def count(self, channel: str, name: str, group: Group, terms: list[Constraint | None]) -> None:
        """Adds the auxiliary counts of a group as a channel beside its own, once."""
        if group.parameters in self.counted:
            return
        stem = f"{channel.removeprefix('model_')}_{name}"
        while any(n in self.names for n in auxiliary.names(stem)):
            stem += "_"
        made, data = auxiliary.write(stem, group.parameters, terms)
        for taken in auxiliary.names(stem):
            self.names.reserve(taken)
        self.counted[group.parameters] = made, data
        for likelihood in self.likelihoods:
            if channel in likelihood.get("distributions", ()):
                likelihood["distributions"] = [*likelihood["distributions"], made["name"]]
                likelihood["data"] = [*likelihood["data"], data["name"]]

    def function(self, name: str, content: Json) -> str:
        """Adds a function under this name or, where it is taken, another one."""
        name = self.names.reserve(name)
        self.functions.append({"name": name, **content})
        return name

    def drop(self, distribution: str) -> None:
        """Leaves out a constraint that the dialect implies."""
        self.dropped.add(distribution)

    def require(self, parameter: str, constraint: Constraint, channel: str) -> None:
        """Adds an explicit constraint distribution to the channel's likelihoods."""
        name = self.add(parameter, constraint)
        self.explicit[parameter] = (name, constraint)
        self.auxiliary(channel, name)


def _with_observed(point: Json, observed: Mapping[str, float]) -> dict[str, Any]:
    have = {p["name"] for p in point["parameters"]}
    added = [{"name": n, "value": v, "const": True} for n, v in observed.items() if n not in have]
    return {**point, "parameters": [*point["parameters"], *added]}
