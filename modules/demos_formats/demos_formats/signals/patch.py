# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Turns yields per channel into a JSON Patch of a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer
from demos_formats.limits import DEFAULT, Limits
from demos_formats.pyhf.patches import apply_patch
from demos_formats.schema import short, to_finding, to_findings

Json = Mapping[str, Any]


def signal_patch(
    workspace: Json,
    sample: str,
    yields: Mapping[str, Sequence[float]],
    systematics: Sequence[Json] | None = None,
    *,
    poi: str | None = None,
    limits: Limits = DEFAULT,
) -> list[dict[str, Any]]:
    """Makes the JSON Patch that puts a signal into a workspace.

    Args:
        workspace: A valid pyhf workspace.
        sample: Name of the signal sample; a sample of this name is replaced.
        yields: Expected events per bin, by channel; channels left out have no signal.
        systematics: Uncertainties of the signal, as ``schemas/signal-1.0.json`` says:
            ``normsys`` (factors ``hi``, ``lo``, optional ``channels``), ``histosys`` (events
            ``hi``, ``lo`` by channel), ``staterror`` and ``shapesys`` (absolute ``values`` by
            channel), ``lumi`` (optional ``channels``).
        poi: Parameter that scales the signal; None takes the first measurement's.
        limits: Caps.

    Returns:
        The operations: one per channel.

    Raises:
        FormatError: With a finding per problem; pointers go into
            ``{"sample", "poi", "yields", "systematics"}``.

    >>> channel = {"name": "SR", "samples": [{"name": "b", "data": [5.0], "modifiers": []}]}
    >>> config = {"poi": "mu", "parameters": []}
    >>> workspace = {
    ...     "channels": [channel],
    ...     "observations": [{"name": "SR", "data": [4]}],
    ...     "measurements": [{"name": "m", "config": config}],
    ...     "version": "1.0.0",
    ... }
    >>> [operation] = signal_patch(workspace, "s", {"SR": [1.5]})
    >>> operation["path"], operation["value"]["data"]
    ('/channels/0/samples/1', [1.5])
    """
    signal: dict[str, Any] = {"sample": sample, "yields": {c: list(v) for c, v in yields.items()}}
    if systematics is not None:
        signal["systematics"] = [dict(s) for s in systematics]
    if poi is not None:
        signal["poi"] = poi
    if found := check(signal, workspace, limits):
        raise FormatError(found)
    poi = poi or workspace["measurements"][0]["config"]["poi"]
    patch = []
    for c, channel in enumerate(workspace["channels"]):
        if channel["name"] not in yields:
            continue
        names = [s["name"] for s in channel["samples"]]
        exists = sample in names
        at = names.index(sample) if exists else len(names)
        patch.append(
            {
                "op": "replace" if exists else "add",
                "path": pointer("channels", c, "samples", at),
                "value": {
                    "name": sample,
                    "data": signal["yields"][channel["name"]],
                    "modifiers": [
                        {"name": poi, "type": "normfactor", "data": None},
                        *_modifiers(signal.get("systematics", ()), channel),
                    ],
                },
            }
        )
    apply_patch(workspace, patch, limits=limits)
    return patch


def check(signal: Any, workspace: Json, limits: Limits = DEFAULT) -> list[Finding]:
    """Checks a signal by itself and against the workspace it is meant for.

    Args:
        signal: The signal as ``schemas/signal-1.0.json`` describes it.
        workspace: A valid pyhf workspace.
        limits: ``findings`` caps the list.

    Returns:
        Errors; empty for a signal that fits.
    """
    if found := schema_findings(signal, limits):
        return found
    bins = {c["name"]: len(c["samples"][0]["data"]) for c in workspace["channels"]}
    found = _channels(signal["yields"], bins, "yields")
    if not (signal.get("poi") or workspace["measurements"][0]["config"]["poi"]):
        found.append(
            error(
                "poi_undefined",
                "/poi",
                "The workspace names no parameter of interest to scale the signal with.",
                'Give one as "poi".',
            )
        )
    for i, systematic in enumerate(signal.get("systematics", ())):
        for key in ("hi", "lo", "values"):
            if isinstance(systematic.get(key), dict):
                found += _channels(systematic[key], bins, "systematics", i, key)
        missing = set(systematic.get("channels", ())) - signal["yields"].keys()
        if missing:
            found.append(
                error(
                    "unresolved_reference",
                    pointer("systematics", i, "channels"),
                    f"No yields are given for {', '.join(map(short, sorted(missing)))}.",
                )
            )
    return found[: limits.findings]


def schema_findings(signal: Any, limits: Limits = DEFAULT) -> list[Finding]:
    """Checks a signal against its JSON Schema."""
    found: list[Finding] = []
    for e in _validator().iter_errors(signal):
        if e.kind.name == "oneOf" and "systematics" in e.instance_path:
            found += _explain(e, limits)
        else:
            found.append(to_finding(e))
    return found[: limits.findings]


def _explain(e: jsonschema_rs.ValidationError, limits: Limits) -> list[Finding]:
    """Says what is wrong with an uncertainty by the schema of its own type."""
    schema = _schema()
    given = e.instance.get("type") if isinstance(e.instance, dict) else None
    for choice in schema["properties"]["systematics"]["items"]["oneOf"]:
        if choice["properties"]["type"]["const"] == given:
            own = jsonschema_rs.Draft202012Validator({**choice, "$defs": schema["$defs"]})
            prefix = pointer(*e.instance_path)
            return [
                Finding(f.code, f.severity, prefix + f.pointer, f.message, f.hint)
                for f in to_findings(own.iter_errors(e.instance), limits.findings)
            ]
    return [
        error(
            "unsupported_type",
            pointer(*e.instance_path, "type"),
            f"{short(given)} is no type of uncertainty.",
            "Use normsys, histosys, staterror, shapesys or lumi.",
        )
    ]


def _channels(given: Json, bins: Mapping[str, int], *at: str | int) -> list[Finding]:
    found = []
    for name, values in given.items():
        if name not in bins:
            found.append(
                error(
                    "unresolved_reference",
                    pointer(*at, name),
                    f"The workspace has no channel {short(name)}.",
                    f"It has {', '.join(map(short, list(bins)[:8]))}.",
                )
            )
        elif len(values) != bins[name]:
            found.append(
                error(
                    "length_mismatch",
                    pointer(*at, name),
                    f"{len(values)} values for channel {short(name)}, which has {bins[name]} bins.",
                )
            )
    return found


def _modifiers(systematics: Sequence[Json], channel: Json) -> list[dict[str, Any]]:
    """Gives the modifiers of the signal in one channel."""
    name, made = channel["name"], []
    for s in systematics:
        type_ = s["type"]
        if type_ == "normsys" and name in s.get("channels", (name,)):
            data = {"hi": s["hi"], "lo": s["lo"]}
            made.append({"name": s["name"], "type": type_, "data": data})
        elif type_ == "lumi" and name in s.get("channels", (name,)):
            made.append({"name": "lumi", "type": type_, "data": None})
        elif type_ == "histosys" and name in s["hi"] and name in s["lo"]:
            data = {"hi_data": s["hi"][name], "lo_data": s["lo"][name]}
            made.append({"name": s["name"], "type": type_, "data": data})
        elif type_ in ("staterror", "shapesys") and name in s["values"]:
            modifier = s.get("name") or _staterror(channel)
            made.append({"name": modifier, "type": type_, "data": s["values"][name]})
    return made


def _staterror(channel: Json) -> str:
    """Gives the name that the channel's other samples use, so that all share the parameters."""
    for sample in channel["samples"]:
        for modifier in sample["modifiers"]:
            if modifier["type"] == "staterror":
                return str(modifier["name"])
    return f"staterror_{channel['name']}"


@cache
def _schema() -> dict[str, Any]:
    text = files("demos_formats.signals").joinpath("schemas/signal-1.0.json").read_bytes()
    schema: dict[str, Any] = orjson.loads(text)
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema())
