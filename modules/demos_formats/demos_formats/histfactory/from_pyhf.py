# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Reads a pyhf workspace into the typed model, with pyhf's own rules for parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer
from demos_formats.histfactory.model import (
    CODES,
    DEFAULT_CODE,
    Analysis,
    Channel,
    Constraint,
    Model,
    Modifier,
    Parameter,
    Sample,
)
from demos_formats.histfactory.names import Namespace

GROUPS: Final = {
    "histosys": "alpha",
    "normsys": "alpha",
    "lumi": "lumi",
    "normfactor": "normfactor",
    "shapefactor": "shapefactor",
    "shapesys": "shapesys",
    "staterror": "staterror",
}
"""Modifier types that share one kind of parameter."""
_TYPE_ORDER: Final = {t: i for i, t in enumerate(sorted(GROUPS))}
_ALPHA_BOUNDS: Final = (-5.0, 5.0)
_FACTOR_BOUNDS: Final = (0, 10)
_GAMMA_BOUNDS: Final = (1e-10, 10.0)
FALLBACK_CODE: Final = {"normsys": "code1", "histosys": "code0"}
"""What pyhf uses for a type that partial ``modifier_settings`` leave out."""


@dataclass(frozen=True, slots=True)
class ParameterName:
    """How one fit parameter component is called on both sides."""

    pyhf: str
    index: int
    hs3: str

    def to_dict(self) -> dict[str, Any]:
        """Gives the entry as ``misc.demos.parameters`` holds it."""
        return {"pyhf": self.pyhf, "index": self.index, "hs3": self.hs3}


@dataclass(slots=True)
class ParameterSet:
    """All components of one pyhf parameter, before a measurement configures it."""

    name: str
    group: str
    order: tuple[int, int, str]
    hs3: list[str]
    values: list[Parameter] = field(default_factory=list)


@dataclass(slots=True)
class Workspace:
    """A workspace as it was read: the model, and what pyhf calls its parameters."""

    model: Model
    names: list[ParameterName]
    sets: dict[str, ParameterSet]
    namespace: Namespace


def interpolation(settings: Mapping[str, Any] | None) -> dict[str, str]:
    """Gives the interpolation codes that ``modifier_settings`` mean to pyhf.

    Args:
        settings: As pyhf takes them, or None for pyhf's default.

    Returns:
        Code per modifier type.

    Raises:
        FormatError: For a code that does not exist.

    >>> interpolation(None)
    {'normsys': 'code4', 'histosys': 'code4p'}
    >>> interpolation({"normsys": {"interpcode": "code4"}})
    {'normsys': 'code4', 'histosys': 'code0'}
    """
    if settings is None:
        return dict(DEFAULT_CODE)
    found = {t: settings.get(t, {}).get("interpcode", FALLBACK_CODE[t]) for t in DEFAULT_CODE}
    for type_, code in found.items():
        if code not in CODES[type_]:
            raise FormatError(
                error(
                    "unsupported_type",
                    pointer(type_, "interpcode"),
                    f"{type_} has no interpolation {code!r}, only {', '.join(CODES[type_])}.",
                )
            )
    return found


def read_workspace(
    workspace: Mapping[str, Any], settings: Mapping[str, Any] | None = None
) -> Workspace:
    """Reads a workspace that is valid pyhf.

    Args:
        workspace: The document.
        settings: pyhf's ``modifier_settings``; None means code4 and code4p.

    Returns:
        The model with one analysis per measurement, and pyhf's names in pyhf's order.

    Raises:
        FormatError: Where the workspace contradicts itself.
    """
    return _Reader(workspace, interpolation(settings)).read()


class _Reader:
    def __init__(self, workspace: Mapping[str, Any], codes: dict[str, str]) -> None:
        self.workspace = workspace
        self.codes = codes
        self.names = Namespace()
        self.sets: dict[str, ParameterSet] = {}
        self.gamma_stat: dict[tuple[str, str], list[str]] = {}
        self.stat_entries: dict[str, dict[str, list[tuple[str, Any, Any]]]] = {}
        self.findings: list[Finding] = []

    def read(self) -> Workspace:
        raw = self.workspace["channels"]
        self._no_duplicates(raw)
        names = [c["name"] for c in raw]
        data = {o["name"]: o["data"] for o in self.workspace["observations"]}
        for c, name in enumerate(names):
            if name not in data:
                self._error("missing_observation", f"Channel {name!r} has no data.", "channels", c)
        self._stop()
        distributions = [self.names.reserve(f"model_{n}") for n in names]
        observed = {n: self.names.reserve(f"obsData_{n}") for n in data}
        for name in names:
            self.names.reserve(f"obs_x_{name}")
        channel_rank = {n: i for i, n in enumerate(sorted(names))}
        sample_rank = {
            n: i for i, n in enumerate(sorted({s["name"] for c in raw for s in c["samples"]}))
        }
        channels = []
        for c, entry in enumerate(raw):
            name = entry["name"]
            first = channel_rank[name] * len(sample_rank)
            samples = []
            for s, sample in enumerate(entry["samples"]):
                if len(sample["data"]) != len(data[name]):
                    self._error(
                        "length_mismatch",
                        f"{len(sample['data'])} bins, but {len(data[name])} are observed.",
                        *("channels", c, "samples", s, "data"),
                    )
                rank = first + sample_rank[sample["name"]]
                samples.append(self._sample(name, sample, rank, (c, s)))
            channels.append(
                Channel(name, distributions[c], samples, data[name], None, observed[name])
            )
        self._stop()
        self._staterrors()
        ordered = sorted(self.sets.values(), key=lambda p: p.order)
        analyses = [
            self._analysis(ordered, m, i) for i, m in enumerate(self.workspace["measurements"])
        ]
        self._stop()
        unused = {observed[n]: (n, d) for n, d in data.items() if n not in channel_rank}
        model = Model(channels, analyses, [observed[n] for n in data], unused)
        listed = [ParameterName(p.name, i, hs3) for p in ordered for i, hs3 in enumerate(p.hs3)]
        return Workspace(model, listed, {p.name: p for p in ordered}, self.names)

    def _error(self, code: str, message: str, *place: str | int) -> None:
        self.findings.append(error(code, pointer(*place), message))

    def _stop(self) -> None:
        if self.findings:
            raise FormatError(self.findings)

    def _no_duplicates(self, channels: Sequence[Mapping[str, Any]]) -> None:
        for place, things in _named_lists(channels):
            seen: set[Any] = set()
            for i, key in enumerate(things):
                if key in seen:
                    shown = key if isinstance(key, str) else " ".join(key)
                    self._error("duplicate_name", f"{shown!r} is there twice.", *place, i)
                seen.add(key)
        self._stop()

    def _sample(
        self, channel: str, sample: Mapping[str, Any], rank: int, at: tuple[int, int]
    ) -> Sample:
        contents = sample["data"]
        modifiers = []
        for i, raw in enumerate(sample["modifiers"]):
            type_, name, data = raw["type"], raw["name"], raw["data"]
            if type_ == "histosys":
                hs3 = self._set(name, "histosys", rank, at, i).hs3
                modifiers.append(
                    Modifier(
                        "histosys",
                        name,
                        hs3,
                        data["lo_data"],
                        data["hi_data"],
                        None,
                        self.codes["histosys"],
                    )
                )
                if len(data["lo_data"]) != len(contents) or len(data["hi_data"]) != len(contents):
                    self._bins(at, i, "data")
            elif type_ == "normsys":
                hs3 = self._set(name, "normsys", rank, at, i).hs3
                modifiers.append(
                    Modifier(
                        "normsys", name, hs3, data["lo"], data["hi"], None, self.codes["normsys"]
                    )
                )
            elif type_ in ("normfactor", "lumi"):
                hs3 = self._set(name, type_, rank, at, i).hs3
                modifiers.append(Modifier("normfactor", hs3[0], hs3))
            elif type_ == "staterror":
                if len(data) != len(contents):
                    self._bins(at, i, "data")
                self._set(name, type_, rank, at, i)
                hs3 = self._gammas(channel, name, len(contents))
                by_channel = self.stat_entries.setdefault(name, {})
                by_channel.setdefault(channel, []).append((sample["name"], contents, data))
                modifiers.append(Modifier("staterror", name, hs3, vals=data))
            elif type_ == "shapesys":
                if len(data) != len(contents):
                    self._bins(at, i, "data")
                hs3 = self._set(name, type_, rank, at, i, contents=contents, vals=data).hs3
                modifiers.append(Modifier("shapesys", name, hs3, vals=data))
            elif type_ == "shapefactor":
                hs3 = self._set(name, type_, rank, at, i, contents=contents).hs3
                if len(hs3) != len(contents):
                    self._error(
                        "incompatible_parameter_reuse",
                        f"Shape factor {name!r} acts on {len(contents)} bins here "
                        f"and on {len(hs3)} elsewhere.",
                        *("channels", at[0], "samples", at[1], "modifiers", i),
                    )
                modifiers.append(Modifier("shapefactor", name, hs3))
            else:
                self._error(
                    "unsupported_type",
                    f"Unknown modifier type {type_!r}.",
                    *("channels", at[0], "samples", at[1], "modifiers", i, "type"),
                )
        return Sample(sample["name"], contents, modifiers)

    def _bins(self, at: tuple[int, int], modifier: int, key: str) -> None:
        self._error(
            "length_mismatch",
            "The modifier has another number of bins than its sample.",
            *("channels", at[0], "samples", at[1], "modifiers", modifier, key),
        )

    def _set(
        self,
        name: str,
        type_: str,
        rank: int,
        at: tuple[int, int],
        modifier: int,
        *,
        contents: Sequence[float] = (),
        vals: Sequence[float] = (),
    ) -> ParameterSet:
        group = GROUPS[type_]
        found = self.sets.get(name)
        # pyhf lists staterrors by name, all others by where it meets them first.
        order = (_TYPE_ORDER[type_], -1 if type_ == "staterror" else rank, name)
        if found is None:
            found = self.sets[name] = self._new_set(name, type_, order, contents, vals)
        elif found.group != group or type_ == "shapesys":
            self._error(
                "incompatible_parameter_reuse",
                f"{name!r} is used by a {type_} here and by a {found.group} elsewhere, "
                "which cannot share a parameter.",
                *("channels", at[0], "samples", at[1], "modifiers", modifier, "name"),
            )
        elif order < found.order:
            found.order = order
        return found

    def _new_set(
        self,
        name: str,
        type_: str,
        order: tuple[int, int, str],
        contents: Sequence[float],
        vals: Sequence[float],
    ) -> ParameterSet:
        group = GROUPS[type_]
        if group == "alpha":
            value = Parameter(0.0, *_ALPHA_BOUNDS, False, Constraint("gauss", 0.0, 1.0))
            return ParameterSet(name, group, order, [self.names.reserve(f"alpha_{name}")], [value])
        if group == "normfactor":
            value = Parameter(1.0, *_FACTOR_BOUNDS)
            return ParameterSet(name, group, order, [self.names.reserve(name)], [value])
        if group == "lumi":
            return ParameterSet(name, group, order, [self.names.reserve("Lumi")], [])
        if group == "staterror":
            return ParameterSet(name, group, order, [], [])
        suffixes = [f"_bin_{i}" for i in range(len(contents))]
        hs3 = self.names.reserve_all(f"gamma_{name}", suffixes)
        if group == "shapefactor":
            values = [Parameter(1.0, *_FACTOR_BOUNDS) for _ in contents]
        else:
            values = [_poisson_gamma(n, v) for n, v in zip(contents, vals, strict=False)]
        return ParameterSet(name, group, order, hs3, values)

    def _gammas(self, channel: str, name: str, bins: int) -> list[str]:
        key = (channel, name)
        if key not in self.gamma_stat:
            suffixes = [f"_bin_{i}" for i in range(bins)]
            base = f"gamma_stat_{channel}"
            if base + suffixes[0] in self.names:
                base = f"gamma_{name}_{channel}"
            self.gamma_stat[key] = self.names.reserve_all(base, suffixes)
        return self.gamma_stat[key]

    def _staterrors(self) -> None:
        for name, by_channel in self.stat_entries.items():
            target = self.sets[name]
            for channel in sorted(by_channel):
                entries = sorted(by_channel[channel], key=lambda e: e[0])
                target.hs3 += self.gamma_stat[channel, name]
                target.values += [
                    _gauss_gamma(s) for s in relative_errors((c, v) for _, c, v in entries)
                ]

    def _analysis(
        self, ordered: list[ParameterSet], measurement: Mapping[str, Any], index: int
    ) -> Analysis:
        config = measurement["config"]
        place = pointer("measurements", index, "config", "parameters")
        values, findings = configure(ordered, config["parameters"], place)
        self.findings += findings
        poi = self.sets.get(config["poi"])
        pois = poi.hs3 if poi and len(poi.hs3) == 1 else []
        return Analysis(measurement["name"], list(pois), values)


def _named_lists(
    channels: Sequence[Mapping[str, Any]],
) -> Iterable[tuple[tuple[str | int, ...], list[Any]]]:
    yield ("channels",), [c["name"] for c in channels]
    for c, channel in enumerate(channels):
        place: tuple[str | int, ...] = ("channels", c, "samples")
        yield place, [s["name"] for s in channel["samples"]]
        for s, sample in enumerate(channel["samples"]):
            yield (*place, s, "modifiers"), [(m["type"], m["name"]) for m in sample["modifiers"]]


def relative_errors(entries: Iterable[tuple[Sequence[float], Sequence[float]]]) -> list[float]:
    """Combines absolute uncertainties of samples to one relative uncertainty per bin.

    Args:
        entries: Contents and absolute uncertainties of each sample, in events per bin.

    Returns:
        Uncertainty of the sum over the sum; 0 where the sum is not positive.

    >>> relative_errors([([3.0], [0.3]), ([1.0], [0.4])])
    [0.125]
    """
    pairs = list(entries)
    totals = [math.fsum(values) for values in zip(*(c for c, _ in pairs), strict=False)]
    squares = zip(*(v for _, v in pairs), strict=False)
    return [
        math.sqrt(math.fsum((u / total) ** 2 for u in errors)) if total > 0 else 0.0
        for total, errors in zip(totals, squares, strict=False)
    ]


def _gauss_gamma(sigma: float) -> Parameter:
    # pyhf fixes what has no uncertainty; the constraint of a fixed parameter is a constant.
    if sigma == 0:
        return Parameter(1.0, *_GAMMA_BOUNDS, True, None)
    return Parameter(1.0, *_GAMMA_BOUNDS, False, Constraint("gauss", 1.0, sigma))


def _poisson_gamma(nominal: float, uncertainty: float) -> Parameter:
    if not (nominal > 0 and uncertainty > 0):
        return Parameter(1.0, *_GAMMA_BOUNDS, True, None)
    tau = nominal**2 / uncertainty**2
    return Parameter(1.0, *_GAMMA_BOUNDS, False, Constraint("poisson", tau, tau))


def configure(
    ordered: Iterable[ParameterSet], configs: Sequence[Mapping[str, Any]], place: str
) -> tuple[dict[str, Parameter], list[Finding]]:
    """Applies a measurement's parameter configuration as pyhf does.

    Args:
        ordered: All parameters.
        configs: The measurement's ``parameters``.
        place: JSON pointer of that list.

    Returns:
        Parameters by HS3 name, and what is wrong with the configuration.
    """
    given = {c["name"]: (i, c) for i, c in enumerate(configs)}
    values: dict[str, Parameter] = {}
    findings: list[Finding] = []
    for entry in ordered:
        if entry.name not in given and entry.group != "lumi":
            values.update(zip(entry.hs3, entry.values, strict=True))
            continue
        index, config = given.get(entry.name, (0, {}))
        try:
            configured = _configured(entry, config)
        except (KeyError, ValueError) as e:
            code = "missing_parameter_config" if isinstance(e, KeyError) else "length_mismatch"
            findings.append(error(code, f"{place}/{index}" if config else place, e.args[0]))
            continue
        values.update(zip(entry.hs3, configured, strict=True))
    return values, findings


def _configured(entry: ParameterSet, config: Mapping[str, Any]) -> list[Parameter]:
    size = len(entry.hs3)
    for key in ("inits", "bounds", "auxdata", "sigmas", "factors"):
        if key in config and len(config[key]) != size:
            raise ValueError(f"{entry.name!r} has {size} components, {key} {len(config[key])}.")
    if entry.group == "lumi":
        missing = [k for k in ("inits", "bounds", "auxdata", "sigmas") if k not in config]
        if missing:
            raise KeyError(f"The luminosity {entry.name!r} needs {', '.join(missing)}.")
        base = [Parameter(1.0, 0.0, 10.0, False, Constraint("gauss", 1.0, 1.0))]
    else:
        base = entry.values
    fixed = config.get("fixed")
    made = []
    for i, value in enumerate(base):
        constraint = value.constraint
        is_fixed = value.fixed if fixed is None else fixed
        if constraint is None and entry.group in ("shapesys", "staterror") and not is_fixed:
            kind = "poisson" if entry.group == "shapesys" else "gauss"
            constraint = Constraint(kind, 1.0, 1.0)  # type: ignore[arg-type]
        if constraint is not None:
            constraint = Constraint(
                constraint.kind,
                config["auxdata"][i] if "auxdata" in config else constraint.centre,
                _width(entry, config, i, constraint.width),
            )
        lower, upper = config["bounds"][i] if "bounds" in config else (value.lower, value.upper)
        init = config["inits"][i] if "inits" in config else value.init
        made.append(Parameter(init, lower, upper, is_fixed, constraint))
    return made


def _width(entry: ParameterSet, config: Mapping[str, Any], i: int, default: float) -> float:
    if entry.group == "shapesys":
        return float(config["factors"][i]) if "factors" in config else default
    if entry.group in ("lumi", "staterror"):
        return float(config["sigmas"][i]) if "sigmas" in config else default
    if "sigmas" in config:
        raise ValueError(f"{entry.name!r} does not take sigmas; its width is 1 by definition.")
    return default
