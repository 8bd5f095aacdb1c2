# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a JSON Schema cannot say about an HS3 document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from demos_formats.findings import Finding, error, pointer, warning
from demos_formats.hs3 import types
from demos_formats.hs3.detect import HISTFACTORY, SECTIONS
from demos_formats.hs3.dialects import Dialect
from demos_formats.schema import bins as named
from demos_formats.schema import short

Json = Mapping[str, Any]
_SMALLEST: Final = 1e-75
_LARGEST: Final = 1e75
"""Between these, the squares of relative uncertainties are normal numbers."""
_RELATIVE: Final = ("shapesys", "staterror")
_WIDTHS: Final = ("gaussian_dist", "normal_dist", "lognormal_dist")
_SECTION_TYPES = {
    "distributions": types.DISTRIBUTIONS,
    "functions": types.FUNCTIONS,
    "data": types.DATA,
    "domains": types.DOMAINS,
}


def check(document: Json, dialect: Dialect) -> list[Finding]:
    """Find errors and warnings in a document of the right shape.

    Args:
        document: The document.
        dialect: How it is read.

    Returns:
        The findings, by section.
    """
    found = [*_empty(document), *_duplicates(document), *_types(document)]
    reading = _Reading(dialect, _constrained(document))
    for at, channel in enumerate(document.get("distributions", ())):
        if channel["type"] == HISTFACTORY:
            found += _channel(channel, at, reading)
    for at, data in enumerate(document.get("data", ())):
        found += _data(data, at)
    found += _likelihoods(document)
    found += _events_in_empty_bins(document)
    found += _analyses(document)
    found += _widths(document)
    found += _parts(document)
    found += _domains(document)
    return found


def _duplicates(document: Json) -> Iterator[Finding]:
    for section in SECTIONS:
        yield from _twice(document.get(section, ()), (section,))
    evaluated = {d["name"] for d in document.get("distributions", ())}
    for at, function in enumerate(document.get("functions", ())):
        if function["name"] in evaluated:
            yield error(
                "duplicate_name",
                pointer("functions", at, "name"),
                f"{short(function['name'])} is a distribution, too.",
            )


def _twice(things: Iterable[Json], place: tuple[str | int, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, thing in enumerate(things):
        name = thing["name"]
        if name in seen:
            yield error(
                "duplicate_name",
                pointer(*place, i, "name"),
                f"The name {short(name)} is used twice.",
            )
        seen.add(name)


def _empty(document: Json) -> Iterator[Finding]:
    """Find a model without distributions; a file of points and domains alone may have none."""
    if document.get("distributions"):
        return
    meant = any(document.get(key) for key in ("likelihoods", "analyses", "data"))
    written = "ROOT_internal" in (document.get("misc") or {}) or any(
        p["name"].lower() == "root" for p in (document.get("metadata") or {}).get("packages") or ()
    )
    yield (error if meant or written else warning)(
        "missing_distributions",
        "/distributions" if "distributions" in document else "",
        "The document has no distribution: there is no likelihood in it.",
        "Some versions of ROOT write such files after a pdf was evaluated; export it before.",
    )


def _types(document: Json) -> Iterator[Finding]:
    used: set[str] | None = None
    for section, known in _SECTION_TYPES.items():
        for at, entry in enumerate(document.get(section, ())):
            if entry["type"] in known:
                continue
            used = needed(document) if used is None else used
            idle = section in ("distributions", "functions") and entry["name"] not in used
            yield (warning if idle else error)(
                "unsupported_type",
                pointer(section, at, "type"),
                f"{short(entry['type'])} is not a type of {section} that HS3, ROOT or pyhs3 "
                f"define{'; no likelihood uses it' if idle else ''}.",
            )


def needed(document: Json) -> set[str]:
    """Return the names of all distributions and functions that the likelihoods use.

    Args:
        document: A document of the right shape; without likelihoods all of them count.

    Returns:
        The names, those of constraints included.
    """
    entries = {
        x["name"]: x
        for section in ("functions", "distributions")
        for x in document.get(section, ())
    }
    if not document.get("likelihoods"):
        return set(entries)
    waiting = [
        name
        for likelihood in document["likelihoods"]
        for key in ("distributions", "aux_distributions")
        for name in likelihood.get(key, ())
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in entries and name not in found:
            found.add(name)
            waiting.extend(_uses(entries[name]) & entries.keys())
    return found


def _constrained(document: Json) -> set[str]:
    """Return all names that auxiliary distributions mention."""
    listed = {n for x in document.get("likelihoods", ()) for n in x.get("aux_distributions", ())}
    found: set[str] = set()
    for entry in document.get("distributions", ()):
        if entry["name"] in listed:
            found |= _uses(entry)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """How modifiers are read.

    Args:
        dialect: The document's dialect.
        constrained: Names that auxiliary distributions mention.
    """

    dialect: Dialect
    constrained: set[str]


def _channel(channel: Json, at: int, reading: _Reading) -> Iterator[Finding]:
    place = ("distributions", at)
    samples = channel["samples"]
    bins = len(samples[0]["data"]["contents"])
    yield from _twice(samples, (*place, "samples"))
    yield from _axes(channel.get("axes", ()), (*place, "axes"), bins)
    totals = [0.0] * bins
    for s, sample in enumerate(samples):
        where = (*place, "samples", s)
        contents = sample["data"]["contents"]
        if len(contents) != bins:
            yield _length((*where, "data", "contents"), len(contents), bins)
            continue
        totals = [t + c for t, c in zip(totals, contents, strict=True)]
        errors = sample["data"].get("errors")
        if errors is not None:
            yield from _per_bin(errors, bins, (*where, "data", "errors"), uncertainty=True)
        modifiers = sample.get("modifiers", ())
        if any(m["type"] in _RELATIVE for m in modifiers):
            yield from _magnitudes(contents, (*where, "data", "contents"))
        for i, m in enumerate(modifiers):
            yield from _modifier(m, bins, sample, (*where, "modifiers", i), reading)
    yield from _without_effect(samples, place)
    for b, total in enumerate(totals):
        if total < 0:
            yield warning(
                "negative_expected",
                pointer(*place),
                f"Bin {b} expects {total:g} events before any fit.",
            )


def _without_effect(samples: Sequence[Json], place: tuple[str | int, ...]) -> Iterator[Finding]:
    """Find staterrors of bins whose events do not add up to a positive number."""
    carrying: dict[tuple[str, ...], list[tuple[Json, tuple[str | int, ...]]]] = {}
    for s, sample in enumerate(samples):
        for i, m in enumerate(sample.get("modifiers", ())):
            if m["type"] == "staterror" and not m.get("constraints"):
                key = tuple(m.get("parameters") or ())
                where = (*place, "samples", s, "modifiers", i)
                carrying.setdefault(key, []).append((sample, where))
    for uses in carrying.values():
        for sample, where in uses:
            errors = sample["data"].get("errors") or ()
            totals = [sum(n) for n in zip(*(x["data"]["contents"] for x, _ in uses), strict=False)]
            at = [b for b, (n, e) in enumerate(zip(totals, errors, strict=False)) if n <= 0 < e]
            if at:
                yield warning(
                    "uncertainty_without_effect",
                    pointer(*where),
                    f"The staterror of sample {short(sample['name'])} has no effect in "
                    f"{named(at)}: its uncertainties are relative to the sum of the events, "
                    "which is not positive there.",
                )


def _modifier(
    m: Json,
    bins: int,
    sample: Json,
    place: tuple[str | int, ...],
    reading: _Reading,
) -> Iterator[Finding]:
    kind, data = m["type"], m.get("data") or {}
    if kind not in types.MODIFIERS:
        yield error(
            "unsupported_type",
            pointer(*place, "type"),
            f"{short(kind)} is not a modifier type.",
            f"HS3 has {', '.join(sorted(types.MODIFIERS))}.",
        )
        return
    parameters = m.get("parameters")
    if parameters and kind not in ("normfactor", "normsys", "histosys"):
        yield from _per_bin(parameters, bins, (*place, "parameters"))
    constraints = m.get("constraints")
    if constraints and kind not in ("normfactor", "normsys", "histosys"):
        yield from _per_bin(constraints, bins, (*place, "constraints"))
    if kind == "histosys":
        for side in ("hi", "lo"):
            where = (*place, "data", side, "contents")
            yield from _per_bin(data[side]["contents"], bins, where)
    elif kind == "normsys":
        for side in ("hi", "lo"):
            if data[side] <= 0:
                yield _degenerate(data[side], (*place, "data", side), reading.dialect)
    elif kind == "shapesys":
        if "vals" in data:
            yield from _per_bin(data["vals"], bins, (*place, "data", "vals"), uncertainty=True)
        elif not constraints and not reading.constrained & set(parameters or ()):
            yield error(
                "schema_error",
                pointer(*place),
                f"The shapesys {short(m['name'])} has neither uncertainties nor constraints.",
                "Give data.vals, or constraints.",
            )
    elif kind == "staterror" and not (
        constraints or "errors" in sample["data"] or "uncertainties" in data
    ):
        yield error(
            "schema_error",
            pointer(*place),
            "A statistical uncertainty is declared, but its sample has no errors.",
        )


def _degenerate(factor: float, place: tuple[str | int, ...], dialect: Dialect) -> Finding:
    message = f"The factor {factor:g} at one sigma is not positive"
    if dialect.smallest_factor is None:
        hint = "Interpolation takes its logarithm."
        return error("degenerate_normsys", pointer(*place), f"{message}.", hint)
    return warning(
        "degenerate_normsys",
        pointer(*place),
        f"{message}: readers of the dialect {dialect.name} take {dialect.smallest_factor:.2g} for "
        "it, and so does this one.",
    )


def _per_bin(
    values: Sequence[Any], bins: int, place: tuple[str | int, ...], uncertainty: bool = False
) -> Iterator[Finding]:
    if len(values) != bins:
        yield _length(place, len(values), bins)
    if uncertainty:
        for i, v in enumerate(values):
            if v < 0:
                yield error(
                    "negative_uncertainty",
                    pointer(*place, i),
                    f"The uncertainty {v:g} is negative.",
                )
        yield from _magnitudes(values, place)


def _magnitudes(values: Sequence[Any], place: tuple[str | int, ...]) -> Iterator[Finding]:
    for i, v in enumerate(values):
        if v and not _SMALLEST < abs(v) < _LARGEST:
            yield error(
                "nonfinite_number",
                pointer(*place, i),
                f"{v} is too large or too small: 64-bit numbers cannot hold the square of a "
                "relative uncertainty made of it.",
            )


def _length(place: tuple[str | int, ...], have: int, want: int) -> Finding:
    return error("length_mismatch", pointer(*place), f"{have} values for {want} bins.")


def axis_bins(axis: Json) -> int | None:
    """Gives the number of bins of an axis; None where it has no binning."""
    if "nbins" in axis:
        return int(axis["nbins"])
    edges = axis.get("edges", axis.get("bounds"))
    return len(edges) - 1 if edges else None


def _axes(
    axes: Sequence[Json], place: tuple[str | int, ...], bins: int | None
) -> Iterator[Finding]:
    product: int | None = 1
    for i, axis in enumerate(axes):
        edges = axis.get("edges", axis.get("bounds"))
        low, high = axis.get("min"), axis.get("max")
        if edges is not None and any(a >= b for a, b in pairwise(edges)):
            yield error("invalid_axis", pointer(*place, i), "The bin edges do not increase.")
        elif low is not None and high is not None and low >= high:
            yield error("invalid_axis", pointer(*place, i), f"The axis goes from {low} to {high}.")
        here = axis_bins(axis)
        if here is None and bins is not None:
            yield warning(
                "invalid_axis",
                pointer(*place, i),
                f"The axis {short(axis['name'])} does not say how it is binned.",
                "The bins are counted.",
            )
        product = None if here is None or product is None else product * here
    if axes and bins is not None and product is not None and product != bins:
        yield error(
            "length_mismatch",
            pointer(*place),
            f"The axes have {product} bins, the contents {bins}.",
        )


def _data(data: Json, at: int) -> Iterator[Finding]:
    place = ("data", at)
    if data["type"] == "binned":
        contents = data.get("contents")
        if contents is None:
            yield error("schema_error", pointer(*place), "Binned data have no contents.")
            return
        yield from _axes(data.get("axes", ()), (*place, "axes"), len(contents))
        for i, n in enumerate(contents):
            if n < 0:
                yield error(
                    "negative_observation",
                    pointer(*place, "contents", i),
                    f"{n:g} events are observed.",
                )
        return
    yield from _axes(data.get("axes", ()), (*place, "axes"), None)
    entries, weights = data.get("entries"), data.get("weights")
    if entries is not None:
        dimensions = len(data.get("axes", ()))
        for i, entry in enumerate(entries):
            if dimensions and len(entry) != dimensions:
                yield error(
                    "length_mismatch",
                    pointer(*place, "entries", i),
                    f"{len(entry)} coordinates on {dimensions} axes.",
                )
                break
        if weights is not None and len(weights) != len(entries):
            yield error(
                "length_mismatch",
                pointer(*place, "weights"),
                f"{len(weights)} weights for {len(entries)} entries.",
            )


def _widths(document: Json) -> Iterator[Finding]:
    for at, entry in enumerate(document.get("distributions", ())):
        sigma = entry.get("sigma") if entry["type"] in _WIDTHS else None
        if isinstance(sigma, int | float) and sigma <= 0:
            yield error(
                "negative_uncertainty",
                pointer("distributions", at, "sigma"),
                f"The width {sigma:g} of {short(entry['name'])} is not positive.",
            )


def _names(document: Json, section: str) -> set[str]:
    return {x["name"] for x in document.get(section, ())}


def _unresolved(place: tuple[str | int, ...], what: str, name: Any) -> Finding:
    return error("unresolved_reference", pointer(*place), f"There is no {what} {short(name)}.")


def _binning(entry: Json) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for axis in entry.get("axes", ()):
        edges = axis.get("edges", axis.get("bounds"))
        implied = {"edges": edges, "min": edges[0], "max": edges[-1]} if edges else {}
        said = implied | {k: axis[k] for k in ("min", "max", "nbins") if k in axis}
        found |= {(axis["name"], key): value for key, value in said.items()}
    return found


def _contradict(binning: Mapping[str, dict[tuple[str, str], Any]], a: str, b: str) -> bool:
    x, y = binning.get(a, {}), binning.get(b, {})
    return any(x[k] != y[k] for k in x.keys() & y.keys())


def _likelihoods(document: Json) -> Iterator[Finding]:
    distributions, data = _names(document, "distributions"), _names(document, "data")
    bins = {
        d["name"]: len(d["samples"][0]["data"]["contents"])
        for d in document.get("distributions", ())
        if d["type"] == HISTFACTORY
    }
    counts = {d["name"]: len(d["contents"]) for d in document.get("data", ()) if "contents" in d}
    binning = {
        x["name"]: _binning(x)
        for section in ("distributions", "data")
        for x in document.get(section, ())
        if section == "data" or x["type"] == HISTFACTORY
    }
    for at, likelihood in enumerate(document.get("likelihoods", ())):
        place = ("likelihoods", at)
        pairs = likelihood["distributions"], likelihood["data"]
        if len(pairs[0]) != len(pairs[1]):
            yield error(
                "length_mismatch",
                pointer(*place),
                f"{len(pairs[0])} distributions are paired with {len(pairs[1])} data.",
            )
        for i, (name, observed) in enumerate(zip(*pairs, strict=False)):
            have = len(observed) if isinstance(observed, list) else None
            if isinstance(observed, str):
                have = counts.get(observed)
            if isinstance(observed, str) and _contradict(binning, name, observed):
                yield error(
                    "invalid_axis",
                    pointer(*place, "data", i),
                    f"The data {short(observed)} are binned otherwise than {short(name)}.",
                )
            if name in bins and have is not None and bins[name] != have:
                yield error(
                    "length_mismatch",
                    pointer(*place, "data", i),
                    f"{short(name)} has {bins[name]} bins, its data {have}.",
                )
        for i, name in enumerate(pairs[0]):
            if name not in distributions:
                yield _unresolved((*place, "distributions", i), "distribution", name)
        for i, name in enumerate(pairs[1]):
            if isinstance(name, str) and name not in data:
                yield _unresolved((*place, "data", i), "data", name)
        for i, name in enumerate(likelihood.get("aux_distributions", ())):
            if name not in distributions:
                yield _unresolved((*place, "aux_distributions", i), "distribution", name)


def _events_in_empty_bins(document: Json) -> Iterator[Finding]:
    channels = {d["name"]: d for d in document.get("distributions", ()) if d["type"] == HISTFACTORY}
    places = {d["name"]: at for at, d in enumerate(document.get("data", ()))}
    done: set[tuple[str, str]] = set()
    for likelihood in document.get("likelihoods", ()):
        for name, observed in zip(likelihood["distributions"], likelihood["data"], strict=False):
            if name not in channels or not isinstance(observed, str) or observed not in places:
                continue
            at = places[observed]
            counts = document["data"][at].get("contents") or ()
            if (name, observed) in done:
                continue
            done.add((name, observed))
            templates = [s["data"]["contents"] for s in channels[name]["samples"]]
            for b, (count, *rates) in enumerate(zip(counts, *templates, strict=False)):
                if count > 0 and not any(rates):
                    yield warning(
                        "empty_bin_with_data",
                        pointer("data", at, "contents", b),
                        f"Channel {short(name)} expects no events in bin {b}, but "
                        f"{count:g} are observed there.",
                    )


def _analyses(document: Json) -> Iterator[Finding]:
    likelihoods, domains = _names(document, "likelihoods"), _names(document, "domains")
    points = _names(document, "parameter_points")
    known: set[str] | None = None
    for at, analysis in enumerate(document.get("analyses", ())):
        place = ("analyses", at)
        if analysis["likelihood"] not in likelihoods:
            yield _unresolved((*place, "likelihood"), "likelihood", analysis["likelihood"])
        for i, name in enumerate(analysis.get("domains", ())):
            if name not in domains:
                yield _unresolved((*place, "domains", i), "domain", name)
        if analysis.get("domain", "") not in ("", *domains):
            yield _unresolved((*place, "domain"), "domain", analysis["domain"])
        if analysis.get("init") not in (None, *points):
            yield _unresolved((*place, "init"), "parameter point", analysis["init"])
        key = "parameters_of_interest"
        for i, name in enumerate(analysis.get(key, ())):
            known = mentioned(document) if known is None else known
            if name not in known:
                yield warning(
                    "poi_undefined",
                    pointer(*place, key, i),
                    f"Nothing in the model depends on {short(name)}.",
                    "Normal in a file of backgrounds only; patches add the signal.",
                )


def mentioned(document: Json) -> set[str]:
    """Gives all names that distributions and functions use."""
    found: set[str] = set()
    for section in ("distributions", "functions"):
        for entry in document.get(section, ()):
            expression = entry.get("expression")
            if isinstance(expression, str):
                found.update(_words(expression))
            _strings(entry, found)
    return found


def _words(expression: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in expression).split()


def _strings(value: Any, found: set[str]) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            found.add(item)
        elif isinstance(item, Mapping):
            # Modifiers that leave out their parameter are named like it.
            if "parameter" not in item and isinstance(item.get("type"), str):
                found.add(f"alpha_{item.get('name')}")
            stack.extend(item.values())
        elif isinstance(item, list) and item and not isinstance(item[0], int | float):
            stack.extend(item)


def _parts(document: Json) -> Iterator[Finding]:
    """Checks that composed objects have their parts and are not part of themselves."""
    places = {
        entry["name"]: (section, at)
        for section in ("distributions", "functions")
        for at, entry in enumerate(document.get(section, ()))
    }
    distributions = _names(document, "distributions")
    uses: dict[str, list[str]] = {}
    for section in ("distributions", "functions"):
        for entry in document.get(section, ()):
            if entry["type"] != HISTFACTORY:
                uses[entry["name"]] = sorted(_uses(entry) & places.keys())
    circular = _circular(uses)
    for name, (section, at) in places.items():
        entry = document[section][at]
        key = {"product_dist": "factors", "mixture_dist": "summands"}.get(entry["type"])
        parts = entry.get(key) if key else None
        for i, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, str) and part not in distributions:
                yield _unresolved((section, at, str(key), i), "distribution", part)
        if name in circular:
            yield error(
                "cyclic_reference", pointer(section, at), f"{short(name)} is defined by itself."
            )


def _uses(entry: Json) -> set[str]:
    strings: set[str] = set()
    for key, value in entry.items():
        if key not in ("name", "type", "expression"):
            _strings(value, strings)
    # Elsewhere the field is a label that may well be the object's own name.
    if entry["type"].startswith("generic") and isinstance(entry.get("expression"), str):
        strings.update(_words(entry["expression"]))
    return strings


def _circular(uses: Mapping[str, list[str]]) -> set[str]:
    """Finds objects where a walk along the uses comes back to an object it is still inside of."""
    state: dict[str, int] = {}
    found: set[str] = set()
    for start in uses:
        stack = [start] if start not in state else []
        while stack:
            name = stack[-1]
            if state.get(name) is None:
                state[name] = 1
                for part in uses.get(name, ()):
                    if state.get(part) == 1:
                        found.add(part)
                    elif part not in state:
                        stack.append(part)
            else:
                stack.pop()
                state[name] = 2
    return found


def _domains(document: Json) -> Iterator[Finding]:
    for at, domain in enumerate(document.get("domains", ())):
        for i, axis in enumerate(domain.get("axes", ())):
            low, high = axis.get("min"), axis.get("max")
            if low is not None and high is not None and low > high:
                yield error(
                    "invalid_bounds",
                    pointer("domains", at, "axes", i),
                    f"{short(axis['name'])} goes from {low} to {high}.",
                )
