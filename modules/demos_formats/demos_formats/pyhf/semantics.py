# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What JSON Schema cannot say about a workspace: lengths, names, signs, shared parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from demos_formats.findings import Finding, error, pointer, warning
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf.configuration import configuration
from demos_formats.pyhf.parameters import Parameter, parameters
from demos_formats.schema import bins as named
from demos_formats.schema import short

_SMALLEST: Final = 1e-75
_LARGEST: Final = 1e75
BLINDED: Final = "Give the data under /observations; without, ask for expected results: --expected."
"""What to do about missing observations."""


def check(workspace: Mapping[str, Any], limits: Limits = DEFAULT) -> list[Finding]:
    """Checks the content of a workspace that passes the schema.

    Args:
        workspace: The document; observations and measurements may be absent.
        limits: ``findings`` caps the list.

    Returns:
        Errors and warnings in the order of the document; empty where all is well.
    """
    return list(islice(_check(workspace), limits.findings))


def _check(workspace: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _repeated_names(workspace["channels"], "channel", "channels")
    for c, channel in enumerate(workspace["channels"]):
        yield from _channel(c, channel)
    if "observations" in workspace:
        yield from _observations(workspace)
    found = parameters(workspace)
    if not found:
        yield error("schema_error", "/channels", "No modifier defines a parameter to fit.")
    for parameter in found.values():
        if len(parameter.first) > 1 or parameter.channels:
            yield from _sharing(workspace, parameter)
    measurements = workspace.get("measurements", ())
    yield from _repeated_names(measurements, "measurement", "measurements")
    for m, measurement in enumerate(measurements):
        yield from configuration(measurement, ("measurements", m, "config"), found)


def _repeated_names(
    named: Iterable[Mapping[str, Any]], what: str, *at: str | int
) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for i, thing in enumerate(named):
        first = seen.setdefault(thing["name"], i)
        if first != i:
            yield error(
                "duplicate_name",
                pointer(*at, i, "name"),
                f"The {what} {short(thing['name'])} exists already at {pointer(*at, first)}.",
                f"Give each {what} a name of its own.",
            )


def _channel(c: int, channel: Mapping[str, Any]) -> Iterator[Finding]:
    samples = channel["samples"]
    yield from _repeated_names(samples, "sample", "channels", c, "samples")
    lengths = {len(sample["data"]) for sample in samples}
    bins = len(samples[0]["data"])
    if len(lengths) > 1:
        bins = Counter(len(sample["data"]) for sample in samples).most_common(1)[0][0]
        for s, sample in enumerate(samples):
            if len(sample["data"]) != bins:
                yield error(
                    "length_mismatch",
                    pointer("channels", c, "samples", s, "data"),
                    f"Sample {short(sample['name'])} has {len(sample['data'])} bins, "
                    f"other samples of channel {short(channel['name'])} have {bins}.",
                )
    for s, sample in enumerate(samples):
        modifiers = sample["modifiers"]
        if len({(x["type"], x["name"]) for x in modifiers}) != len(modifiers):
            yield from _repeated_modifiers(c, s, modifiers)
        for m, modifier in enumerate(modifiers):
            data = modifier["data"]
            if data is not None and not _good(modifier["type"], data, len(sample["data"])):
                yield from _modifier((c, s, m), modifier["type"], data, len(sample["data"]))
    if len(lengths) == 1:
        yield from _without_effect(c, channel)
        yield from _expected(c, channel)


def _repeated_modifiers(
    c: int, s: int, modifiers: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    seen: dict[tuple[str, str], int] = {}
    for m, modifier in enumerate(modifiers):
        first = seen.setdefault((modifier["type"], modifier["name"]), m)
        if first != m:
            yield error(
                "duplicate_name",
                pointer("channels", c, "samples", s, "modifiers", m),
                f"The sample has a {modifier['type']} {short(modifier['name'])} already: "
                "pyhf keeps the last one, ROOT multiplies them.",
                "Merge them, or rename one.",
            )


def _good(type_: str, data: Any, bins: int) -> bool:
    """Tells the many good modifiers apart quickly, before anything is said about the others."""
    if type_ == "normsys":
        return bool(data["hi"] > 0 and data["lo"] > 0)
    if type_ == "histosys":
        return len(data["hi_data"]) == bins == len(data["lo_data"])
    return len(data) == bins and min(data) >= 0 and not any(map(_unsquarable, data))


def _unsquarable(value: float) -> bool:
    """Tells numbers whose ratios have no normal square; constraint terms need the square."""
    return value != 0 and not _SMALLEST < abs(value) < _LARGEST


def _modifier(place: tuple[int, int, int], type_: str, data: Any, bins: int) -> Iterator[Finding]:
    if type_ == "normsys":
        for key in ("hi", "lo"):
            if data[key] <= 0:
                yield error(
                    "degenerate_normsys",
                    _modifier_pointer(place, "data", key),
                    f"A normalisation factor of {data[key]} at one sigma has no logarithm.",
                    "Use a small positive factor, or a histosys.",
                )
    elif type_ == "histosys":
        for key in ("hi_data", "lo_data"):
            if len(data[key]) != bins:
                yield _wrong_length(_modifier_pointer(place, "data", key), len(data[key]), bins)
    else:
        if len(data) != bins:
            yield _wrong_length(_modifier_pointer(place, "data"), len(data), bins)
        if min(data) < 0:
            for i, value in enumerate(data):
                if value < 0:
                    yield error(
                        "negative_uncertainty",
                        _modifier_pointer(place, "data", i),
                        f"The absolute uncertainty {value} of a {type_} is negative.",
                    )
        yield from _magnitudes(data, _modifier_pointer(place, "data"))


def _magnitudes(values: Sequence[float], at: str) -> Iterator[Finding]:
    for i, value in enumerate(values):
        if _unsquarable(value):
            yield error(
                "nonfinite_number",
                f"{at}/{i}",
                f"{value} is too large or too small: 64-bit numbers cannot hold the square of a "
                "relative uncertainty made of it.",
            )


def _without_effect(c: int, channel: Mapping[str, Any]) -> Iterator[Finding]:
    """Find uncertainties of bins whose events are not positive: pyhf fixes their factors."""
    uses: dict[tuple[str, str], list[tuple[int, int, Any, Any]]] = {}
    for s, sample in enumerate(channel["samples"]):
        for m, modifier in enumerate(sample["modifiers"]):
            if modifier["type"] in ("staterror", "shapesys"):
                key = modifier["type"], modifier["name"]
                uses.setdefault(key, []).append((s, m, sample, modifier))
    for (type_, name), group in uses.items():
        contents = [sample["data"] for _, _, sample, _ in group]
        totals = contents[0] if len(contents) == 1 else list(map(sum, zip(*contents, strict=True)))
        if min(totals) > 0:
            continue
        for s, m, sample, modifier in group:
            pairs = enumerate(zip(totals, modifier["data"], strict=False))
            at = [b for b, (total, value) in pairs if total <= 0 < value]
            if at:
                yield warning(
                    "uncertainty_without_effect",
                    _modifier_pointer((c, s, m)),
                    f"The {type_} {short(name)} of sample {short(sample['name'])} has no effect "
                    f"in {named(at)}: its uncertainties are relative to the sum of the events, "
                    "which is not positive there.",
                )


def _modifier_pointer(place: tuple[int, int, int], *at: str | int) -> str:
    c, s, m = place
    return pointer("channels", c, "samples", s, "modifiers", m, *at)


def _wrong_length(at: str, length: int, bins: int) -> Finding:
    return error("length_mismatch", at, f"{length} values for a sample of {bins} bins.")


def _expected(c: int, channel: Mapping[str, Any]) -> Iterator[Finding]:
    """Says where the nominal prediction is negative: there is no probability for any count."""
    total = list(map(sum, zip(*(s["data"] for s in channel["samples"]), strict=True)))
    if max(total) >= _LARGEST or any(map(_unsquarable, total)):
        for s, sample in enumerate(channel["samples"]):
            yield from _magnitudes(sample["data"], pointer("channels", c, "samples", s, "data"))
    if min(total) >= 0:
        return
    for i, value in enumerate(total):
        if value < 0:
            yield error(
                "negative_expected",
                pointer("channels", c, "samples"),
                f"Channel {short(channel['name'])} expects {value} events in bin {i}: "
                "the likelihood is not defined there.",
            )


def _observations(workspace: Mapping[str, Any]) -> Iterator[Finding]:
    observations = workspace["observations"]
    yield from _repeated_names(observations, "observation", "observations")
    channels = {c["name"]: len(c["samples"][0]["data"]) for c in workspace["channels"]}
    channel_of = {c["name"]: c for c in workspace["channels"]}
    observed = {observation["name"] for observation in observations}
    for c, channel in enumerate(workspace["channels"]):
        if channel["name"] not in observed:
            yield error(
                "missing_observation",
                pointer("channels", c),
                f"Channel {short(channel['name'])} has no observation.",
                BLINDED,
            )
    for o, observation in enumerate(observations):
        bins, data = channels.get(observation["name"]), observation["data"]
        if bins == len(data):
            yield from _events_in_empty_bins(observation, o, channel_of[observation["name"]])
        if bins is None:
            yield warning(
                "extra_observation",
                pointer("observations", o),
                f"No channel is called {short(observation['name'])}: this observation is not used.",
            )
        elif len(data) != bins:
            yield error(
                "length_mismatch",
                pointer("observations", o, "data"),
                f"{len(data)} observed counts for a channel of {bins} bins.",
            )
        if min(data) < 0:
            for i, value in enumerate(data):
                if value < 0:
                    yield error(
                        "negative_observation",
                        pointer("observations", o, "data", i),
                        f"An event count of {value} cannot be observed.",
                    )


def _events_in_empty_bins(
    observation: Mapping[str, Any], o: int, channel: Mapping[str, Any]
) -> Iterator[Finding]:
    templates = [sample["data"] for sample in channel["samples"]]
    for b, (count, *rates) in enumerate(zip(observation["data"], *templates, strict=False)):
        if count > 0 and not any(rates):
            yield warning(
                "empty_bin_with_data",
                pointer("observations", o, "data", b),
                f"Channel {short(channel['name'])} expects no events in bin {b}, but {count:g} "
                "are observed there.",
            )


def _sharing(workspace: Mapping[str, Any], parameter: Parameter) -> Iterator[Finding]:
    types = list(parameter.first)
    if len(types) > 1 and set(types) != {"histosys", "normsys"}:
        yield error(
            "incompatible_parameter_reuse",
            _modifier_pointer(parameter.first[types[1]]),
            f"The parameter {short(parameter.name)} is used by {' and '.join(types)}, "
            "which cannot share it.",
            "Give one of them another name.",
        )
        return
    for place in parameter.repeated:
        yield error(
            "incompatible_parameter_reuse",
            _modifier_pointer(place),
            f"The shapesys {short(parameter.name)} is used a second time; its parameters belong "
            "to one sample of one channel.",
            "Give each shapesys a name of its own.",
        )
    bins = parameter.channels.get(parameter.type, {})
    if len(bins) < 2:
        return
    names = ", ".join(short(workspace["channels"][c]["name"]) for c in bins)
    at = _modifier_pointer(parameter.first[parameter.type])
    if parameter.type == "shapefactor" and len(set(bins.values())) > 1:
        yield error(
            "incompatible_parameter_reuse",
            at,
            f"The shapefactor {short(parameter.name)} is shared by channels with different "
            f"numbers of bins: {names}.",
        )
    elif parameter.type == "staterror":
        if any(channels != set(bins) for channels in parameter.samples.values()):
            yield error(
                "incompatible_parameter_reuse",
                at,
                f"The staterror {short(parameter.name)} is shared by channels {names}, but not "
                "all of its samples are in each of them.",
                "Give each channel a staterror of its own name.",
            )
        else:
            yield warning(
                "incompatible_parameter_reuse",
                at,
                f"The staterror {short(parameter.name)} is shared by channels {names}: pyhf gives "
                "each bin a parameter of its own, other tools correlate or refuse.",
                "Give each channel a staterror of its own name.",
            )
