# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Expected events of a pyhf workspace at its start values, with their pre-fit uncertainty.

Plain Python: a page that shows a figure loads neither the engine nor an array library for it.
Uncertainties are by linear propagation of the widths of the constraint terms, without
correlations, as the engine's ``expected("prefit")`` gives them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from .interpolation import factor, shift

Workspace = Mapping[str, Any]
Derivatives = dict[str, dict[int, float]]

MAX_TERMS = 100_000
"""Modifiers times bins that are looked at: less than a second. No larger model is drawn."""

STEP = 1e-6
FREE = {"normfactor", "shapefactor"}
PER_BIN = {"shapesys", "staterror", "shapefactor"}
FREE_WIDTH = 0.1
"""The change of a free factor by which its effect is judged: it has no width of its own."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One process in one channel; ``events`` are expected events per bin."""

    name: str
    events: list[float]
    is_signal: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel; lists have one number per bin, in events."""

    name: str
    samples: list[Sample]
    total: list[float]
    uncertainty: list[float]
    observed: list[float] | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One fit parameter as a slider wants it.

    Args:
        name: pyhf's spelling, ``name`` or ``name[i]``.
        init: Start value.
        lower: Lower bound.
        upper: Upper bound.
        width: Width of its constraint term in the parameter's own units; None where it is free.
        fixed: Whether fits keep it.
        effect: How much it moves the expected events, in units of their Poisson deviations.
    """

    name: str
    init: float
    lower: float
    upper: float
    width: float | None
    fixed: bool
    effect: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """What figures and sliders of a model need.

    Args:
        channels: In the document's order.
        parameters: The parameter of interest first, then by effect, the largest first.
        poi: The parameter of interest, whether a modifier defines it or not.
        order: Indices of the channels, those of signal regions first.
        sample: The sample that the parameter of interest scales in most channels, else a name
            that is free.
        signal: Its nominal events by channel.
    """

    channels: list[Channel]
    parameters: list[Parameter]
    poi: str | None
    order: list[int]
    sample: str
    signal: dict[str, list[float]]


def expected_events(workspace: Workspace) -> Drawing | None:
    """Return the expected events of a workspace at the start values of its first measurement.

    Args:
        workspace: A valid pyhf workspace.

    Returns:
        The drawing; None where the model is too large for this.

    >>> drawing = expected_events({
    ...     "channels": [{"name": "SR", "samples": [
    ...         {"name": "s", "data": [5, 1], "modifiers": [
    ...             {"name": "mu", "type": "normfactor", "data": None}]},
    ...         {"name": "b", "data": [50, 60], "modifiers": [
    ...             {"name": "u", "type": "shapesys", "data": [5, 12]}]}]}],
    ...     "observations": [{"name": "SR", "data": [51, 62]}],
    ...     "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}]})
    >>> channel = drawing.channels[0]
    >>> channel.total, channel.uncertainty, [p.name for p in drawing.parameters]
    ([55.0, 61.0], [5.0, 12.0], ['mu', 'u[1]', 'u[0]'])
    """
    if _terms(workspace) > MAX_TERMS:
        return None
    setting = _Setting(workspace)
    observed = {o["name"]: o["data"] for o in workspace.get("observations") or ()}
    channels = []
    for channel in workspace["channels"]:
        samples, slopes = _channel(channel, setting)
        total = [sum(values) for values in zip(*(s.events for s in samples), strict=True)]
        variance = [0.0] * len(total)
        for name, bins in slopes.items():
            width = setting.width(name)
            for index, slope in bins.items():
                change = slope * (width if width is not None else FREE_WIDTH)
                setting.effects[name] += change * change / max(total[index], 1.0)
                if width is not None and not setting.fixed(name):
                    variance[index] += change * change
        channels.append(
            Channel(
                channel["name"],
                samples,
                total,
                [sqrt(v) for v in variance],
                [float(n) for n in observed[channel["name"]]]
                if channel["name"] in observed
                else None,
            )
        )
    sample, signal = _own_signal(workspace, channels)
    order = _order(channels)
    return Drawing(channels, setting.parameters(), setting.poi, order, sample, signal)


def _terms(workspace: Workspace) -> int:
    return sum(
        len(sample["data"]) * (1 + len(sample["modifiers"]))
        for channel in workspace["channels"]
        for sample in channel["samples"]
    )


def _order(channels: Iterable[Channel]) -> list[int]:
    """Return the channels' indices, those that hold signal or are called signal regions first."""
    found = []
    for index, channel in enumerate(channels):
        words = channel.name.upper()
        is_signal = any(s.is_signal and sum(s.events) > 0 for s in channel.samples)
        is_region = words.startswith("SR") or "SIGNAL" in words or "_SR" in words
        found.append((not is_signal, not is_region, index))
    return [index for *_, index in sorted(found)]


def _own_signal(
    workspace: Workspace, channels: Iterable[Channel]
) -> tuple[str, dict[str, list[float]]]:
    """Return the sample that the parameter of interest scales most often, and its events."""
    counts = Counter(s.name for c in channels for s in c.samples if s.is_signal)
    if not counts:
        return "signal", {}
    ((name, _),) = counts.most_common(1)
    held = {c.name for c in channels for s in c.samples if s.is_signal and s.name == name}
    events = {
        channel["name"]: [float(n) for n in sample["data"]]
        for channel in workspace["channels"]
        if channel["name"] in held
        for sample in channel["samples"]
        if sample["name"] == name
    }
    return name, events


class _Setting:
    """Parameters of the first measurement: start values, widths, bounds."""

    def __init__(self, workspace: Workspace) -> None:
        measurements = workspace.get("measurements") or ({},)
        config = measurements[0].get("config") or {}
        self.poi: str | None = config.get("poi") or None
        self.configured = {p["name"]: p for p in config.get("parameters") or ()}
        self.types: dict[str, tuple[str, int | None]] = {}
        self.widths: dict[str, float | None] = {}
        self.effects: defaultdict[str, float] = defaultdict(float)
        self.staterrors: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for channel in workspace["channels"]:
            for sample in channel["samples"]:
                for modifier in sample["modifiers"]:
                    if modifier["type"] == "staterror":
                        self.staterrors[modifier["name"]][channel["name"]] = len(sample["data"])

    def first_component(self, base: str, kind: str, channel: str) -> int:
        """Return which component of a per-bin parameter belongs to a channel's first bin.

        A ``staterror`` of one name in several channels has components of all of them, the
        channels in the order of their names; other types share theirs.
        """
        if kind != "staterror":
            return 0
        bins = self.staterrors[base]
        return sum(count for name, count in bins.items() if name < channel)

    def meet(self, base: str, kind: str, index: int | None) -> str:
        """Remember a parameter; return its name with its index."""
        name = base if index is None else f"{base}[{index}]"
        self.types.setdefault(name, (kind, index))
        return name

    def _given(self, name: str, key: str) -> Any:
        base, index = self._split(name)
        values = self.configured.get(base, {}).get(key)
        if not isinstance(values, list) or not values:
            return None
        at = index or 0
        return values[at] if at < len(values) else values[-1]

    def _split(self, name: str) -> tuple[str, int | None]:
        index = self.types[name][1]
        return (name, None) if index is None else (name.rpartition("[")[0], index)

    def init(self, name: str) -> float:
        """Return the start value of a parameter."""
        given = self._given(name, "inits")
        if given is not None:
            return float(given)
        return 0.0 if self.types[name][0] in ("normsys", "histosys") else 1.0

    def fixed(self, name: str) -> bool:
        """Tell whether fits keep a parameter."""
        base, _ = self._split(name)
        return bool(self.configured.get(base, {}).get("fixed"))

    def width(self, name: str) -> float | None:
        """Return the width of a parameter's constraint term; None where it has none."""
        kind = self.types[name][0]
        if kind in FREE:
            return None
        if kind in ("normsys", "histosys"):
            return 1.0
        if kind == "lumi":
            given = self._given(name, "sigmas")
            return float(given) if given is not None else None
        return self.widths.get(name)

    def bounds(self, name: str) -> tuple[float, float]:
        """Return the bounds of a parameter."""
        given = self._given(name, "bounds")
        if given is not None:
            return float(given[0]), float(given[1])
        kind = self.types[name][0]
        if kind in ("normsys", "histosys"):
            return -5.0, 5.0
        return (1e-10 if kind in ("shapesys", "staterror") else 0.0), 10.0

    def parameters(self) -> list[Parameter]:
        """Return all parameters, the parameter of interest first, then by effect."""
        found = []
        for name in self.types:
            lower, upper = self.bounds(name)
            found.append(
                Parameter(
                    name,
                    self.init(name),
                    lower,
                    upper,
                    self.width(name),
                    self.fixed(name),
                    sqrt(self.effects[name]),
                )
            )
        return sorted(found, key=lambda p: (p.name != self.poi, -p.effect, p.name))


def _channel(channel: Mapping[str, Any], setting: _Setting) -> tuple[list[Sample], Derivatives]:
    """Return a channel's samples and the derivatives of its total by parameter and bin."""
    _widths_of_staterrors(channel, setting)
    samples: list[Sample] = []
    slopes: Derivatives = defaultdict(lambda: defaultdict(float))
    for sample in channel["samples"]:
        nominal = [float(n) for n in sample["data"]]
        bins = range(len(nominal))
        shifts: list[tuple[str, list[float]]] = []
        moved = list(nominal)
        scale = 1.0
        scales: list[tuple[str, float]] = []
        factors = [1.0] * len(nominal)
        per_bin: list[str] = []
        names: dict[str, list[str]] = {}
        is_signal = False
        for modifier in sample["modifiers"]:
            base, kind, data = modifier["name"], modifier["type"], modifier["data"]
            if kind in PER_BIN:
                first = setting.first_component(base, kind, channel["name"])
                names[base] = [setting.meet(base, kind, first + b) for b in bins]
                if kind == "shapesys":
                    for b in bins:
                        if nominal[b] > 0 and data[b] > 0:
                            setting.widths[names[base][b]] = data[b] / nominal[b]
                per_bin.append(base)
                factors = [f * setting.init(n) for f, n in zip(factors, names[base], strict=True)]
                continue
            name = setting.meet(base, kind, None)
            at = setting.init(name)
            if kind == "histosys":
                low, high = data["lo_data"], data["hi_data"]
                rows = [
                    [shift(a, low[b], nominal[b], high[b]) for b in bins]
                    for a in (at, at + STEP, at - STEP)
                ]
                moved = [m + r for m, r in zip(moved, rows[0], strict=True)]
                shifts.append(
                    (name, [(u - d) / (2 * STEP) for u, d in zip(rows[1], rows[2], strict=True)])
                )
            elif kind == "normsys":
                value = factor(at, data["lo"], data["hi"])
                slope = factor(at + STEP, data["lo"], data["hi"])
                slope -= factor(at - STEP, data["lo"], data["hi"])
                scale *= value
                scales.append((name, slope / (2 * STEP * value) if value else 0.0))
            else:  # normfactor, lumi
                scale *= at
                scales.append((name, 1.0 / at if at else 0.0))
                is_signal = is_signal or name == setting.poi
        whole = [f * scale for f in factors]
        events = [m * w for m, w in zip(moved, whole, strict=True)]
        samples.append(Sample(sample["name"], events, is_signal))
        for name, relative in scales:
            for b in bins:
                slopes[name][b] += relative * events[b]
        for name, row in shifts:
            for b in bins:
                slopes[name][b] += row[b] * whole[b]
        for base in per_bin:
            for b in bins:
                at = setting.init(names[base][b])
                slopes[names[base][b]][b] += events[b] / at if at else 0.0
    return samples, slopes


def _widths_of_staterrors(channel: Mapping[str, Any], setting: _Setting) -> None:
    """Find the relative widths of a channel's ``staterror`` parameters: all samples as one."""
    sums: dict[str, tuple[list[float], list[float]]] = {}
    for sample in channel["samples"]:
        for modifier in sample["modifiers"]:
            if modifier["type"] != "staterror":
                continue
            empty = ([0.0] * len(sample["data"]), [0.0] * len(sample["data"]))
            squares, totals = sums.setdefault(modifier["name"], empty)
            for b, (error, events) in enumerate(zip(modifier["data"], sample["data"], strict=True)):
                squares[b] += error * error
                totals[b] += events
    for base, (squares, totals) in sums.items():
        first = setting.first_component(base, "staterror", channel["name"])
        for b, (square, total) in enumerate(zip(squares, totals, strict=True)):
            name = setting.meet(base, "staterror", first + b)
            if total > 0 and square > 0:
                setting.widths[name] = sqrt(square) / total
