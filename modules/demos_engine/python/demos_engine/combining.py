# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One model of several: their channels side by side, parameters shared or told apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from demos_engine.engines.workspace import FORM
from demos_engine.errors import ModelError
from demos_engine.model import Model

Correlation = str | Mapping[str, Iterable[tuple[int, str]]]
"""``by-name``, ``none``, or the shared name of some parameters: {name: [(model, parameter), …]}."""

Document = dict[str, Any]
_Rename = Callable[[int, str], str]


def combine(
    models: Sequence[Model],
    *,
    correlate: Correlation = "by-name",
    channels: str = "refuse",
) -> Model:
    """Combine models into one: the product of their likelihoods, shared constraints counted once.

    The parameter of interest is shared always, under the first model's name.

    Args:
        models: Two or more, each with a parameter of interest or without one.
        correlate: ``by-name``: parameters of one name are one parameter (as in pyhf's
            ``Workspace.combine``). ``none``: all others are told apart, by their model's number
            behind the name. A mapping: those listed are shared, all others told apart.
        channels: ``refuse`` or ``rename`` channels of one name; renamed ones have their model's
            number behind the name.

    Returns:
        The combined model, with the data of all.

    Raises:
        ModelError: A channel stands in several models, parameters of one name have different
            settings, models have different interpolation codes or forms, or a mapping names what
            is not there.
    """
    whole = combined_workspace(models, correlate=correlate, channels=channels)
    return Model.load(whole, **models[0].interpolation)


def combined_workspace(
    models: Sequence[Model], *, correlate: Correlation = "by-name", channels: str = "refuse"
) -> Document:
    """Return the document of a combination, in the form of its models: see ``combine``.

    Args:
        models: As for ``combine``.
        correlate: As for ``combine``.
        channels: As for ``combine``.

    Returns:
        A pyhf workspace, or the engine's own form where the models are in it.

    Raises:
        ModelError: As for ``combine``.
    """
    if len(models) < 2:
        raise ModelError("invalid_value", "", "a combination has two models or more")
    if channels not in ("refuse", "rename"):
        raise ModelError("invalid_value", "/channels", 'channels is "refuse" or "rename"')
    form = _common_form(models)
    rename = _renaming(models, correlate)
    seen: set[str] = set()
    whole: Document = {**form, "channels": [], "observations": []}
    settings: dict[str, Document] = {}
    for number, model in enumerate(models):
        document = model.workspace
        for channel in document["channels"]:
            name = channel["name"]
            if name in seen:
                if channels == "refuse":
                    message = f"the channel {name!r} stands in several models"
                    raise ModelError("duplicate_name", f"/{number}/channels", message)
                name = _apart(number, name)
            seen.add(name)
            whole["channels"].append(_renamed_channel(channel, name, number, rename))
            counts = model.data_of(channel["name"])
            whole["observations"].append({"name": name, "data": counts})
        for config in _measurement(document, model.measurement)["parameters"]:
            _settle(settings, {**config, "name": rename(number, config["name"])}, number)
    config = {"poi": rename(0, models[0].poi_name), "parameters": list(settings.values())}
    whole["measurements"] = [{"name": models[0].measurement, "config": config}]
    return whole


def _common_form(models: Sequence[Model]) -> Document:
    """Return what marks the form that all models are in."""
    first = models[0].workspace.get("format")
    for number, model in enumerate(models):
        if model.workspace.get("format") != first:
            message = "pyhf workspaces and models of other formats are not combined with each other"
            raise ModelError("unsupported_format", f"/{number}", message)
        if model.interpolation != models[0].interpolation:
            message = f"the models are interpolated by {models[0].interpolation} and otherwise"
            raise ModelError("cannot_convert", f"/{number}", message)
    return {"format": FORM} if first == FORM else {"version": "1.0.0"}


def _apart(number: int, name: str) -> str:
    """Return a name told apart by its model's number; a component keeps its index."""
    base, bracket, index = name.partition("[")
    return f"{base}_{number}{bracket}{index}"


def _renaming(models: Sequence[Model], correlate: Correlation) -> _Rename:
    """Return the function from a model's number and a parameter to its name in the whole."""
    poi = models[0].poi_name
    shared: dict[tuple[int, str], str] = {}
    if isinstance(correlate, str):
        if correlate not in ("by-name", "none"):
            message = 'correlate is "by-name", "none" or a mapping'
            raise ModelError("invalid_value", "/correlate", message)
    else:
        for name, members in correlate.items():
            for number, parameter in members:
                known = 0 <= number < len(models) and parameter in models[number].parameter_types
                if not known:
                    message = f"model {number} has no parameter {parameter!r}"
                    raise ModelError("unknown_parameter", f"/correlate/{name}", message)
                shared[number, parameter] = name

    def rename(number: int, name: str) -> str:
        if name == models[number].poi_name:
            return poi
        # A workspace has one luminosity, under this name only.
        if name == "lumi" or correlate == "by-name":
            return name
        base, bracket, index = name.partition("[")
        common = shared.get((number, name)) or shared.get((number, base))
        if common is None:
            return _apart(number, name)
        return common if (number, name) in shared else f"{common}{bracket}{index}"

    return rename


def _renamed_channel(channel: Document, name: str, number: int, rename: _Rename) -> Document:
    samples = []
    for sample in channel["samples"]:
        modifiers = [_renamed_modifier(m, number, rename) for m in sample["modifiers"]]
        samples.append({**sample, "modifiers": modifiers})
    return {**channel, "name": name, "samples": samples}


def _renamed_modifier(modifier: Document, number: int, rename: _Rename) -> Document:
    if "parameters" in modifier:  # the engine's own form, where names of modifiers mean nothing
        return {**modifier, "parameters": [rename(number, p) for p in modifier["parameters"]]}
    return {**modifier, "name": rename(number, modifier["name"])}


def _measurement(document: Document, name: str) -> Document:
    found: Document = next(m["config"] for m in document["measurements"] if m["name"] == name)
    return found


def _settle(settings: dict[str, Document], config: Document, number: int) -> None:
    """Add a parameter's settings; those of a shared one have to be the same."""
    name = config["name"]
    known = settings.setdefault(name, config)
    for key, value in config.items():
        if known.setdefault(key, value) != value:
            message = (
                f"the models disagree about {key} of the shared parameter {name!r}: "
                f"{known[key]} and {value}"
            )
            pointer = f"/{number}/measurements"
            raise ModelError("incompatible_parameter_reuse", pointer, message)
