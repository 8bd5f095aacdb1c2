# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A signal as the user gives it becomes the JSON Patch that puts it into the model."""

from typing import Any

from demos_engine import ModelError, PatchSet

from demos_exec.worker.errors import RunFailure
from demos_exec.worker.library import Library

Json = Any
Workspace = dict[str, Any]

PER_BIN = {"staterror", "shapesys"}


def patch_by_name(patchset: Workspace, name: str) -> list[Json]:
    """Find a patch of a patchset.

    Args:
        patchset: a pyhf patchset.
        name: the patch's name.

    Returns:
        JSON Patch operations.

    Raises:
        RunFailure: if no patch has the name.

    Examples:
        >>> patch_by_name({"patches": [{"metadata": {"name": "a"}, "patch": []}]}, "a")
        []
    """
    for patch in patchset.get("patches", ()):
        if patch.get("metadata", {}).get("name") == name:
            return list(patch["patch"])
    raise RunFailure("invalid_input", f"The model has no patch {name!r}.", "/inputs/patch")


def chosen(library: Library, request: Workspace) -> PatchSet:
    """Return the signals of a grid: those of the patchset, or the named ones.

    Args:
        library: Where the patchset is.
        request: With ``patchset``, and ``inputs.patches`` or without.

    Returns:
        The signals, in the patchset's order.

    Raises:
        RunFailure: When there is no patchset, it is none, or a named patch is unknown.
    """
    if not request.get("patchset"):
        raise RunFailure("invalid_input", "The model has no patchset.", "/operation")
    try:
        found = PatchSet.load(library.document(request["patchset"]["digest"]))
    except ModelError as error:
        raise RunFailure("invalid_input", f"The patchset cannot be used: {error}") from error
    wanted = request.get("inputs", {}).get("patches")
    if wanted is None:
        return found
    unknown = set(wanted) - {patch.name for patch in found}
    if unknown:
        message = f"The model has no patch {min(unknown)!r}."
        raise RunFailure("invalid_input", message, "/inputs/patches")
    kept = tuple(patch for patch in found if patch.name in set(wanted))
    return PatchSet(found.labels, kept, found.digests)


def _ratio(new: list[float], old: list[float]) -> list[float]:
    return [n / o if o else 0.0 for n, o in zip(new, old, strict=True)]


def _rescaled(modifiers: list[Json], ratio: list[float]) -> list[Json]:
    """Keep relative uncertainties when a sample's yields change.

    In the engine's own form those of single bins are relative to begin with.
    """

    def scale(values: list[float]) -> list[float]:
        return [v * r for v, r in zip(values, ratio, strict=True)]

    found = []
    for modifier in modifiers:
        data = modifier.get("data")
        if modifier["type"] == "histosys":
            data = {k: scale(data[k]) for k in ("hi_data", "lo_data")}
        elif modifier["type"] in PER_BIN and data is not None:
            data = scale(data)
        found.append({**modifier, "data": data})
    return found


def patch_by_yields(workspace: Workspace, signal: Json, poi: str | None) -> list[Json]:
    """Write the patch that sets a sample's yields, channel by channel.

    A sample that exists keeps its modifiers (absolute uncertainties scale with its yields); one
    that does not is added with the signal strength alone, or with the modifiers given.

    Args:
        workspace: the pyhf workspace.
        signal: ``yields`` (channel to events per bin), ``sample``; optionally ``modifiers``
            (channel to a list of pyhf modifiers) and ``without`` (channels left out of the fit).
        poi: the measurement's parameter of interest.

    Returns:
        JSON Patch operations.

    Raises:
        RunFailure: if a channel is unknown, bins differ, or the strength parameter has no name.

    Examples:
        >>> model = {"channels": [{"name": "SR", "samples": [{"name": "b", "data": [5.0],
        ...     "modifiers": []}]}]}
        >>> patch_by_yields(model, {"yields": {"SR": [1.0]}, "sample": "s"}, "mu")[0]["path"]
        '/channels/0/samples/-'
    """
    channels = {c["name"]: (i, c) for i, c in enumerate(workspace["channels"])}
    sample, modifiers = signal["sample"], signal.get("modifiers", {})
    operations = []
    for name, yields in signal["yields"].items():
        place = f"/inputs/patch/yields/{name}"
        if name not in channels:
            raise RunFailure("invalid_input", f"The model has no channel {name!r}.", place)
        index, channel = channels[name]
        bins = len(channel["samples"][0]["data"])
        if len(yields) != bins:
            message = f"Channel {name!r} has {bins} bins, {len(yields)} yields were given."
            raise RunFailure("invalid_input", message, place)
        held = [i for i, s in enumerate(channel["samples"]) if s["name"] == sample]
        if held:
            old = channel["samples"][held[0]]
            kept = modifiers.get(name)
            if kept is None:
                kept = _rescaled(old["modifiers"], _ratio(yields, old["data"]))
            value = {"name": sample, "data": yields, "modifiers": kept}
            path = f"/channels/{index}/samples/{held[0]}"
            operations.append({"op": "replace", "path": path, "value": value})
            continue
        chosen = list(modifiers.get(name, ()))
        if not any(m["type"] == "normfactor" and parameter_of(m) == poi for m in chosen):
            if not poi:
                message = "The model names no parameter of interest that could scale the signal."
                raise RunFailure("invalid_input", message, "/inputs/patch")
            chosen.append({"name": poi, "type": "normfactor", "data": None})
        value = {"name": sample, "data": yields, "modifiers": chosen}
        operations.append({"op": "add", "path": f"/channels/{index}/samples/-", "value": value})
    return operations + _without(channels, signal.get("without", ()))


def parameter_of(modifier: Json) -> str:
    """Return the parameter of a modifier that has one.

    Args:
        modifier: Of a workspace, where its name is the parameter's, or of the engine's own form.

    Returns:
        The parameter's name.
    """
    named: list[str] = modifier.get("parameters") or [modifier["name"]]
    return named[0]


def _without(channels: dict[str, tuple[int, Json]], names: list[str]) -> list[Json]:
    unknown = [n for n in names if n not in channels]
    if unknown:
        message = f"The model has no channel {unknown[0]!r}."
        raise RunFailure("invalid_input", message, "/inputs/patch/without")
    # From the back, so that the indices still to come stay true.
    places = sorted((channels[n][0] for n in names), reverse=True)
    return [{"op": "remove", "path": f"/channels/{i}"} for i in places]
